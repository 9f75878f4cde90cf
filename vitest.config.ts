import { defineConfig } from 'vitest/config';

// Tests import the packages' sources (export condition `ms5-source`), so that no stale build can pass.
// Worker threads started by the product run the sources too: Node strips the types.
const conditions = ['ms5-source'];
const execArgv = conditions.map((condition) => `--conditions=${condition}`);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    execArgv,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        // Properties look at many cases: none may end for the slowness of a machine with other work.
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
});
