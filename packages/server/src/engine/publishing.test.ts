import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryChanges, PublishResult, SignalChange, TopicChange } from '@ms5/hub';
import { createFakeClock, createSeededRandom } from '@ms5/testkit';
import { afterEach, expect, test } from 'vitest';
import { parsePlant } from '../config/index.ts';
import type { PublishRequest } from '../engine-port.ts';
import { CORE_LIMITS, CORE_TIMES } from './core/engine-core.ts';
import { UPKEEP_TIMES } from './core/upkeep.ts';
import { PUBLICATION_LIMITS } from './ingest/publications.ts';
import { createMemoryEventLog } from './log/event-log-memory.ts';
import { openSqliteEventLog } from './log/event-log-sqlite.ts';
import type { EventLog } from './log/event-log.ts';
import { APP_LIMITS } from './projections/app-topics.ts';
import { createEngineService, type EngineService } from './thread/engine-service.ts';

const START = Date.UTC(2026, 0, 14, 8);
const DAY_MS = 86_400_000;

const parsed = parsePlant(
  'plant.yaml',
  `
site: { id: works, name: Works, timeZone: UTC }
areas: [{ id: a, name: A, lines: [{ id: l, name: L, equipment: [{ id: e, name: E, states: simple }] }] }]
`,
);
if (!parsed.ok) throw new Error('the plant is wrong');
const { plant } = parsed;

const services: EngineService[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

function run(log: EventLog = createMemoryEventLog(), clock = createFakeClock(START)) {
  const entries: EntryChanges[] = [];
  const signals: SignalChange[] = [];
  const service = createEngineService({
    log,
    plant,
    clock,
    random: createSeededRandom(1),
    onCommitted: (changes) => entries.push(...changes),
    onSignals: (changes) => signals.push(...changes),
    onConnectors: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  services.push(service);
  clock.run();
  entries.length = 0;
  const publish = async (request: Partial<PublishRequest>): Promise<PublishResult> => {
    const answer = service.publish({
      topic: 'app/mes/orders',
      kind: 'collection',
      lane: 'normal',
      data: {},
      author: { userId: 'mes', name: 'MES' },
      ...request,
    });
    clock.run();
    return answer;
  };
  const image = (topic = 'app/mes/orders') => service.image().topics.find((each) => each.topic === topic);
  return { log, clock, entries, signals, service, publish, image };
}

const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

function told(change: TopicChange | undefined): unknown {
  if (change === undefined || change.kind === 'removed') return change;
  if (change.kind === 'stream') return { ...change, entry: decode(change.entry) };
  return { ...change, set: Object.fromEntries(change.set.map(([key, value]) => [key, decode(value)])) };
}

test('U1: the first publication fixes kind and lane, another is refused, and others publish below app/ only', async () => {
  const { publish, log } = run();
  expect(await publish({ data: { set: { o1: { quantity: 5 } } } })).toMatchObject({ status: 'published' });
  const head = log.head();
  expect(await publish({ kind: 'stream', data: 1 })).toEqual({
    status: 'refused',
    message:
      'app/mes/orders is a collection in lane normal for as long as it exists; found stream in lane normal',
  });
  expect(await publish({ lane: 'high', data: { remove: ['o1'] } })).toMatchObject({ status: 'refused' });
  expect(await publish({ kind: 'signal', data: 1 })).toEqual({
    status: 'refused',
    message: 'app/mes/orders is a collection',
  });
  for (const topic of ['works/a/l/status', 'app', 'app/+', 'app//x', 'apps/x', 'app/x\n']) {
    expect([topic, (await publish({ topic, kind: 'stream' })).status]).toEqual([topic, 'refused']);
  }
  const critical = { lane: 'critical' } as unknown as Partial<PublishRequest>;
  expect(await publish({ topic: 'app/x', kind: 'stream', ...critical })).toMatchObject({
    message: 'lane: expected high, normal, low, found critical',
  });
  expect(log.head()).toBe(head);
});

test('U2: each kind takes data of its shape and becomes one change', async () => {
  const { publish, entries } = run();
  await publish({ topic: 'app/s', kind: 'stream', data: [1, 'two'] });
  await publish({ topic: 'app/r', kind: 'record', data: { a: 1, b: { c: null } } });
  await publish({ topic: 'app/r', kind: 'record', data: { b: 2, a: 1 } });
  await publish({ data: { set: { x: 1, y: [2] } } });
  await publish({ data: { set: { z: 3 }, remove: ['x', 'never'] } });
  expect(entries.flatMap(({ changes }) => changes.map(told))).toEqual([
    { kind: 'stream', topic: 'app/s', lane: 'normal', entry: [1, 'two'] },
    { kind: 'record', topic: 'app/r', lane: 'normal', set: { a: 1, b: { c: null } }, remove: [] },
    { kind: 'record', topic: 'app/r', lane: 'normal', set: { b: 2 }, remove: [] },
    { kind: 'collection', topic: 'app/mes/orders', lane: 'normal', set: { x: 1, y: [2] }, remove: [] },
    { kind: 'collection', topic: 'app/mes/orders', lane: 'normal', set: { z: 3 }, remove: ['x'] },
  ]);
  const refused = async (request: Partial<PublishRequest>): Promise<unknown> => {
    const result = await publish(request);
    return result.status === 'refused' ? result.message : result.status;
  };
  expect(await refused({ topic: 'app/r', kind: 'record', data: [1] })).toBe(
    'data: expected an object of fields for a record',
  );
  expect(await refused({ data: 'x' })).toContain('expected {"set": {key: document}, "remove": [key]}');
  expect(await refused({ data: { put: {} } })).toBe('data.put: expected "set" and "remove" only');
  expect(await refused({ data: { set: [] } })).toContain('data.set');
  expect(await refused({ data: { remove: [1] } })).toContain('data.remove');
  expect(await refused({ data: { set: { x: 1 }, remove: ['x'] } })).toBe('data.remove: "x" is set as well');
  expect(await refused({ topic: 'app/new', data: { remove: ['x'] } })).toContain(
    'begins with at least one value',
  );
  expect(await refused({ topic: 'app/r', kind: 'record', data: { ['k'.repeat(129)]: 1 } })).toContain(
    'keys of 1 to 128 characters',
  );
});

test('U3: what was published is durable, with its offset, and the same after a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-publish-'));
  const { clock, publish, service, log } = run(openSqliteEventLog(directory, 'works'));
  await publish({ data: { set: { o1: 1, o2: 1 } } });
  await publish({ topic: 'app/s', kind: 'stream', data: 'first' });
  const last = await publish({ data: { set: { o1: 2 }, remove: ['o2'] } });
  expect(last).toEqual({ status: 'published', offset: log.head(), isDuplicate: false });

  // Killed: what is on disk is all there is, once without a snapshot, once with one and a tail.
  const copy = (): string => {
    const at = mkdtempSync(join(tmpdir(), 'ms5-publish-'));
    for (const name of ['events.sqlite', 'events.sqlite-wal'])
      copyFileSync(join(directory, name), join(at, name));
    return at;
  };
  const fromLog = run(openSqliteEventLog(copy(), 'works'), createFakeClock(clock.now()));
  const own = (each: EngineService) => each.image().topics.filter(({ topic }) => topic.startsWith('app/'));
  expect(own(fromLog.service)).toEqual(own(service));
  const before = own(service);
  const head = log.head();
  clock.advance(UPKEEP_TIMES.snapshotMs + 2 * CORE_TIMES.tickMs);
  expect(log.latestSnapshot()).toBeDefined();
  await publish({ topic: 'app/s', kind: 'stream', data: 'second' });
  const fromSnapshot = run(openSqliteEventLog(copy(), 'works'), createFakeClock(clock.now()));
  expect(own(fromSnapshot.service)).toEqual(own(service));
  expect(before).toMatchObject([
    {
      topic: 'app/mes/orders',
      keys: [{ key: 'o1', offset: head }],
      tombstones: [{ key: 'o2', offset: head }],
    },
    { topic: 'app/s', entries: [{ offset: head - 1 }] },
  ]);
});

