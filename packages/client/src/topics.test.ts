import type { DeltaMessage, EntriesMessage, ServerMessage } from '@ms5/wire';
import { settlePromises } from '@ms5/testkit';
import { describe, expect, it, vi } from 'vitest';
import { createStage, mark, serve, snapshot, type Stage } from '../test-support/scripted-server.ts';

const TOPIC = 'plant/a/l1/status';
const EVENTS = 'plant/a/l1/events';
const CALLS = 'plant/a/l1/andon';

const delta = (from: number, to: number, set: DeltaMessage['set'] = {}, topic = TOPIC): DeltaMessage => ({
  type: 'delta',
  topic,
  from,
  to,
  at: to * 10,
  set,
});
const entries = (from: number, to: number, offsets: readonly number[] = [to]): EntriesMessage => ({
  type: 'entries',
  topic: EVENTS,
  from,
  to,
  entries: offsets.map((offset) => ({ offset, at: offset * 10, data: `e${offset}` })),
});
const streamStart = (offset: number, more = {}): ServerMessage =>
  snapshot(EVENTS, offset, {}, { kind: 'stream', lane: 'normal', ...more });

const RECOVERED = { wasRecovering: true, recovered: true, marks: [mark(15)] } as const;

async function reconnect(stage: Stage) {
  stage.socket().drop();
  await stage.clock.advanceSettled(1_100);
  await stage.socket().accept();
  return stage.socket();
}

describe('subscriptions', () => {
  it('ten listeners of one topic are one subscription on the wire', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const stops = Array.from({ length: 10 }, () => client.record(TOPIC).subscribe(() => {}));
    await settlePromises();
    expect(socket.all('subscribe').map(({ filters }) => filters)).toEqual([[TOPIC]]);
    for (const stop of stops.slice(1)) stop();
    await stage.clock.advanceSettled(10_000);
    expect(socket.all('unsubscribe')).toEqual([]);
    stops[0]?.();
    stops[0]?.();
    await stage.clock.advanceSettled(1_900);
    expect(socket.all('unsubscribe')).toEqual([]);
    await stage.clock.advanceSettled(200);
    expect(socket.all('unsubscribe').map(({ filters }) => filters)).toEqual([[TOPIC]]);
  });

  it('the screen that replaces another keeps the subscription and the value', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const stop = client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    serve(socket, [snapshot(TOPIC, 5, { state: 'running' })]);
    stop();
    await stage.clock.advanceSettled(1_000);
    client.record(TOPIC).subscribe(() => {});
    await stage.clock.advanceSettled(10_000);
    expect(client.record(TOPIC).get()).toMatchObject({ freshness: 'live', value: { state: 'running' } });
    expect(socket.all('subscribe')).toHaveLength(1);
    expect(socket.all('unsubscribe')).toEqual([]);
  });

  it('what is asked for in one turn goes out in one request', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(TOPIC).subscribe(() => {});
    client.collections('plant/+/+/andon').subscribe(() => {});
    client.stream(EVENTS, () => {});
    await settlePromises();
    expect(socket.all('subscribe').map(({ filters }) => filters)).toEqual([
      [TOPIC, 'plant/+/+/andon', EVENTS],
    ]);
  });

  it('what is wanted before the connection goes out after the welcome', async () => {
    const { client, ...stage } = createStage();
    client.record(TOPIC).subscribe(() => {});
    expect(client.record(TOPIC).get().freshness).toBe('recovering');
    const socket = await stage.live();
    expect(socket.received.map(({ type }) => type)).toEqual(['connect', 'subscribe', 'probe']);
  });

  it('overlapping filters share a topic, and it stays while one of them does', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const calls = { literal: 0, wide: 0, kinds: 0 };
    const stopLiteral = client.record(TOPIC).subscribe(() => (calls.literal += 1));
    client.records('plant/#').subscribe(() => (calls.wide += 1));
    client.collections('plant/#').subscribe(() => (calls.kinds += 1));
    await settlePromises();
    serve(socket, [
      snapshot(TOPIC, 5, { state: 'running' }),
      snapshot(CALLS, 4, { c1: { id: 'c1' } }, { kind: 'collection' }),
    ]);
    expect(calls).toEqual({ literal: 1, wide: 1, kinds: 1 });
    expect(socket.last('subscribe').filters).toEqual([TOPIC, 'plant/#']);

    stopLiteral();
    await stage.clock.advanceSettled(3_000);
    expect(socket.last('unsubscribe').filters).toEqual([TOPIC]);
    const all = client.records('plant/#').get();
    expect([...all.value.keys()]).toEqual([TOPIC]);
    expect(all).toMatchObject({ freshness: 'live', at: 1_000 });
    expect([...client.collections('plant/#').get().value.keys()]).toEqual([CALLS]);
    expect(client.records('plant/#').get()).toBe(all);
    socket.push(delta(4, 5, { c2: { id: 'c2' } }, CALLS));
    expect(client.collections('plant/#').get().value.get(CALLS)?.value.size).toBe(2);
    expect(client.records('plant/#').get()).toBe(all);
    socket.push(delta(5, 6, { state: 'stopped' }));
    expect(client.records('plant/#').get().value.get(TOPIC)?.value).toEqual({ state: 'stopped' });
  });

  it('a filter that is not valid is the caller’s mistake', () => {
    expect(() =>
      createStage()
        .client.record('a//b')
        .subscribe(() => {}),
    ).toThrow(RangeError);
  });

  it('a refused topic is lost, and asked for again on the next connection', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    const { id } = socket.last('subscribe');
    socket.push({ type: 'error', id, code: 111, name: 'forbidden', message: 'no', temporary: false });
    expect(client.record(TOPIC).get().freshness).toBe('lost');
    expect((await reconnect({ client, ...stage })).last('subscribe').filters).toEqual([TOPIC]);
  });

  it('a temporary refusal is asked again when the server said', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    const { id } = socket.last('subscribe');
    const error = { type: 'error', id, code: 1, name: 'busy', message: '', temporary: true } as const;
    socket.push({ ...error, retryAfterMs: 3_000 });
    await stage.clock.advanceSettled(2_900);
    expect(socket.all('subscribe')).toHaveLength(1);
    await stage.clock.advanceSettled(200);
    expect(socket.all('subscribe')).toHaveLength(2);
  });

  it('a topic that does not exist is lost once its filter is synced', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    expect(client.record(TOPIC).get().freshness).toBe('recovering');
    serve(socket, []);
    expect(client.record(TOPIC).get().freshness).toBe('lost');
  });
});

