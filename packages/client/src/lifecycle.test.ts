import { settlePromises } from '@ms5/testkit';
import { describe, expect, it, vi } from 'vitest';
import { UnauthorizedError } from './errors.ts';
import { createStage, serve, snapshot, welcome, type Stage } from '../test-support/scripted-server.ts';

const TOPIC = 'plant/a/l1/status';

const statuses = ({ client }: Stage): string[] => {
  const seen: string[] = [];
  client.onState(({ status, reason, isLostForLong }) =>
    seen.push(`${status} ${reason.code}${isLostForLong ? ' lost' : ''}`),
  );
  return seen;
};

describe('lifecycle', () => {
  it('greets with the token and its id, and is live after the welcome', async () => {
    const stage = createStage({ name: 'board', clientId: 'tablet-1' });
    const seen = statuses(stage);
    stage.client.connect();
    stage.client.connect();
    await settlePromises();
    expect(stage.sockets).toHaveLength(1);
    stage.socket().open();
    const { client, token } = stage.socket().last('connect');
    expect(token).toBe('token');
    expect(client).toMatchObject({ name: 'board', version: '0.1.0' });
    expect(client.id).toMatch(/^tablet-1~.{20,}$/);
    stage.socket().push(welcome(stage.clock.now()));
    expect(stage.client.state()).toMatchObject({ status: 'live', user: { id: 'anna' } });
    expect(seen).toEqual(['connecting connectCalled', 'live welcomed']);
  });

  it('a short loss is a reconnect without a notice', async () => {
    const stage = createStage();
    const socket = await stage.live();
    await stage.clock.advanceSettled(60_000 - 40_000);
    const seen = statuses(stage);
    socket.drop(1006);
    expect(stage.client.state()).toMatchObject({
      status: 'reconnecting',
      reason: { code: 'socketClosed', message: 'Connection lost: code 1006' },
      isLostForLong: false,
      attempt: 1,
    });
    const { retryAt = 0 } = stage.client.state();
    expect(retryAt - stage.clock.now()).toBeGreaterThanOrEqual(500);
    expect(retryAt - stage.clock.now()).toBeLessThanOrEqual(1_000);
    await stage.clock.advanceSettled(1_000);
    await stage.socket().accept();
    expect(seen[0]).toBe('reconnecting socketClosed');
    expect(seen.at(-1)).toBe('live welcomed');
    expect(seen.join()).not.toContain('lost');
    expect(stage.client.statistics().reconnects).toBe(1);
  });

  it('a long loss is told, then continuity is lost, and it still comes back', async () => {
    const stage = createStage();
    (await stage.live()).drop();
    const since = stage.clock.now();
    for (let second = 0; second < 300; second += 1) {
      await stage.clock.advanceSettled(1_000);
      const age = stage.clock.now() - since;
      const { status, isLostForLong } = stage.client.state();
      expect([status, isLostForLong]).toEqual([age < 120_000 ? 'reconnecting' : 'suspended', age >= 4_000]);
      if (!stage.socket().isClosed()) stage.socket().drop();
    }
    expect(stage.sockets.length).toBeGreaterThan(15);
    await stage.clock.advanceSettled(20_500);
    await stage.socket().accept();
    expect(stage.client.state().status).toBe('live');
  });

  it('asks for a new token each time, and any failure but one is tried again', async () => {
    const getToken = vi.fn<() => Promise<string>>();
    getToken.mockRejectedValueOnce(new Error('login service is down')).mockResolvedValue('t2');
    const stage = createStage({ getToken });
    stage.client.connect();
    await settlePromises();
    expect(stage.client.state()).toMatchObject({
      status: 'connecting',
      reason: { code: 'tokenFailed', message: 'No token could be had: login service is down' },
    });
    await stage.clock.advanceSettled(1_000);
    await stage.socket().accept();
    expect(stage.client.state().status).toBe('live');

    getToken.mockRejectedValue(new UnauthorizedError('signed out'));
    stage.socket().drop();
    await stage.clock.advanceSettled(2_000);
    expect(stage.client.state()).toMatchObject({ status: 'closed', reason: { code: 'unauthorized' } });
    const count = stage.sockets.length;
    await stage.clock.advanceSettled(600_000);
    expect(stage.sockets).toHaveLength(count);
  });

  it('a terminal close code ends it, with the server’s words', async () => {
    const stage = createStage();
    (await stage.live()).drop(4502, 'the user changed');
    expect(stage.client.state()).toMatchObject({
      status: 'closed',
      reason: {
        code: 'serverRefused',
        message: expect.stringContaining('the user changed (4502)') as string,
      },
    });
  });

  it('a refused token means that nobody is signed in', async () => {
    const stage = createStage();
    (await stage.live()).drop(4501, 'the token was refused');
    expect(stage.client.state()).toMatchObject({ status: 'closed', reason: { code: 'unauthorized' } });
  });

  it('comes back when a draining server said', async () => {
    const stage = createStage();
    const socket = await stage.live();
    socket.push({ type: 'drain', retryAfterMs: 6_000 });
    expect(stage.client.state().status).toBe('live');
    await stage.clock.advanceSettled(1_000);
    socket.drop(4000, 'draining');
    await stage.clock.advanceSettled(4_900);
    stage.surroundings.online();
    await settlePromises();
    expect(stage.sockets).toHaveLength(1);
    await stage.clock.advanceSettled(200);
    expect(stage.sockets).toHaveLength(2);
  });

  it('comes back when an overloaded server said before it closed', async () => {
    const stage = createStage();
    stage.client.connect();
    await settlePromises();
    stage.socket().open();
    stage.socket().push({
      type: 'error',
      code: 140,
      name: 'overloaded',
      message: 'too many',
      temporary: true,
      retryAfterMs: 9_000,
    });
    stage.socket().drop(4004);
    await stage.clock.advanceSettled(8_900);
    expect(stage.sockets).toHaveLength(1);
    await stage.clock.advanceSettled(200);
    expect(stage.sockets).toHaveLength(2);
  });

  it('tries at once when the network or the screen is back', async () => {
    const stage = createStage();
    (await stage.live()).drop();
    stage.surroundings.online();
    await settlePromises();
    expect(stage.sockets).toHaveLength(2);
    stage.socket().drop();
    stage.surroundings.foreground();
    await settlePromises();
    expect(stage.sockets).toHaveLength(3);
  });

  it('probes a socket that slept, and gives it up when nothing answers', async () => {
    const stage = createStage();
    const socket = await stage.live();
    stage.surroundings.foreground();
    socket.push({ type: 'probed', id: socket.last('probe').id, timeMs: stage.clock.now() });
    await stage.clock.advanceSettled(6_000);
    expect(stage.client.state().status).toBe('live');
    stage.surroundings.foreground();
    await stage.clock.advanceSettled(4_900);
    expect(stage.client.state().status).toBe('live');
    await stage.clock.advanceSettled(200);
    expect(stage.client.state()).toMatchObject({ status: 'reconnecting', reason: { code: 'probeTimedOut' } });
    expect(socket.isClosed()).toBe(true);
    expect(stage.sockets).toHaveLength(2);
  });

  it('gives up a silent socket when a ping is ten seconds late, and answers those that come', async () => {
    const stage = createStage();
    const socket = await stage.live();
    await stage.clock.advanceSettled(30_000);
    socket.push({ type: 'ping', at: 77 });
    expect(socket.last('pong')).toEqual({ type: 'pong', at: 77 });
    await stage.clock.advanceSettled(34_900);
    expect(stage.client.state().status).toBe('live');
    await stage.clock.advanceSettled(200);
    expect(stage.client.state()).toMatchObject({ status: 'reconnecting', reason: { code: 'pingLate' } });
  });

  it('what an abandoned socket still says changes nothing', async () => {
    const stage = createStage();
    const socket = await stage.live();
    stage.client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    serve(socket, [snapshot(TOPIC, 5, { n: 5 })]);
    await stage.clock.advanceSettled(36_000);
    expect(socket.isClosed()).toBe(true);
    socket.push({ type: 'delta', topic: TOPIC, from: 5, to: 6, at: 1, set: { n: 6 } });
    socket.drop();
    expect(stage.client.record(TOPIC).get()).toMatchObject({ freshness: 'stale', value: { n: 5 } });
  });

  it('something unreadable ends the connection', async () => {
    const stage = createStage();
    (await stage.live()).pushText('<html>');
    expect(stage.client.state()).toMatchObject({
      status: 'reconnecting',
      reason: { code: 'malformedMessage' },
    });
  });

  it('a message that lacks what its type promises ends the connection', async () => {
    const stage = createStage();
    const socket = await stage.live();
    stage.client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    socket.pushText(`{"type":"snapshot","topic":"${TOPIC}","begin":true}`);
    expect(socket.isClosed()).toBe(true);
    expect(stage.client.state()).toMatchObject({ reason: { code: 'malformedMessage' } });
  });

  it('ignores messages of types it does not know', async () => {
    const stage = createStage();
    (await stage.live()).pushText('{"type":"fromTheFuture"}');
    expect(stage.client.state().status).toBe('live');
  });

  it('closes for good, and twice is fine', async () => {
    const stage = createStage();
    const socket = await stage.live();
    stage.client.close();
    stage.client.close();
    expect(socket.isClosed()).toBe(true);
    expect(stage.client.state()).toMatchObject({ status: 'closed', reason: { code: 'closeCalled' } });
    await stage.clock.advanceSettled(600_000);
    expect(stage.sockets).toHaveLength(1);
    expect(stage.clock.nextAt()).toBeNull();
  });

  it('closes before it was ever connected', async () => {
    const stage = createStage();
    stage.client.close();
    stage.client.connect();
    await stage.clock.advanceSettled(10_000);
    expect(stage.sockets).toHaveLength(0);
    await expect(stage.client.command('x', null)).resolves.toMatchObject({
      status: 'rejected',
      reason: 'closed',
    });
  });

  it('an address that cannot be opened is tried again like any failure', async () => {
    let attempts = 0;
    const stage = createStage({
      ports: {
        openSocket() {
          attempts += 1;
          throw new SyntaxError('bad url');
        },
      },
    });
    stage.client.connect();
    await stage.clock.advanceSettled(10_000);
    expect(attempts).toBeGreaterThan(2);
    expect(stage.client.state().reason.message).toContain('bad url');
  });

  it('tells every transition with a code', async () => {
    const stage = createStage();
    (await stage.live()).drop();
    expect(stage.transitions.map(({ from, to, reason }) => `${from} ${to} ${reason.code}`)).toEqual([
      'idle authorizing connectCalled',
      'authorizing opening tokenReady',
      'opening greeting socketOpened',
      'greeting live welcomed',
      'live waiting socketClosed',
    ]);
  });
});