test('U4: a key of an author is published once in 7 days, also after a restart', async () => {
  const memory = createMemoryEventLog();
  const { clock, publish, entries } = run(memory);
  const once = { topic: 'app/s', kind: 'stream', data: 1, key: 'k' } as const;
  const first = await publish(once);
  expect(first).toEqual({ status: 'published', offset: memory.head(), isDuplicate: false });
  expect(await publish({ ...once, data: 2 })).toEqual({ ...first, isDuplicate: true });
  expect(entries).toHaveLength(1);
  expect(await publish({ ...once, author: { userId: 'other', name: 'O' } })).toMatchObject({
    isDuplicate: false,
  });
  // What was refused was not published.
  expect((await publish({ ...once, kind: 'record', data: {}, key: 'r' })).status).toBe('refused');
  expect(await publish({ ...once, key: 'r' })).toMatchObject({ isDuplicate: false });

  const daysLater = (days: number) => {
    const again = run(memory, createFakeClock(clock.now() + days * DAY_MS));
    again.clock.advance(UPKEEP_TIMES.housekeepingMs + 2 * CORE_TIMES.tickMs);
    return again.publish(once);
  };
  expect(await daysLater(6)).toEqual({ ...first, isDuplicate: true });
  expect(await daysLater(8)).toMatchObject({ isDuplicate: false });
});

