import { globSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { repositoryPath } from '../support/paths.ts';

/** Programs of one run of the harness, each one file: a process of them starts several times as fast as of sources. */
export interface Programs {
  /** The `ms5` command. */
  readonly ms5: string;
  /** Clients in a process of their own. */
  readonly client: string;
  remove(): Promise<void>;
}

const SERVER = repositoryPath('packages/server/src');

/** Threads are started by name, from the directory of the file that starts them. */
function threads(): Readonly<Record<string, string>> {
  const files = globSync('**/*-thread.ts', { cwd: SERVER });
  return Object.fromEntries(files.map((file) => [basename(file, '.ts'), join(SERVER, file)]));
}

/** Bundles the present sources. The directory lies in the repository, so that installed packages are found. */
export async function bundlePrograms(): Promise<Programs> {
  const directory = repositoryPath(`node_modules/.cache/ms5-faults-${process.pid}`);
  await mkdir(directory, { recursive: true });
  // The server reads its version beside the directory it runs from.
  await copyFile(repositoryPath('packages/server/package.json'), join(directory, 'package.json'));
  const outDir = join(directory, 'dist');
  await build({
    configFile: false,
    logLevel: 'error',
    root: repositoryPath('.'),
    ssr: {
      noExternal: true,
      external: ['better-sqlite3'],
      resolve: { conditions: ['ms5-source', 'module', 'node'] },
    },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'node24',
      rolldownOptions: {
        input: {
          main: join(SERVER, 'cli/main.ts'),
          ...threads(),
          client: repositoryPath('test/faults/client-process.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  return {
    ms5: join(outDir, 'main.js'),
    client: join(outDir, 'client.js'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