describe('token', () => {
  const expiring = { type: 'expiring', expiresAt: 1, closesAt: 2 } as const;

  it('is refreshed on the live connection', async () => {
    const getToken = vi.fn<() => Promise<string>>().mockResolvedValueOnce('t1').mockResolvedValueOnce('t2');
    const stage = createStage({ getToken });
    const socket = await stage.live();
    socket.push(expiring);
    await settlePromises();
    const { id, token } = socket.last('refresh');
    expect(token).toBe('t2');
    socket.push({ type: 'refreshed', id, expiresAt: 9 });
    await stage.clock.advanceSettled(10_000);
    expect(socket.all('refresh')).toHaveLength(1);
    expect(stage.client.state().status).toBe('live');
  });

  it('is asked for again when it could not be had or was not taken', async () => {
    const getToken = vi.fn<() => Promise<string>>().mockResolvedValue('t');
    const stage = createStage({ getToken });
    const socket = await stage.live();
    getToken.mockRejectedValueOnce(new Error('down'));
    socket.push(expiring);
    await stage.clock.advanceSettled(2_100);
    const { id } = socket.last('refresh');
    socket.push({ type: 'error', id, code: 131, name: 'refreshUnavailable', message: '', temporary: true });
    await stage.clock.advanceSettled(2_100);
    expect(socket.all('refresh')).toHaveLength(2);
  });

  it('ends the client when there is nobody to speak for', async () => {
    const getToken = vi.fn<() => Promise<string>>().mockResolvedValueOnce('t');
    getToken.mockRejectedValue(new UnauthorizedError('signed out'));
    const stage = createStage({ getToken });
    const socket = await stage.live();
    socket.push(expiring);
    await settlePromises();
    expect(stage.client.state()).toMatchObject({ status: 'closed', reason: { code: 'unauthorized' } });
    expect(socket.isClosed()).toBe(true);
  });
});