test('U5: a signal goes straight out, unlogged, whatever its value', async () => {
  const { publish, signals, log, clock } = run();
  const head = log.head();
  const signal = { topic: 'app/scada/speed', kind: 'signal' } as const;
  expect(await publish({ ...signal, data: 7, key: 'k' })).toEqual({
    status: 'published',
    isDuplicate: false,
  });
  expect(await publish({ ...signal, data: null, key: 'k' })).toEqual({
    status: 'published',
    isDuplicate: false,
  });
  clock.advance(20);
  expect(signals.map(({ topic, value }) => [topic, decode(value)])).toEqual([
    ['app/scada/speed', 7],
    ['app/scada/speed', null],
  ]);
  expect(log.head()).toBe(head);
  expect(await publish({ topic: signal.topic, kind: 'stream', data: 1 })).toEqual({
    status: 'refused',
    message: 'app/scada/speed is a signal',
  });
});

test('U6: null removes a topic, which may come back as another', async () => {
  const memory = createMemoryEventLog();
  const { publish, entries, image, clock, service } = run(memory);
  await publish({ data: { set: { o1: 1 } } });
  const removal = await publish({ kind: 'stream', data: null });
  expect(removal).toMatchObject({ status: 'published' });
  expect(entries.at(-1)?.changes).toEqual([{ kind: 'removed', topic: 'app/mes/orders' }]);
  expect(image()).toBe(undefined);
  expect(service.image().removed).toMatchObject([{ topic: 'app/mes/orders', lane: 'normal' }]);
  expect(await publish({ data: null })).toEqual({
    status: 'refused',
    message: 'there is no topic app/mes/orders to remove',
  });
  expect(run(memory, createFakeClock(clock.now())).service.image().removed).toEqual(service.image().removed);
  await publish({ kind: 'stream', lane: 'low', data: 'anew' });
  expect(image()).toMatchObject({ kind: 'stream', lane: 'low' });
});

test('U7: what is kept is bounded, and what exceeds it is refused with the figure', async () => {
  const { publish } = run();
  const { documentBytes, bytes } = PUBLICATION_LIMITS;
  const message = async (request: Partial<PublishRequest>): Promise<string> => {
    const result = await publish(request);
    return result.status === 'refused' ? result.message : result.status;
  };
  expect(await message({ data: { set: { x: 'x'.repeat(documentBytes) } } })).toBe(
    `data.set.x: expected at most ${documentBytes} bytes, found ${documentBytes + 2}`,
  );
  expect(await message({ kind: 'stream', data: 'ä'.repeat(bytes / 2) })).toContain(`at most ${bytes} bytes`);
  const many = (count: number, prefix = 'k'): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, index]));
  expect(await message({ data: { set: many(APP_LIMITS.keysPerTopic) } })).toBe('published');
  expect(await message({ data: { set: many(1, 'other') } })).toBe(
    `app/mes/orders would have ${APP_LIMITS.keysPerTopic + 1} values; at most ${APP_LIMITS.keysPerTopic} are kept`,
  );
  expect(await message({ data: { set: many(1, 'other'), remove: ['k0'] } })).toBe('published');
  const big = 'x'.repeat(documentBytes - 2);
  const needed = Math.ceil(APP_LIMITS.totalLength / documentBytes);
  const answers = new Set<string>();
  for (let index = 0; index < needed; index += 1) {
    answers.add(await message({ topic: `app/big/${index}`, data: { set: { x: big } } }));
  }
  expect([...answers][0]).toBe('published');
  expect([...answers][1]).toMatch(/the topics below app\/ hold \d+ characters, \d+ more exceed \d+/);
  expect(await message({ topic: 'app/big/0', data: { set: { x: '' } } })).toBe('published');
  expect(await message({ topic: 'app/big/one', data: { set: { x: 'y' } } })).toBe('published');
  expect(await message({ topic: 'app/s', kind: 'stream', data: big })).toBe('published');
  for (let index = 0; index < APP_LIMITS.topics; index += 1) {
    const answer = await message({ topic: `app/t/${index}`, kind: 'stream', data: 1 });
    if (answer === 'published') continue;
    expect(answer).toContain(`at most ${APP_LIMITS.topics} are kept below app/`);
    return;
  }
  throw new Error('topics are not bounded');
});

test('U8: when too many wait, a publication is told when to come again, and nothing of it was taken', async () => {
  const { service, clock, log } = run();
  const head = log.head();
  const publish = (index: number): Promise<PublishResult> =>
    service.publish({
      topic: 'app/s',
      kind: 'stream',
      lane: 'normal',
      data: index,
      key: `${index}`,
      author: { userId: 'mes', name: 'MES' },
    });
  const waiting = Array.from({ length: CORE_LIMITS.queuedPublications }, (_, index) => publish(index));
  expect(await publish(waiting.length)).toEqual({
    status: 'busy',
    retryAfterMs: CORE_LIMITS.retryAfterMs,
  });
  clock.run();
  await Promise.all(waiting);
  expect(log.head()).toBe(head + waiting.length);
  const again = publish(waiting.length);
  clock.run();
  expect(await again).toMatchObject({ status: 'published', isDuplicate: false });
});
