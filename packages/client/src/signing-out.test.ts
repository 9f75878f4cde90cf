import { describe, expect, it, vi } from 'vitest';
import {
  createStage,
  mark,
  serve,
  settle,
  snapshot,
  type ScriptedSocket,
  type Stage,
} from '../test-support/scripted-server.ts';

const STATUS = 'plant/a/l1/status';
const EVENTS = 'plant/a/l1/events';

async function signedIn(): Promise<[Stage, ScriptedSocket]> {
  const stage = createStage();
  const socket = await stage.live();
  return [stage, socket];
}

function answer(socket: ScriptedSocket): void {
  socket.push({ type: 'signedOut', id: socket.last('signOut').id });
}

const commands = (socket: ScriptedSocket) => socket.all('command').map(({ data }) => data);

describe('signing out and in', () => {
  it('A9: the next user is signed in on the same connection', async () => {
    const [stage, socket] = await signedIn();
    stage.client.signOut();
    expect(stage.client.state()).toMatchObject({ status: 'idle', reason: { code: 'signedOut' } });
    answer(socket);
    await stage.clock.advanceSettled(3_000);
    stage.client.signIn();
    expect(stage.client.state()).toMatchObject({ status: 'connecting' });
    await settle();
    expect(socket.all('connect')).toHaveLength(2);
    await socket.accept('bert', 'sameSocket');
    expect(stage.client.state()).toMatchObject({ status: 'live', user: { id: 'bert' } });
    expect(stage.sockets).toHaveLength(1);
    expect(stage.client.statistics().reconnects).toBe(0);
  });

  it('A9: nothing of the first user shows to the second, and nothing that comes late', async () => {
    const [stage, socket] = await signedIn();
    const { client } = stage;
    const status = client.record<{ state: string }>(STATUS);
    const seen: string[] = [];
    status.subscribe(() => seen.push(String(status.get().value.state)));
    const all = client.records('plant/#');
    all.subscribe(() => {});
    const events: unknown[] = [];
    client.stream(EVENTS, ({ data }) => events.push(data));
    await settle();
    serve(socket, [snapshot(STATUS, 5, { state: 'anna’s' })], { marks: [mark(5)] });
    expect(seen).toEqual(['anna’s']);
    client.onState(({ status: now }) => {
      if (now === 'idle') expect([status.get().value, all.get().value.size]).toEqual([{}, 0]);
    });
    client.signOut();
    expect(seen).toEqual(['anna’s', 'undefined']);
    socket.push({ type: 'delta', topic: STATUS, from: 5, to: 6, at: 1, set: { state: 'late' } });
    socket.push(snapshot(STATUS, 7, { state: 'late' }));
    answer(socket);
    client.signIn();
    await settle();
    await socket.accept('bert', 'sameSocket');
    // From the beginning: what anna had says nothing of what bert may read.
    expect(socket.last('subscribe').resume).toBeUndefined();
    serve(socket, [snapshot(STATUS, 8, { state: 'bert’s' })]);
    expect(seen.filter((state) => state !== 'undefined')).toEqual(['anna’s', 'bert’s']);
    expect(events).toEqual([]);
  });

  it.each(['the server ended the session', 'the client was closed'])(
    'A9: once %s, signing out empties what is shown all the same',
    async (what) => {
      const [stage, socket] = await signedIn();
      const { client } = stage;
      const status = client.record<{ state: string }>(STATUS);
      const seen: string[] = [];
      status.subscribe(() => seen.push(String(status.get().value.state)));
      await settle();
      serve(socket, [snapshot(STATUS, 5, { state: 'anna’s' })], { marks: [mark(5)] });
      if (what === 'the client was closed') client.close();
      else socket.drop(4504, 'revoked');
      await settle();
      expect(client.state()).toMatchObject({ status: 'closed' });
      const given = client.command('x', 'anna’s');
      client.signOut();
      expect(client.state()).toMatchObject({ status: 'closed' });
      // Told as stale first, then gone.
      expect(seen).toEqual(['anna’s', 'anna’s', 'undefined']);
      expect(status.get()).toMatchObject({ value: {} });
      expect(client.pending()).toEqual([]);
      expect(await given).toMatchObject({ status: 'rejected' });
      client.signIn();
      await settle();
      expect(client.state()).toMatchObject({ status: 'closed' });
    },
  );

  it('A9: commands of the first user wait for them, unseen and unsent for anybody else', async () => {
    const [stage, socket] = await signedIn();
    const { client } = stage;
    const outcomes: unknown[] = [];
    client.onOutcome((command) => outcomes.push(command.data));
    const first = client.command('x', 'anna’s');
    const never = client.command('x', 'now or never', { offline: 'never' });
    const dated = client.command('x', 'dated', { deadline: client.serverTime() + 20_000 });
    await settle();
    expect(commands(socket)).toEqual(['anna’s']);
    const { id } = socket.last('command');
    client.signOut();
    await expect(never).resolves.toEqual({ status: 'rejected', reason: 'offline' });
    expect(client.pending()).toEqual([]);
    outcomes.length = 0;
    socket.push({ type: 'outcome', id, status: 'applied', offset: 1 });
    answer(socket);
    await expect(client.command('x', 'nobody’s')).resolves.toEqual({
      status: 'rejected',
      reason: 'signedOut',
    });
    client.signIn();
    const second = client.command('x', 'bert’s');
    await settle();
    await socket.accept('bert', 'sameSocket');
    expect(commands(socket)).toEqual(['anna’s', 'bert’s']);
    expect(client.pending()).toMatchObject([{ data: 'bert’s', author: 'bert' }]);
    socket.push({ type: 'outcome', id: socket.last('command').id, status: 'applied', offset: 2 });
    await expect(second).resolves.toMatchObject({ status: 'applied' });
    await stage.clock.advanceSettled(25_000);
    await expect(dated).resolves.toMatchObject({ status: 'expired' });
    expect(outcomes).toEqual(['bert’s']);
    client.signOut();
    answer(socket);
    client.signIn();
    await settle();
    await socket.accept('anna', 'sameSocket');
    expect(commands(socket).at(-1)).toBe('anna’s');
    expect(socket.all('command')[0]?.key).toEqual(socket.last('command').key);
    socket.push({ type: 'outcome', id: socket.last('command').id, status: 'duplicate', offset: 1 });
    await expect(first).resolves.toMatchObject({ status: 'duplicate' });
  });

  it('a command given just before signing out is not given by the next', async () => {
    const [stage, socket] = await signedIn();
    const outcome = stage.client.command('x', 'anna’s');
    stage.client.signOut();
    stage.client.signIn({ userId: 'bert' });
    await expect(outcome).resolves.toEqual({ status: 'rejected', reason: 'signedOut' });
    answer(socket);
    await settle();
    await socket.accept('bert', 'sameSocket');
    expect(commands(socket)).toEqual([]);
  });

  it('what was given by nobody known is given up when somebody signs out', async () => {
    const stage = createStage();
    const outcome = stage.client.command('x', 1);
    await settle();
    stage.client.signOut();
    await expect(outcome).resolves.toEqual({ status: 'rejected', reason: 'signedOut' });
    stage.client.signIn({ userId: 'bert' });
    void stage.client.command('x', 2);
    await settle();
    await stage.socket().accept('carla');
    expect(commands(stage.socket())).toEqual([]);
    expect(stage.client.pending()).toEqual([]);
  });

  it('publications without an answer are not told, nor made by the next', async () => {
    const [stage, socket] = await signedIn();
    const keyed = stage.client.publish('app/x', 1, { key: 'k' });
    stage.client.signOut();
    await expect(keyed).resolves.toEqual({ status: 'unknown', reason: 'signedOut' });
    answer(socket);
    stage.client.signIn();
    await settle();
    await socket.accept('bert', 'sameSocket');
    expect(socket.all('publish')).toHaveLength(1);
  });

  it('A9, F1: acknowledgements count on over the connection', async () => {
    const [stage, socket] = await signedIn();
    await stage.clock.advanceSettled(1_000);
    const before = socket.last('ack').received;
    stage.client.signOut();
    socket.push({ type: 'ping', at: 7 });
    answer(socket);
    await stage.clock.advanceSettled(1_000);
    expect(socket.last('pong').at).toBe(7);
    expect(socket.last('ack').received).toBe(before + 2);
    stage.client.signIn();
    await settle();
    await socket.accept('bert', 'sameSocket');
    await stage.clock.advanceSettled(1_000);
    expect(socket.last('ack').received).toBe(before + 3);
  });

  it('a server that does not know how is left, and the next has a connection of their own', async () => {
    const [stage, socket] = await signedIn();
    stage.client.signOut();
    const { id } = socket.last('signOut');
    socket.push({ type: 'error', id, code: 100, name: 'invalidMessage', message: 'type', temporary: false });
    expect(socket.isClosed()).toBe(true);
    expect(stage.client.state().status).toBe('idle');
    stage.client.signIn();
    await settle();
    await stage.socket().accept('bert');
    expect(stage.sockets).toHaveLength(2);
    expect(stage.client.state()).toMatchObject({ status: 'live', user: { id: 'bert' } });
  });

  it.each([
    ['signing out without a connection', true],
    ['signing in long after', false],
  ])('%s leads to a new connection', async (_name, isDropped) => {
    const [stage, socket] = await signedIn();
    if (isDropped) socket.drop();
    stage.client.signOut();
    if (!isDropped) answer(socket);
    await stage.clock.advanceSettled(60_000);
    expect(stage.sockets).toHaveLength(1);
    expect(socket.isClosed()).toBe(true);
    expect(stage.client.state().status).toBe('idle');
    stage.client.signIn();
    await settle();
    await stage.socket().accept('bert');
    expect(stage.sockets).toHaveLength(2);
    expect(stage.client.state()).toMatchObject({ status: 'live', user: { id: 'bert' } });
  });

  it('signing in while signed in is nothing, signing out twice is once, a closed client stays closed', async () => {
    const [stage, socket] = await signedIn();
    stage.client.signIn({ userId: 'bert' });
    await settle();
    expect(stage.client.state()).toMatchObject({ user: { id: 'anna' } });
    stage.client.signOut();
    stage.client.signOut();
    expect(socket.all('signOut')).toHaveLength(1);
    stage.client.close();
    stage.client.signIn();
    stage.client.signOut();
    await stage.clock.advanceSettled(10_000);
    expect(stage.client.state().status).toBe('closed');
    expect(stage.sockets).toHaveLength(1);
  });

  it('a token for somebody else brings nothing of the one before, though nobody signed out', async () => {
    const [stage, socket] = await signedIn();
    const status = stage.client.record(STATUS);
    const changed = vi.fn();
    status.subscribe(changed);
    await settle();
    serve(socket, [snapshot(STATUS, 5, { state: 'anna’s' })], { marks: [mark(5)] });
    socket.drop();
    await stage.clock.advanceSettled(1_100);
    await stage.socket().accept('bert');
    expect(status.get().value).toEqual({});
    expect(stage.socket().last('subscribe').resume).toBeUndefined();
  });
});
