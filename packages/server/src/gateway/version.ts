import { readFileSync } from 'node:fs';

let version: string | undefined;

/** Version of the package, as clients, health and the command line show it. */
export function serverVersion(): string {
  if (version === undefined) {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    version = (JSON.parse(text) as { version: string }).version;
  }
  return version;
}
