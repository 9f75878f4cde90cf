import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repositoryPath } from '../../test/support/paths.ts';
import type { Answer } from './control.ts';

/** Cores by role on a machine that has `taskset` and two of them; elsewhere nothing is pinned. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

export interface Child {
  readonly pid: number;
  /** What it wrote to stderr, the last 4,000 characters. */
  readonly errors: () => string;
  call<Value>(name: string, data?: unknown, withinMs?: number): Promise<Value>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

const hasTaskset = commandExists('taskset');

export function commandExists(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The command that runs `command` on one core, where that can be had. */
function pinned(core: number | null, command: readonly string[]): readonly [string, string[]] {
  const [first = '', ...rest] = command;
  if (!hasTaskset || core === null) return [first, rest];
  return ['taskset', ['-c', String(core), ...command]];
}

export const isPinning = hasTaskset;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a process pinned to a core; it is killed when this one ends. `onLine` gets its stdout. */
export function startProcess(
  core: number | null,
  command: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcess; readonly ended: Promise<void>; errors: () => string } {
  const [program, parameters] = pinned(core, command);
  const child = spawn(program, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  running.add(child);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      errors += String(error);
      resolve();
    });
    child.on('exit', () => resolve());
  });
  void ended.then(() => running.delete(child));
  child.stdin?.on('error', () => undefined);
  return { child, ended, errors: () => errors };
}

/**
 * The command line of one of our process files, under this Node. `BENCH_PROFILE` names a directory for CPU profiles of
 * the product.
 */
export function nodeCommand(file: string, nodeOptions: readonly string[] = []): readonly string[] {
  const profileDir = process.env['BENCH_PROFILE'];
  const isProfiled = profileDir !== undefined && file.startsWith('ms5-');
  const profile = isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const flags = ['--conditions=ms5-source', '--expose-gc', ...profile, ...nodeOptions];
  return [process.execPath, ...flags, repositoryPath(`bench/processes/${file}`)];
}

/** Starts a process that answers calls (`serveCalls`); resolves when it is ready for them. */
export async function startChild(core: number | null, command: readonly string[]): Promise<Child> {
  const { child, ended, errors } = startProcess(core, command);
  const waiting = new Map<number, (answer: Answer) => void>();
  let nextId = 1;
  const started = new Promise<void>((resolve) => waiting.set(0, () => resolve()));
  if (child.stdout === null || child.pid === undefined)
    throw new Error(`cannot start ${command.join(' ')}: ${errors()}`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"id":')) {
      if (process.env['BENCH_DEBUG']) console.error(line.slice(0, 600));
      return;
    }
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const what = command.slice(-2).join(' ');
  const gone = ended.then(() => Promise.reject(new Error(`${what} has ended: ${errors()}`)));
  gone.catch(() => undefined);
  await Promise.race([started, gone, expiry(30_000, `${what} to start`)]);
  return {
    pid: child.pid,
    errors,
    call<Value>(name: string, data: unknown = {}, withinMs = 120_000): Promise<Value> {
      const id = nextId;
      nextId += 1;
      const answered = new Promise<Value>((resolve, reject) => {
        waiting.set(id, (answer) => {
          if ('error' in answer) reject(new Error(`${what}, ${name}: ${answer.error}`));
          else resolve(answer.value as Value);
        });
      });
      child.stdin?.write(`${JSON.stringify({ id, call: name, data })}\n`);
      return Promise.race([answered, gone, expiry(withinMs, `${what} to answer ${name}`)]);
    },
    async stop() {
      child.stdin?.end();
      const kill = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(kill);
    },
  };
}

function expiry(afterMs: number, what: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`waited ${afterMs} ms for ${what}`)), afterMs).unref();
  });
}

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
