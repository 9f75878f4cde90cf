import type { OutcomeStatus } from '@ms5/wire';
import { describe, expect, it, vi } from 'vitest';
import { createStage, settle, type ScriptedSocket, type Stage } from '../test-support/scripted-server.ts';
import { createKeyValueOutbox } from './outbox/key-value-storage.ts';
import type { OpenedOutbox, OutboxStorage } from './outbox/storage.ts';
import type { CommandOptions, Outcome } from './types.ts';

function createStore() {
  const kept = new Map<string, string>();
  return {
    kept,
    storage: () =>
      createKeyValueOutbox({
        read: (key) => Promise.resolve(kept.get(key) ?? null),
        write: (key, value) => {
          kept.set(key, value);
          return Promise.resolve();
        },
      }),
  };
}

const withStorage = (storage: OutboxStorage) => createStage({ ports: { storage } });

async function reconnect(stage: Stage, userId = 'anna'): Promise<ScriptedSocket> {
  await stage.clock.advanceSettled(21_000);
  await stage.socket().accept(userId);
  return stage.socket();
}

async function answer(socket: ScriptedSocket, status: OutcomeStatus = 'applied'): Promise<void> {
  const { id, key } = socket.last('command');
  socket.push({ type: 'outcome', id, status, offset: key.counter });
  await settle();
}

const sent = (socket: ScriptedSocket) => socket.all('command').map(({ data }) => data);

