import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleServer } from '../../tools/bundle/server.ts';
import { repositoryPath } from '../support/paths.ts';

/** Programs of one run of the harness, each one file: a process of them starts several times as fast as of sources. */
export interface Programs {
  /** The `ms5` command. */
  readonly ms5: string;
  /** Clients in a process of their own. */
  readonly client: string;
  remove(): Promise<void>;
}

/** Bundles the present sources. The directory lies in the repository, so that installed packages are found. */
export async function bundlePrograms(): Promise<Programs> {
  const directory = repositoryPath(`node_modules/.ms5-faults-${process.pid}`);
  await mkdir(directory, { recursive: true });
  // The server reads its version two folders above the one it runs from.
  await copyFile(repositoryPath('packages/server/package.json'), join(directory, 'package.json'));
  const outDir = join(directory, 'dist/app');
  await bundleServer(outDir, { client: repositoryPath('test/faults/client-process.ts') });
  return {
    ms5: join(outDir, 'main.js'),
    client: join(outDir, 'client.js'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
