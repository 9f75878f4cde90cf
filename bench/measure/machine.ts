import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { repositoryPath } from '../../test/support/paths.ts';
import { isPinning } from './child.ts';
import { openFileLimit } from './proc.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly openFiles: number;
  /** Server and load each on a core of their own. */
  readonly isPinned: boolean;
  /** Of the last minute before the start; above about 0.2 something else was running too. */
  readonly loadBefore: number;
  readonly commit: string;
}

export function describeMachine(): Machine {
  const load = existsSync('/proc/loadavg') ? readFileSync('/proc/loadavg', 'utf8').split(' ')[0] : '0';
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    openFiles: openFileLimit(),
    isPinned: isPinning,
    loadBefore: Number(load),
    commit: commit(),
  };
}

function commit(): string {
  try {
    const options = { cwd: repositoryPath(''), encoding: 'utf8' } as const;
    const id = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
    const isChanged = execFileSync('git', ['status', '--porcelain'], options).trim() !== '';
    return isChanged ? `${id} with changes` : id;
  } catch {
    return 'unknown';
  }
}

export function packageVersion(name: string): string {
  const file = repositoryPath(`node_modules/${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