describe('outbox', () => {
  it('sends in the order given, one at a time', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const all = Promise.all([1, 2, 3].map((n) => stage.client.command('enterCount', n)));
    await settle();
    expect(sent(socket)).toEqual([1]);
    expect(stage.client.pending().map(({ data, status }) => [data, status])).toEqual([
      [1, 'sent'],
      [2, 'saved'],
      [3, 'saved'],
    ]);
    for (const expected of [
      [1, 2],
      [1, 2, 3],
      [1, 2, 3],
    ]) {
      await answer(socket);
      expect(sent(socket)).toEqual(expected);
    }
    expect((await all).map(({ status }) => status)).toEqual(['applied', 'applied', 'applied']);
    expect(stage.client.pending()).toEqual([]);
  });

  it('sends again with the same key after a reconnect, and a duplicate is how it ends', async () => {
    const stage = createStage();
    const first = await stage.live();
    const outcome = stage.client.command('raiseCall', { line: 'a/l1' });
    await settle();
    const { key } = first.last('command');
    first.drop();
    expect(stage.client.pending()).toMatchObject([{ key, status: 'saved' }]);
    const second = await reconnect(stage);
    expect(second.last('command')).toMatchObject({ key, command: 'raiseCall', data: { line: 'a/l1' } });
    await answer(second, 'duplicate');
    await expect(outcome).resolves.toMatchObject({ status: 'duplicate' });
  });

  it('keeps what is given while offline', async () => {
    const stage = createStage();
    (await stage.live()).drop();
    const outcome = stage.client.command('raiseCall', 1);
    await settle();
    expect(stage.client.pending()).toMatchObject([{ status: 'saved', author: 'anna' }]);
    const socket = await reconnect(stage);
    await answer(socket);
    await expect(outcome).resolves.toMatchObject({ status: 'applied' });
  });

  it('refuses at once what may never wait', async () => {
    const stage = createStage();
    const never = { offline: 'never' } as const;
    await expect(stage.client.command('start', 1, never)).resolves.toEqual({
      status: 'rejected',
      reason: 'offline',
    });
    const socket = await stage.live();
    const first = stage.client.command('start', 2, never);
    const second = stage.client.command('start', 3, never);
    await settle();
    socket.drop();
    await expect(first).resolves.toEqual({ status: 'unknown', reason: 'connectionLost' });
    await expect(second).resolves.toEqual({ status: 'rejected', reason: 'offline' });
    expect(sent(await reconnect(stage))).toEqual([]);
  });

  it('is bounded', async () => {
    const stage = createStage({ outboxLimit: 2 });
    const first = stage.client.command('x', 1);
    void stage.client.command('x', 2);
    await expect(stage.client.command('x', 3)).resolves.toEqual({ status: 'rejected', reason: 'outboxFull' });
    const socket = await stage.live();
    await answer(socket);
    await first;
    void stage.client.command('x', 4);
    await settle();
    expect(stage.client.pending().map(({ data }) => data)).toEqual([2, 4]);
  });

  it('what is aborted before it was sent never is; afterwards its outcome is unknown', async () => {
    const stage = createStage();
    const abort = new AbortController();
    const unsent = stage.client.command('x', 1, { signal: abort.signal });
    await settle();
    abort.abort();
    await expect(unsent).resolves.toEqual({ status: 'rejected', reason: 'aborted' });
    await expect(stage.client.command('x', 2, { signal: abort.signal })).resolves.toMatchObject({
      reason: 'aborted',
    });
    const socket = await stage.live();
    const late = new AbortController();
    const outcome = stage.client.command('x', 3, { signal: late.signal });
    await settle();
    late.abort();
    await expect(outcome).resolves.toEqual({ status: 'unknown', reason: 'aborted' });
    expect(sent(socket)).toEqual([3]);
    expect(stage.client.pending()).toEqual([]);
  });

  it('expires what was not sent by its deadline, and leaves the rest to the server', async () => {
    const stage = createStage();
    const deadline = stage.client.serverTime() + 60_000;
    const outcome = stage.client.command('x', 1, { deadline });
    await stage.clock.advanceSettled(60_000);
    await expect(outcome).resolves.toEqual({ status: 'expired', reason: 'deadlinePassed' });
    const socket = await stage.live();
    const sentInTime = stage.client.command('x', 2, { deadline: stage.client.serverTime() + 5_000 });
    await stage.clock.advanceSettled(6_000);
    expect(socket.last('command').deadline).toBe(stage.clock.now() - 1_000);
    await answer(socket, 'expired');
    await expect(sentInTime).resolves.toMatchObject({ status: 'expired', offset: 2 });
  });

  it('a temporary error keeps the place in the queue', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const first = stage.client.command('x', 1);
    void stage.client.command('x', 2);
    await settle();
    const error = {
      type: 'error',
      code: 121,
      name: 'commandsTooFast',
      message: '',
      temporary: true,
    } as const;
    socket.push({ ...error, id: socket.last('command').id, retryAfterMs: 300 });
    await stage.clock.advanceSettled(299);
    expect(sent(socket)).toEqual([1]);
    await stage.clock.advanceSettled(1);
    expect(sent(socket)).toEqual([1, 1]);
    await answer(socket);
    await expect(first).resolves.toMatchObject({ status: 'applied' });
    expect(sent(socket)).toEqual([1, 1, 2]);
  });

  it('a lasting error is a rejection', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const outcome = stage.client.command('x', 1);
    await settle();
    const { id } = socket.last('command');
    socket.push({ type: 'error', id, code: 111, name: 'forbidden', message: 'not yours', temporary: false });
    await expect(outcome).resolves.toEqual({ status: 'rejected', reason: 'forbidden', message: 'not yours' });
    expect(stage.client.statistics().errors).toBe(1);
  });

  it('is told to listeners, with every outcome', async () => {
    const stage = createStage();
    const seen = vi.fn();
    stage.client.onOutcome((command, outcome) => seen(command.data, outcome.status));
    const lengths: number[] = [];
    const stop = stage.client.onPending((pending) => lengths.push(pending.length));
    const socket = await stage.live();
    void stage.client.command('x', 'd');
    await settle();
    await answer(socket, 'rejected');
    expect(seen).toHaveBeenCalledExactlyOnceWith('d', 'rejected');
    expect([Math.max(...lengths), lengths.at(-1)]).toEqual([1, 0]);
    stop();
  });

  it('says that the outcome is unknown when the client is closed', async () => {
    const stage = createStage();
    await stage.live();
    const outcome = stage.client.command('x', 1);
    await settle();
    stage.client.close();
    await expect(outcome).resolves.toEqual({ status: 'unknown', reason: 'closed' });
  });
});