describe('acknowledgements', () => {
  it('follow data within the delay, as one count of all messages', async () => {
    const stage = createStage();
    const socket = await stage.live();
    await stage.clock.advanceSettled(5_000);
    const before = socket.all('ack').length;
    stage.client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    serve(socket, [snapshot(TOPIC, 5, { n: 5 })]);
    socket.push({ type: 'ping', at: 1 });
    socket.push({ type: 'delta', topic: TOPIC, from: 5, to: 6, at: 1, set: { n: 6 } });
    await stage.clock.advanceSettled(499);
    expect(socket.all('ack')).toHaveLength(before);
    await stage.clock.advanceSettled(1);
    // welcome, serve, ping, delta
    expect(socket.last('ack')).toEqual({ type: 'ack', received: 4 });
    await stage.clock.advanceSettled(10_000);
    expect(socket.all('ack')).toHaveLength(before + 1);
  });

  it('come at once when half the window is consumed, and follow its size', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const half = { type: 'mark', lane: 'low', log: 'x'.repeat(4_096), epoch: 'e', offset: 1 } as const;
    const acks = socket.all('ack').length;
    socket.push(half);
    expect(socket.all('ack')).toHaveLength(acks + 1);
    socket.push({ type: 'window', windowBytes: 65_536, ackDelayMs: 100 });
    socket.push(half);
    expect(socket.all('ack')).toHaveLength(acks + 1);
    await stage.clock.advanceSettled(500);
    expect(socket.all('ack')).toHaveLength(acks + 2);
  });

  it('count bytes, not characters', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const mark = { type: 'mark', lane: 'low', epoch: 'e', offset: 1 } as const;
    const acks = socket.all('ack').length;
    socket.push({ ...mark, log: '焦'.repeat(1_400) });
    expect(socket.all('ack')).toHaveLength(acks + 1);
    const before = stage.client.statistics().bytesReceived;
    const mixed = { ...mark, log: 'aé焦\u{1f6a8}' };
    socket.push(mixed);
    const bytes = Buffer.byteLength(JSON.stringify(mixed));
    expect(stage.client.statistics().bytesReceived - before).toBe(bytes);
  });

  it('do not wait for timers that sleep', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const mark = { type: 'mark', lane: 'low', log: 'plant', epoch: 'e', offset: 1 } as const;
    socket.push(mark);
    const acks = socket.all('ack').length;
    stage.clock.elapse(700);
    socket.push(mark);
    expect(socket.all('ack')).toHaveLength(acks + 1);
    expect(socket.last('ack').received).toBe(3);
  });

  it('start anew on each connection', async () => {
    const stage = createStage();
    (await stage.live()).drop();
    await stage.clock.advanceSettled(1_100);
    const socket = stage.socket();
    await socket.accept();
    socket.push({ type: 'mark', lane: 'low', log: 'plant', epoch: 'e', offset: 1 });
    await stage.clock.advanceSettled(500);
    expect(socket.last('ack').received).toBe(2);
  });
});

