import { defineConfig } from 'vitest/config';

/** Mutants of a folder are its own tests' to notice, and those of these. */
const OTHERS: Readonly<Record<string, readonly string[]>> = { shift: ['plan'] };

const [mutated = ''] = (process.env['MS5_MUTATED'] ?? '').split('/');
const fewerRuns = new URL('fewer-runs.ts', import.meta.url).pathname;

export default defineConfig({
  plugins: [
    {
      name: 'fewer-runs',
      enforce: 'pre',
      resolveId: (source, importer) => (source === 'fast-check' && importer !== fewerRuns ? fewerRuns : null),
    },
  ],
  test: {
    include: [mutated, ...(OTHERS[mutated] ?? [])].map((folder) => `packages/domain/src/${folder}/*.test.ts`),
    // One worker for all files: loading the sources anew for each would take longer than the tests.
    isolate: false,
  },
});