describe('durable outbox', () => {
  it('the next client with the same id sends what a dead one left, with its keys, before its own', async () => {
    const store = createStore();
    const dead = withStorage(store.storage());
    const socket = await dead.live();
    void dead.client.command('x', 1);
    void dead.client.command('x', 2);
    await settle();
    const { key } = socket.last('command');
    expect(dead.client.statistics().isOutboxDurable).toBe(true);

    const next = withStorage(store.storage());
    const outcomes: unknown[] = [];
    next.client.onOutcome(({ data }, { status }) => outcomes.push([data, status]));
    void next.client.command('x', 3);
    const again = await next.live();
    expect(again.last('connect').client.id).toBe(key.clientId);
    expect(again.last('command')).toMatchObject({ key, data: 1 });
    await answer(again, 'duplicate');
    await answer(again);
    await answer(again);
    expect(again.all('command').map((command) => [command.data, command.key.counter])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(outcomes).toEqual([
      [1, 'duplicate'],
      [2, 'applied'],
      [3, 'applied'],
    ]);
    expect(JSON.parse(store.kept.get('ms5-outbox') ?? '')).toEqual({
      clientId: key.clientId,
      nextCounter: 4,
      commands: [],
    });
  });

  it('never uses a counter twice, though nothing waits any more', async () => {
    const store = createStore();
    for (const counter of [1, 2, 3]) {
      const stage = withStorage(store.storage());
      const socket = await stage.live();
      void stage.client.command('x', null);
      await settle();
      expect(socket.last('command').key.counter).toBe(counter);
      await answer(socket);
      stage.client.close();
    }
  });

  it('nothing is sent before it is safe', async () => {
    let finish = (): void => {};
    const storage: OutboxStorage = {
      ...createStore().storage(),
      open: (_clientId, newId) => Promise.resolve({ clientId: newId(), nextCounter: 1, commands: [] }),
      put: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
      remove: () => Promise.resolve(),
    };
    const stage = withStorage(storage);
    const socket = await stage.live();
    void stage.client.command('x', 1);
    await stage.clock.advanceSettled(1_000);
    expect([sent(socket), stage.client.pending()]).toEqual([[], []]);
    finish();
    await settle();
    expect(sent(socket)).toEqual([1]);
  });

  it('what could not be kept is refused', async () => {
    const storage: OutboxStorage = {
      ...createStore().storage(),
      open: (_clientId, newId) => Promise.resolve({ clientId: newId(), nextCounter: 1, commands: [] }),
      put: () => Promise.reject(new Error('disk full')),
    };
    const stage = withStorage(storage);
    await stage.live();
    await expect(stage.client.command('x', 1)).resolves.toEqual({
      status: 'rejected',
      reason: 'storageFailed',
      message: 'disk full',
    });
    expect(stage.client.pending()).toEqual([]);
  });

  it('a storage that cannot be opened leaves a working client that says so', async () => {
    const storage = { ...createStore().storage(), open: () => Promise.reject(new Error('private window')) };
    const stage = withStorage(storage);
    const socket = await stage.live();
    expect(stage.client.statistics().isOutboxDurable).toBe(false);
    const outcome = stage.client.command('x', 1);
    await settle();
    await answer(socket);
    await expect(outcome).resolves.toMatchObject({ status: 'applied' });
  });

  it('a storage that does not open does not keep the client from connecting', async () => {
    const closed = vi.fn(() => Promise.resolve());
    let opens = (_opened: OpenedOutbox): void => {};
    const storage: OutboxStorage = {
      ...createStore().storage(),
      open: () =>
        new Promise((resolve) => {
          opens = resolve;
        }),
      close: closed,
    };
    const stage = withStorage(storage);
    stage.client.connect();
    await stage.clock.advanceSettled(5_000);
    await stage.socket().accept();
    expect(stage.client.state().status).toBe('live');
    opens({ clientId: 'late', nextCounter: 1, commands: [] });
    await settle();
    expect(closed).toHaveBeenCalledOnce();
    expect(stage.client.statistics().isOutboxDurable).toBe(false);
  });

  it('knows who gave a command before the first connection, if it was told', async () => {
    const stage = createStage({ userId: 'anna' });
    void stage.client.command('x', 1);
    stage.client.connect();
    await settle();
    await stage.socket().accept('bert');
    expect(sent(stage.socket())).toEqual([]);
    expect(stage.client.pending()).toEqual([]);
    stage.socket().drop();
    expect(sent(await reconnect(stage))).toEqual([1]);
  });

  it('sends only for who gave the command', async () => {
    const store = createStore();
    const stage = withStorage(store.storage());
    (await stage.live()).drop();
    void stage.client.command('x', 'anna’s');
    await settle();

    const next = withStorage(store.storage());
    next.client.connect();
    await settle();
    await next.socket().accept('bert');
    const own = next.client.command('x', 'bert’s');
    await settle();
    expect(sent(next.socket())).toEqual(['bert’s']);
    await answer(next.socket());
    await own;
    expect(next.client.pending()).toEqual([]);
    next.socket().drop();
    expect(sent(await reconnect(next, 'anna'))).toEqual(['anna’s']);
  });

  it('what was given before anybody was known is kept for the first it was sent for', async () => {
    const store = createStore();
    const stage = withStorage(store.storage());
    void stage.client.command('x', 1);
    await settle();
    expect(sent(await stage.live())).toEqual([1]);
    stage.client.close();
    await settle();

    const next = withStorage(store.storage());
    next.client.connect();
    await settle();
    await next.socket().accept('bert');
    expect(sent(next.socket())).toEqual([]);
    next.socket().drop();
    expect(sent(await reconnect(next, 'anna'))).toEqual([1]);
  });

  it('another client id does not inherit', async () => {
    const store = createStore();
    const first = createStage({ clientId: 'tablet-1', ports: { storage: store.storage() } });
    void first.client.command('x', 1);
    await settle();
    const same = createStage({ clientId: 'tablet-1', ports: { storage: store.storage() } });
    expect(sent(await same.live())).toEqual([1]);
    const other = createStage({ clientId: 'tablet-2', ports: { storage: store.storage() } });
    expect(sent(await other.live())).toEqual([]);
    const again = createStage({ clientId: 'tablet-1', ports: { storage: store.storage() } });
    expect(sent(await again.live())).toEqual([1]);
  });
});

describe('commands that come late', () => {
  const givenOffline = async (options: CommandOptions): Promise<[Stage, Promise<Outcome>]> => {
    const stage = createStage();
    (await stage.live()).drop();
    const outcome = stage.client.command('raiseCall', 'late', options);
    await settle();
    return [stage, outcome];
  };

  it('a command to confirm waits for it when it is late, and lets later ones pass', async () => {
    const [stage, outcome] = await givenOffline({ offline: 'confirm' });
    const next = stage.client.command('enterCount', 'later', { lateAfterMs: 60_000 });
    const socket = await reconnect(stage);
    expect(sent(socket)).toEqual(['later']);
    await answer(socket);
    await expect(next).resolves.toMatchObject({ status: 'applied' });
    const [late] = stage.client.pending();
    expect(late).toMatchObject({ status: 'late', data: 'late' });
    if (late === undefined) throw new Error('nothing waits');
    stage.client.confirm(late.key);
    await settle();
    // The server has seen a higher counter meanwhile, so the command goes under a new one.
    expect(socket.last('command')).toMatchObject({ data: 'late', key: { counter: 3 } });
    await answer(socket);
    await expect(outcome).resolves.toMatchObject({ status: 'applied' });
    expect(stage.client.pending()).toEqual([]);
  });

  it('a command that was discarded is never sent', async () => {
    const [stage, outcome] = await givenOffline({ lateAfterMs: 5_000 });
    const socket = await reconnect(stage);
    const [late] = stage.client.pending();
    if (late === undefined) throw new Error('nothing waits');
    stage.client.discard(late.key);
    await expect(outcome).resolves.toEqual({ status: 'rejected', reason: 'discarded' });
    expect(sent(socket)).toEqual([]);
  });

  it('a command to confirm that was sent and not answered is not sent again late', async () => {
    const stage = createStage();
    const first = await stage.live();
    const outcome = stage.client.command('raiseCall', 1, { offline: 'confirm' });
    await settle();
    first.drop();
    const second = await reconnect(stage);
    expect(sent(second)).toEqual([]);
    await expect(outcome).resolves.toEqual({ status: 'unknown', reason: 'late' });
  });

  it('a late command is late for the next client as well, and what its author saw goes with it', async () => {
    const store = createStore();
    const stage = withStorage(store.storage());
    void stage.client.command('raiseCall', 1, {
      offline: 'confirm',
      expected: { topic: 's/l/andon', offset: 7 },
    });
    await settle();
    stage.client.close();
    await settle();
    const next = withStorage(store.storage());
    await next.clock.advanceSettled(3_000);
    const socket = await next.live();
    expect(sent(socket)).toEqual([]);
    const [late] = next.client.pending();
    expect(late).toMatchObject({ status: 'late' });
    if (late === undefined) throw new Error('nothing waits');
    next.client.confirm(late.key);
    await settle();
    expect(socket.last('command')).toMatchObject({ expected: { topic: 's/l/andon', offset: 7 } });
  });
});
