import { fileURLToPath } from 'node:url';

/** Absolute path of a file of the repository. */
export function repositoryPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}
