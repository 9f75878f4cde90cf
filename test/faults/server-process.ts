import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One life of `ms5 serve`. */
export interface ServerProcess {
  readonly port: number;
  isRunning(): boolean;
  /** SIGKILL: as a power cut, as far as a process can. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  drain(): Promise<number | null>;
  residentBytes(): number;
  /** What it logged. */
  output(): string;
  /** Of a process started with `--inspect`. */
  inspectorUrl(): string;
}

export interface ServerProcessOptions {
  readonly program: string;
  readonly plantFile: string;
  readonly dataDir: string;
  readonly secret: string;
  /** Further ones of `ms5 serve`. */
  readonly parameters?: readonly string[];
  /** Of Node. */
  readonly nodeParameters?: readonly string[];
}

/** Resolves when it listens; rejects when it ends before. */
export function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { program, plantFile, dataDir, secret, parameters = [], nodeParameters = [] } = options;
  const where = ['--plant', plantFile, '--data', dataDir, '--host', '127.0.0.1', '--port', '0'];
  const serve = [program, 'serve', ...where, '--log-level', 'error', ...parameters];
  const child = spawn(process.execPath, [...nodeParameters, ...serve], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MS5_JWT_SECRET: secret },
  });
  let inspectorUrl = '';
  let output = '';
  let isRunning = true;
  const ended = new Promise<number | null>((resolve) => {
    // Nobody is left behind by a harness that is ended.
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.on('close', (code) => {
      process.off('exit', killAtExit);
      isRunning = false;
      resolve(code);
    });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-100_000);
    inspectorUrl ||= /Debugger listening on (ws:\S+)/.exec(output)?.[1] ?? '';
  });
  const running = (port: number): ServerProcess => ({
    port,
    isRunning: () => isRunning,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    drain() {
      child.kill('SIGTERM');
      return ended;
    },
    residentBytes: () => residentBytesOf(child.pid),
    output: () => output,
    inspectorUrl: () => inspectorUrl,
  });
  return new Promise((resolve, reject) => {
    let printed = '';
    child.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const port = /http:\/\/[^ ]+:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) resolve(running(Number(port)));
    });
    void ended.then((code) => reject(new Error(`ms5 serve ended with ${code}: ${output}`)));
  });
}

/** 0 where the system does not tell, or the process is gone. */
function residentBytesOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
