import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const recording = fileURLToPath(new URL('../../../recordings/okuma_shdr_2022-08-08.txt', import.meta.url));
const execArgv = ['--conditions=ms5-source'];
const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function start(env: Record<string, string>): ChildProcess {
  const child = fork(main, {
    execArgv,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  open.push(() => child.kill('SIGKILL'));
  return child;
}

async function message(child: ChildProcess, type: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [said] = (await once(child, 'message')) as [Record<string, unknown>];
    if (said['type'] === type) return said;
  }
}

async function stubServer() {
  const bodies: { path: string; token: string; body: unknown }[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const body: unknown = text === '' ? null : JSON.parse(text);
      bodies.push({ path, token: request.headers.authorization ?? '', body });
      const answer = Array.isArray(body)
        ? { results: body.map((_, index) => ({ index, status: 'accepted' })) }
        : path.includes('/timeline')
          ? { intervals: [], parts: [], unobserved: [] }
          : { status: 'applied', data: { callId: 'c' } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      for (const look of waiting) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!done()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, until };
}

// Starting Node takes seconds on a machine that is busy with other tests.
describe('the simulator’s process', { timeout: 60_000 }, () => {
  it('serves the recording on a free port and ends when its parent lets go of it', async () => {
    const child = start({ MS5_PLAYER_FILE: recording, MS5_SPEED: 'max' });
    const { port } = await message(child, 'listening');
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    const [first] = (await once(socket, 'data')) as [string];
    expect(first).toMatch(/^20\d\d-.*\|avail\|AVAILABLE\|/);
    const ended = Promise.all([once(child, 'exit'), once(socket, 'close')]);
    socket.resume();
    child.disconnect();
    const [[code]] = await ended;
    expect(code).toBe(0);
  });

  it('runs the virtual plant once it has an address and tokens', async () => {
    const server = await stubServer();
    const child = start({ MS5_SEED: 's' });
    child.send({ type: 'tokens', url: server.url, device: 'd', operator: 'o', people: { anna: 'a' } });
    const started = await message(child, 'plantStarted');
    expect(started).toMatchObject({ history: true });
    await message(child, 'historyDelivered');
    await server.until(() => server.bodies.some(({ path }) => path === '/api/v1/commands'));
    const posted = server.bodies.filter(({ path }) => path === '/api/v1/observations');
    expect(new Set(posted.map(({ token }) => token))).toEqual(new Set(['Bearer d']));
    const equipment = new Set(
      posted.flatMap(({ body }) => (body as { equipment: string }[]).map((o) => o.equipment)),
    );
    expect(equipment.size).toBe(10);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('says what is wrong with its environment', async () => {
    const child = start({ MS5_PLAYER_FILE: recording, MS5_PLAYER_PORT: '70000' });
    expect(await message(child, 'failed')).toEqual({
      type: 'failed',
      message: 'MS5_PLAYER_PORT: expected a port from 0 to 65535, found "70000"',
    });
    expect((await once(child, 'exit'))[0]).toBe(2);
  });

  it('prints to standard output where nobody listens on IPC', async () => {
    const child = spawn(process.execPath, [...execArgv, main], {
      env: { ...process.env, MS5_PLAYER_FILE: recording },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    open.push(() => child.kill('SIGKILL'));
    child.stdout.setEncoding('utf8');
    const [text] = (await once(child.stdout, 'data')) as [string];
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ type: 'listening' });
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
  });
});