async function withStore() {
  const stage = createStage();
  const socket = await stage.live();
  const listener = vi.fn();
  const store = stage.client.record<Record<string, unknown>>(TOPIC);
  store.subscribe(listener);
  await settlePromises();
  return { ...stage, first: socket, store, listener };
}

describe('state topics', () => {
  it('apply a delta exactly if from ≤ position < to', async () => {
    const { first, store } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })]);
    first.push(delta(3, 9, { n: 9 }), delta(3, 10, { n: 'again' }));
    expect(store.get().value).toEqual({ n: 10 });
    first.push(delta(4, 12, { n: 12 }));
    expect(store.get()).toMatchObject({ value: { n: 12 }, position: { offset: 12 }, at: 120 });
    first.push(delta(12, 15, { n: 15 }));
    expect(store.get().value).toEqual({ n: 15 });
  });

  it('a delta from a mark applies though the topic’s last change is older', async () => {
    const { first, store } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })]);
    first.push({ type: 'mark', ...mark(20) }, delta(20, 25, { n: 25 }));
    expect(store.get().value).toEqual({ n: 25 });
  });

  it('a gap ends the connection, and the topic is continued from where it stands', async () => {
    const { first, store, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })], { marks: [mark(10)] });
    first.push(delta(11, 12, { n: 12 }));
    expect(first.isClosed()).toBe(true);
    expect(store.get()).toMatchObject({ freshness: 'stale', value: { n: 10 } });
    expect(stage.transitions.at(-1)).toMatchObject({ to: 'waiting', reason: { code: 'gapFound' } });
    await stage.clock.advanceSettled(1_100);
    await stage.socket().accept();
    expect(stage.socket().last('subscribe').resume).toEqual({ marks: [mark(10)], topics: {} });
  });

  it('a snapshot in parts drops at its end what neither a part nor a delta named', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const store = client.collection<{ n: number }>(CALLS);
    store.subscribe(() => {});
    await settlePromises();
    const part = (offset: number, set: Record<string, { n: number }>, more = {}) =>
      snapshot(CALLS, offset, set, { kind: 'collection', lane: 'critical', ...more });
    serve(socket, [part(5, { a: { n: 1 }, b: { n: 1 }, x: { n: 1 } })]);
    const open = (offset: number, set: Record<string, { n: number }>, more: { begin?: true; end?: true }) => {
      const { begin: _begin, end: _end, ...message } = part(offset, set);
      return { ...message, ...more };
    };
    socket.push(open(20, { a: { n: 2 } }, { begin: true }));
    expect(store.get().freshness).toBe('recovering');
    expect([...store.get().value.keys()]).toEqual(['a', 'b', 'x']);
    socket.push({ ...delta(20, 22, { d: { n: 22 } }, CALLS), remove: ['a'] });
    socket.push(open(22, { c: { n: 2 } }, { end: true }));
    expect(store.get()).toMatchObject({ freshness: 'live', position: { offset: 22 } });
    expect(Object.fromEntries(store.get().value)).toEqual({ c: { n: 2 }, d: { n: 22 } });
  });

  it('a part whose beginning was not seen changes nothing', async () => {
    const { first, store } = await withStore();
    const { begin: _begin, ...rest } = snapshot(TOPIC, 10, { n: 10 });
    first.push(rest);
    expect(store.get()).toMatchObject({ value: {}, position: null });
  });

  it('a snapshot cut off halfway falls back to the position before it', async () => {
    const { first, store, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10, m: 1 })]);
    const { end: _end, ...half } = snapshot(TOPIC, 30, { n: 30 });
    first.push(half);
    const second = await reconnect(stage);
    expect(second.last('subscribe').resume).toEqual({
      marks: [],
      topics: { [TOPIC]: { epoch: 'e1', offset: 10 } },
    });
    serve(second, [delta(10, 31, { n: 31, m: 3 })]);
    expect(store.get()).toMatchObject({ freshness: 'live', value: { n: 31, m: 3 } });
  });

  it('a first snapshot cut off halfway is asked for anew', async () => {
    const { first, store, ...stage } = await withStore();
    const { end: _end, ...half } = snapshot(TOPIC, 30, { n: 30 });
    first.push(half);
    const second = await reconnect(stage);
    expect(second.last('subscribe').resume).toBeUndefined();
    serve(second, [snapshot(TOPIC, 40, { m: 1 })]);
    expect(store.get().value).toEqual({ m: 1 });
  });

  it('a new epoch voids the offsets', async () => {
    const { first, store, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 100, { n: 1, gone: 1 })], { marks: [mark(100)] });
    const second = await reconnect(stage);
    serve(second, [snapshot(TOPIC, 3, { n: 2 }, { epoch: 'e2' }), { ...delta(3, 4, { n: 3 }) }], {
      recovered: false,
      marks: [mark(3, 'e2')],
      reset: ['plant'],
    });
    expect(store.get()).toMatchObject({ value: { n: 3 }, position: { epoch: 'e2', offset: 4 } });
    expect(stage.client.statistics().losses).toBe(1);
  });

  it('what a reset log did not send again is no more', async () => {
    const { first, store, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 100, { n: 1 })], { marks: [mark(100)] });
    const second = await reconnect(stage);
    serve(second, [], { recovered: false, marks: [mark(3, 'e2')], reset: ['plant'] });
    expect(store.get()).toMatchObject({ freshness: 'lost', value: {}, position: null });
  });

  it('R3: what was forbidden during an absence is dropped, and marks speak for what stayed permitted', async () => {
    const stage = createStage();
    const first = await stage.live();
    const store = stage.client.records('plant/#');
    store.subscribe(() => {});
    await settlePromises();
    const other = 'plant/b/l1/status';
    serve(first, [snapshot(TOPIC, 10, { n: 1 }), snapshot(other, 10, { n: 1 })], { marks: [mark(10)] });
    const second = await reconnect(stage);
    expect(second.last('subscribe').resume).toEqual({ marks: [mark(10)], topics: {} });
    serve(second, [], { filters: ['plant/a/#'], marks: [mark(12)] });
    expect([...store.get().value.keys()]).toEqual([TOPIC]);
    await stage.clock.advanceSettled(12_000);
    const third = await reconnect(stage);
    expect(third.last('subscribe').resume).toMatchObject({ marks: [mark(12)], filters: ['plant/a/#'] });
    // Cut off before all of it came: what is permitted now is still to be announced.
    third.push({ type: 'subscribed', id: third.last('subscribe').id, filters: ['plant/#'], ...RECOVERED });
    await stage.clock.advanceSettled(12_000);
    const fourth = await reconnect(stage);
    expect(fourth.last('subscribe').resume?.marks).toEqual([]);
  });

  it('a topic that is gone is dropped', async () => {
    const { first, store, listener } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })]);
    listener.mockClear();
    first.push({ type: 'gone', topic: TOPIC, reason: 'forbidden' });
    expect(listener).toHaveBeenCalledOnce();
    expect(store.get()).toMatchObject({ freshness: 'lost', value: {} });
    first.push(delta(10, 11, { n: 11 }));
    expect(store.get().value).toEqual({});
  });

  it('tell their listeners once per batch, however much it changed', async () => {
    const { first, listener } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 }), delta(10, 11, { n: 11 }), delta(11, 12, { n: 12 })]);
    expect(listener).toHaveBeenCalledOnce();
    first.push(delta(3, 12, { n: 0 }));
    expect(listener).toHaveBeenCalledOnce();
  });

  it('give the same view until something changes', async () => {
    const { first, store } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10, deep: { a: 1 } })]);
    const before = store.get();
    first.push({ type: 'mark', ...mark(20) });
    expect(store.get()).toBe(before);
    first.push(delta(20, 21, { n: 21 }));
    expect(store.get()).not.toBe(before);
    expect(store.get().value['deep']).toBe(before.value['deep']);
  });
});

