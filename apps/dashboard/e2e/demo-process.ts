import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../packages/server/dist/cli/main.js', import.meta.url));
const READY_WITHIN_MS = 60_000;

export interface DemoProcess {
  readonly url: string;
  readonly password: string;
  /** Ends it and removes its data. */
  readonly stop: () => Promise<void>;
}

/** Starts the built demo on a free port with data of its own; resolves when it serves. */
export async function startDemo(): Promise<DemoProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ms5-demo-'));
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN, 'demo', '--port', String(port), '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await becomeReady(child, url, () => output);
    const password = (await readFile(join(dataDir, 'demo.password'), 'utf8')).trim();
    return { url, password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function becomeReady(child: ChildProcess, url: string, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the demo ended: ${output()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the demo was not ready within ${READY_WITHIN_MS / 1000} s: ${output()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
