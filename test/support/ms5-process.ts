import { spawn, type ChildProcess } from 'node:child_process';
import { repositoryPath } from './paths.ts';
import { until } from './until.ts';

const main = repositoryPath('packages/server/src/cli/main.ts');
/** Starting Node takes seconds on a machine that is busy with other tests. */
const STARTING_MS = 50_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnMs5(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--conditions=ms5-source', main, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
}

/** Runs `ms5 …` to its end. */
export function ms5(parameters: readonly string[], input = ''): Promise<Finished> {
  const child = spawnMs5(parameters);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export interface RunningServer {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly dataDir: string;
  /** What it printed so far. */
  output(): string;
  token(role: string, user?: string, expires?: string): Promise<string>;
  /** SIGKILL: as a power cut, as far as a process can. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** `ms5 serve` as a process of its own, ready to serve. */
export async function startServer(options: {
  readonly plantFile: string;
  readonly dataDir: string;
  /** Omitted: any free one. */
  readonly port?: number;
  /** Further ones, for example `--plugin`. */
  readonly parameters?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<RunningServer> {
  const where = ['--plant', options.plantFile, '--data', options.dataDir];
  const address = ['--host', '127.0.0.1', '--port', String(options.port ?? 0)];
  const child = spawnMs5(['serve', ...where, ...address, ...(options.parameters ?? [])], options.environment);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  let isRunning = true;
  void ended.then(() => (isRunning = false));

  const url = await until(
    'server ready',
    async () => {
      if (!isRunning) throw new Error(`ms5 serve ended: ${output}`);
      const port = /: http:\/\/localhost:(\d+) {2}\(data in /.exec(output)?.[1];
      if (port === undefined) return undefined;
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      return response?.ok === true ? `http://127.0.0.1:${port}` : undefined;
    },
    STARTING_MS,
  );
  return {
    url,
    webSocketUrl: `${url.replace('http', 'ws')}/ws`,
    dataDir: options.dataDir,
    output: () => output,
    async token(role, user = `${role}-1`, expires = '1h') {
      const parameters = ['token', '--user', user, '--role', role, '--expires', expires];
      const result = await ms5([...parameters, '--data', options.dataDir]);
      if (result.code !== 0) throw new Error(`ms5 token failed: ${result.stderr}`);
      return result.stdout.trim();
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