describe('views', () => {
  it('keep their value while only the freshness changes, and themselves while nothing does', async () => {
    const { first, store, listener, client, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })]);
    const before = store.get();
    first.drop();
    const stale = store.get();
    expect(stale.freshness).toBe('stale');
    expect(stale.value).toBe(before.value);
    listener.mockClear();
    // Several attempts fail meanwhile.
    await stage.clock.advanceSettled(8_000);
    stage.socket().drop();
    expect(client.state().isLostForLong).toBe(true);
    expect(store.get()).toBe(stale);
    expect(listener).not.toHaveBeenCalled();
  });

  it('of what was never there turn from recovering to lost when the first connection takes long', async () => {
    const { client, ...stage } = createStage({ getToken: () => Promise.reject(new Error('down')) });
    const store = client.record(TOPIC);
    const listener = vi.fn();
    store.subscribe(listener);
    client.connect();
    await stage.clock.advanceSettled(3_900);
    expect([store.get().freshness, listener.mock.calls.length]).toEqual(['recovering', 0]);
    await stage.clock.advanceSettled(200);
    expect([store.get().freshness, listener.mock.calls.length]).toEqual(['lost', 1]);
  });
});

describe('resuming', () => {
  it('costs a mark per lane, and positions only for topics ahead of it', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.records('plant/#').subscribe(() => {});
    await settlePromises();
    const topics = Array.from({ length: 50 }, (_, index) => `plant/a/l${index}/status`);
    serve(
      socket,
      topics.map((topic) => snapshot(topic, 10, { n: 1 })),
      { marks: [mark(10)] },
    );
    socket.push({ type: 'mark', ...mark(30) }, delta(30, 33, { n: 2 }, 'plant/a/l7/status'));
    const second = await reconnect({ client, ...stage });
    expect(second.last('subscribe').resume).toEqual({
      marks: [mark(30)],
      topics: { 'plant/a/l7/status': { epoch: 'e1', offset: 33 } },
    });
  });

  it('takes no marks for a filter that was never synced, but tells the topics it holds whole', async () => {
    const { first, store, client, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 10, { n: 10 })], { marks: [mark(10)] });
    client.records('plant/b/#').subscribe(() => {});
    await settlePromises();
    const { id, filters } = first.last('subscribe');
    first.push(
      { type: 'subscribed', id, filters, wasRecovering: false, recovered: false, marks: [mark(12)] },
      snapshot('plant/b/l9/status', 12, { n: 1 }),
    );
    const second = await reconnect({ client, ...stage });
    expect(second.all('subscribe').map(({ filters, resume }) => ({ filters, resume }))).toEqual([
      { filters: [TOPIC], resume: { marks: [mark(12)], topics: {} } },
      {
        filters: ['plant/b/#'],
        resume: { marks: [], topics: { 'plant/b/l9/status': { epoch: 'e1', offset: 12 } } },
      },
    ]);
    expect(store.get().freshness).toBe('recovering');
  });

  it.each([
    { was: 'never answered', isAnswered: false },
    { was: 'answered later, and not brought', isAnswered: true },
  ])('a filter that was $was does not take the marks told to others', async ({ isAnswered }) => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    for (let index = 0; index < 501; index += 1)
      client.record(`plant/a/l${index}/status`).subscribe(() => {});
    await settlePromises();
    for (const { id, filters } of socket.all('subscribe')) {
      const granted = { type: 'subscribed', id, filters, wasRecovering: false, recovered: false } as const;
      socket.push(
        { ...granted, marks: [mark(10)] },
        ...filters.map((topic) => snapshot(topic, 10, { n: 1 })),
        { type: 'synced', id },
      );
    }
    const second = await reconnect({ client, ...stage });
    const [first, last] = second.all('subscribe');
    expect(last?.resume).toEqual({ marks: [mark(10)], topics: {} });
    const granted = { type: 'subscribed', wasRecovering: true, recovered: true } as const;
    second.push({ ...granted, id: first?.id ?? 0, filters: first?.filters ?? [], marks: [mark(50)] });
    if (isAnswered) second.push({ ...granted, id: last?.id ?? 0, filters: last?.filters ?? [], marks: [] });
    const third = await reconnect({ client, ...stage });
    expect(third.all('subscribe').map(({ resume }) => resume)).toEqual([
      { marks: [mark(50)], topics: {} },
      { marks: [], topics: { [last?.filters[0] ?? '']: { epoch: 'e1', offset: 10 } } },
    ]);
  });

  it('after a reset the new marks count, though they are lower', async () => {
    const { first, client, ...stage } = await withStore();
    serve(first, [snapshot(TOPIC, 500, { n: 10 })], { marks: [mark(500)] });
    const second = await reconnect({ client, ...stage });
    serve(second, [snapshot(TOPIC, 90, { n: 9 }, { lostSince: 500 })], {
      wasRecovering: true,
      marks: [],
      reset: ['plant'],
    });
    second.push({ type: 'mark', ...mark(100) });
    const third = await reconnect({ client, ...stage });
    expect(third.last('subscribe').resume).toEqual({ marks: [mark(100)], topics: {} });
  });

  it('a reset spares what this connection brought, and what another filter in force matches', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(TOPIC).subscribe(() => {});
    await settlePromises();
    serve(socket, [snapshot(TOPIC, 10, { n: 10 })], { marks: [mark(10)] });
    client.records('plant/#').subscribe(() => {});
    await settlePromises();
    serve(socket, [], { reset: ['plant'] });
    expect(client.record(TOPIC).get()).toMatchObject({ freshness: 'live', value: { n: 10 } });
  });

  it('splits what is too much for one request', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const topics = Array.from({ length: 1_200 }, (_, index) => `plant/area/line-${index}/status`);
    for (const topic of topics) client.record(topic).subscribe(() => {});
    await settlePromises();
    for (const { id, filters } of socket.all('subscribe')) {
      expect(filters.length).toBeLessThanOrEqual(500);
      socket.push(
        { type: 'subscribed', id, filters, wasRecovering: false, recovered: false, marks: [] },
        ...filters.map((topic) => snapshot(topic, 10, { n: 1 })),
      );
    }
    const second = await reconnect({ client, ...stage });
    const requests = second.all('subscribe');
    expect(requests.flatMap(({ filters }) => filters)).toEqual(topics);
    expect(requests.flatMap(({ resume }) => Object.keys(resume?.topics ?? {}))).toEqual(topics);
    for (const request of requests) expect(JSON.stringify(request).length).toBeLessThan(65_536);
  });
});

