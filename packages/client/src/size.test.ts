import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

const LIMIT_BYTES = 15_000;

/** The minified bundle of an application that imports `names` and nothing else, for today's browsers. */
async function bundle(names: readonly string[]): Promise<string> {
  const entry = 'virtual:entry';
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['ms5-source'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry
            ? `import { ${names.join(', ')} } from '@ms5/client'; console.log(${names.join(', ')});`
            : null,
      },
    ],
    build: { write: false, minify: true, target: 'es2022', rolldownOptions: { input: entry } },
  });
  const first = (Array.isArray(output) ? output[0] : output) as Rolldown.RolldownOutput;
  return first.output[0].code;
}

describe('bundle size', () => {
  it.each([
    [['createClient']],
    [
      [
        'createClient',
        'createIndexedDbOutbox',
        'connectionHealth',
        'UnauthorizedError',
        'lineTopics',
        'isApplied',
      ],
    ],
  ])('of %s is below 15 kB gzip', async (names) => {
    const code = await bundle(names);
    const gzipBytes = gzipSync(code, { level: 9 }).length;
    expect(gzipBytes).toBeGreaterThan(3_000);
    expect(gzipBytes).toBeLessThan(LIMIT_BYTES);
    // The core works without what is not asked for.
    expect(code.includes('ms5.v1.msgpack')).toBe(false);
    expect(code.includes('indexedDB')).toBe(names.includes('createIndexedDbOutbox'));
  });
});