describe('the server’s time', () => {
  it('is known from the welcome, and better from probes', async () => {
    const stage = createStage();
    stage.client.connect();
    await settlePromises();
    stage.socket().open();
    stage.socket().push(welcome(stage.clock.now() + 90_000));
    expect(stage.client.serverTime() - stage.clock.now()).toBe(90_000);
    const { id } = stage.socket().last('probe');
    await stage.clock.advanceSettled(40);
    stage.socket().push({ type: 'probed', id, timeMs: stage.clock.now() + 90_000 });
    expect(stage.client.statistics()).toMatchObject({ roundTripMs: 40, skewMs: 90_020 });
  });

  it('is measured again when a ping shows that a clock was set', async () => {
    const stage = createStage();
    const socket = await stage.live();
    socket.push({ type: 'probed', id: socket.last('probe').id, timeMs: stage.clock.now() });
    socket.push({ type: 'ping', at: stage.clock.now() });
    expect(socket.all('probe')).toHaveLength(1);
    socket.push({ type: 'ping', at: stage.clock.now() + 3_600_000 });
    expect(socket.all('probe')).toHaveLength(2);
    expect(stage.client.serverTime() - stage.clock.now()).toBe(3_600_000);
  });

  it('is measured again every few minutes', async () => {
    const stage = createStage();
    const socket = await stage.live();
    for (let minute = 0; minute < 10; minute += 0.5) {
      await stage.clock.advanceSettled(30_000);
      for (const { id } of socket.all('probe'))
        socket.push({ type: 'probed', id, timeMs: stage.clock.now() });
      socket.push({ type: 'ping', at: stage.clock.now() });
    }
    expect(socket.all('probe').length).toBeGreaterThanOrEqual(4);
    expect(socket.all('probe').length).toBeLessThanOrEqual(7);
  });
});