describe('streams', () => {
  async function withStream() {
    const stage = createStage();
    const socket = await stage.live();
    const seen: unknown[] = [];
    const onLost = vi.fn();
    stage.client.stream<string>(EVENTS, (event) => seen.push(event.data), onLost);
    await settlePromises();
    return { ...stage, first: socket, seen, onLost };
  }

  it('deliver each entry once and in order, across a reconnect', async () => {
    const { first, seen, onLost, ...stage } = await withStream();
    serve(first, [streamStart(100)], { marks: [mark(100, 'e1', 'normal')] });
    first.push(entries(100, 103, [101, 103]));
    const second = await reconnect(stage);
    expect(second.last('subscribe').resume?.topics).toEqual({ [EVENTS]: { epoch: 'e1', offset: 103 } });
    serve(second, [entries(103, 110, [105, 110])]);
    second.push(entries(105, 111, [110, 111]), entries(111, 111, []));
    expect(seen).toEqual(['e101', 'e103', 'e105', 'e110', 'e111']);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('never deliver past a gap', async () => {
    const { first, seen } = await withStream();
    serve(first, [streamStart(100)]);
    first.push(entries(101, 102));
    expect(seen).toEqual([]);
    expect(first.isClosed()).toBe(true);
  });

  it('tell when history was lost', async () => {
    const { first, onLost, seen, ...stage } = await withStream();
    serve(first, [streamStart(100)]);
    const second = await reconnect(stage);
    serve(second, [streamStart(900, { lostSince: 100 })], { recovered: false });
    expect(onLost).toHaveBeenCalledExactlyOnceWith(EVENTS);
    second.push(entries(900, 901));
    expect(seen).toEqual(['e901']);
  });

  it('tell when a snapshot passes over entries, though the server knew of nothing', async () => {
    const { first, onLost, ...stage } = await withStream();
    serve(first, [streamStart(100)]);
    const second = await reconnect(stage);
    serve(second, [streamStart(100)]);
    expect(onLost).not.toHaveBeenCalled();
    second.push(streamStart(120));
    expect(onLost).toHaveBeenCalledOnce();
  });

  it('have moved their cursor before the listener is called', async () => {
    const { first, client, ...stage } = await withStream();
    serve(first, [streamStart(100)]);
    client.stream(EVENTS, () => first.drop());
    await settlePromises();
    first.push(entries(100, 101));
    await stage.clock.advanceSettled(1_100);
    await stage.socket().accept();
    expect(stage.socket().last('subscribe').resume?.topics).toEqual({
      [EVENTS]: { epoch: 'e1', offset: 101 },
    });
  });

  it('a listener that throws harms nobody else', async () => {
    const { first, client, seen } = await withStream();
    const uncaught = vi.fn();
    process.once('uncaughtException', uncaught);
    client.stream(EVENTS, () => {
      throw new Error('mine');
    });
    const after: unknown[] = [];
    client.stream(EVENTS, ({ offset }) => after.push(offset));
    await settlePromises();
    serve(first, [streamStart(100)]);
    first.push(entries(100, 101));
    expect([seen, after]).toEqual([['e101'], [101]]);
    await vi.waitFor(() => expect(uncaught).toHaveBeenCalledOnce(), { timeout: 10_000 });
  });
});

describe('signals', () => {
  it('show the newest value, and a restarted server’s offsets start anew', async () => {
    const { client, ...stage } = createStage();
    const topic = 'plant/a/l1/m1/telemetry/load';
    const store = client.signal<number>(topic);
    store.subscribe(() => {});
    const socket = await stage.live();
    const signal = (offset: number, value: number, epoch = 's1') =>
      ({ type: 'signal', topic, epoch, offset, at: offset, value }) as const;
    serve(socket, [signal(5, 50)]);
    socket.push(signal(4, 40));
    expect(store.get()).toMatchObject({ freshness: 'live', value: 50, lane: 'low', position: null, at: 5 });
    const second = await reconnect({ client, ...stage });
    expect(store.get()).toMatchObject({ freshness: 'recovering', value: 50 });
    expect(second.last('subscribe').resume).toBeUndefined();
    serve(second, [signal(1, 10, 's2')]);
    expect(store.get()).toMatchObject({ freshness: 'live', value: 10 });
    expect([...client.signals('plant/+/+/+/telemetry/+').get().value.keys()]).toEqual([]);
  });
});
