import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

/** Of the core, and of all that an application may ask for at once. */
const CORE_LIMIT_BYTES = 15_000;
const WHOLE_LIMIT_BYTES = 16_000;

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
  it.each<readonly [readonly string[], number]>([
    [['createClient'], CORE_LIMIT_BYTES],
    [
      [
        'createClient',
        'createIndexedDbOutbox',
        'connectionHealth',
        'UnauthorizedError',
        'lineTopics',
        'isApplied',
      ],
      WHOLE_LIMIT_BYTES,
    ],
  ])('of %s is below %i bytes gzip', async (names, limitBytes) => {
    const code = await bundle(names);
    const gzipBytes = gzipSync(code, { level: 9 }).length;
    expect(gzipBytes).toBeGreaterThan(3_000);
    expect(gzipBytes).toBeLessThan(limitBytes);
    // The core works without what is not asked for.
    expect(code.includes('ms5.v1.msgpack')).toBe(false);
    expect(code.includes('indexedDB')).toBe(names.includes('createIndexedDbOutbox'));
  });
});
