import { spawn, type ChildProcess } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBasicClient } from '../../../../test/support/basic-client.ts';
import { repositoryPath } from '../../../../test/support/paths.ts';
import { temporaryDirectory } from '../../../../test/support/plant.ts';
import { until } from '../../../../test/support/until.ts';
import { describeStatus } from './demo-status.ts';

const DEMO_TIMEOUT_MS = 60_000;

interface RunningDemo {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  readonly url: string;
  readonly password: string;
  readonly simulatorId: number;
}

let directory = '';
let running: RunningDemo | undefined;
beforeEach(async () => {
  directory = await temporaryDirectory('demo');
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await rm(directory, { recursive: true, force: true });
});

async function startDemo(): Promise<RunningDemo> {
  const main = repositoryPath('packages/server/src/cli/main.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=ms5-source', main, 'demo', '--port', '0', '--data', join(directory, 'data')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  const found = await until(
    'the demo has printed its logins',
    () => /running: {2}(\S+)[^]*password {2}(\S+)[^]*Ctrl-C/.exec(output) ?? undefined,
    DEMO_TIMEOUT_MS,
  );
  const processId = /from process (\d+)/.exec(output)?.[1];
  return {
    child,
    ended,
    output: () => output,
    url: (found[1] ?? '').replace('localhost', '127.0.0.1'),
    password: found[2] ?? '',
    simulatorId: Number(processId),
  };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

async function login({ url, password }: RunningDemo, user: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { token: string }).token;
}

test(
  'a whole factory runs: machines, the recorded Okuma, people who log in; Ctrl-C ends all of it',
  async () => {
    running = await startDemo();
    expect((await stat(join(directory, 'data', 'demo.password'))).mode & 0o777).toBe(0o600);
    const token = await login(running, 'oskar');
    const client = await openBasicClient(`${running.url.replace('http', 'ws')}/ws`, token);
    client.send({ type: 'subscribe', topics: ['nordwerk/+/+/status', 'system/health'] });
    const lines = await until(
      'every line is heard',
      () => {
        const heard = client.messages.flatMap(({ topic, data }) => {
          const contact = (data as { contact?: { status?: string } } | undefined)?.contact?.status;
          return contact === 'heard' ? [String(topic)] : [];
        });
        const names = new Set(heard);
        return names.size >= 9 ? names : undefined;
      },
      DEMO_TIMEOUT_MS,
    );
    expect(lines).toContain('nordwerk/machining/mill-turn/status');
    expect(isAlive(running.simulatorId)).toBe(true);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(isAlive(running.simulatorId)).toBe(false);
    expect(client.closed?.code).toBe(4000);
    expect(running.output()).not.toContain(token);

    const first = running;
    running = await startDemo();
    expect(running.password).toBe(first.password);
    expect(running.output()).toMatch(/continued after entry [\d,]+ of the log/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  },
  2 * DEMO_TIMEOUT_MS,
);

test(
  'when it is killed its simulator ends too',
  async () => {
    running = await startDemo();
    const { simulatorId } = running;
    expect(isAlive(simulatorId)).toBe(true);
    running.child.kill('SIGKILL');
    await running.ended;
    await until('the simulator is gone', () => (isAlive(simulatorId) ? undefined : true), 10_000);
  },
  DEMO_TIMEOUT_MS,
);

describe('the status line', () => {
  test('says how fast the log grows and what is out of the ordinary', () => {
    const before = { offset: 1_000, screens: 0, connectors: [], simulator: 'virtual plant running' };
    const okuma = { id: 'okuma', kind: 'shdr', status: 'connected', since: 0, rejectedLines: 0 } as const;
    const now = { ...before, offset: 1_500, screens: 1, connectors: [okuma] };
    expect(describeStatus(before, now, 2_000)).toBe(
      'log at entry 1,500 (+250.0/s) · okuma connected · virtual plant running · 1 screen',
    );
  });
});
