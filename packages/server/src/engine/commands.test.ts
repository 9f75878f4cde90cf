import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryChanges } from '@ms5/hub';
import { createHub } from '@ms5/hub';
import { createFakeClock, createHubHarness, createSeededRandom, type HarnessParts } from '@ms5/testkit';
import type { Json } from '@ms5/wire';
import { afterEach, expect, test } from 'vitest';
import { parsePlant, type Plant } from '../config/index.ts';
import type { CommandRequest, DisplayedReceipt } from '../engine-port.ts';
import { createMemoryEventLog } from './log/event-log-memory.ts';
import { openSqliteEventLog } from './log/event-log-sqlite.ts';
import { OUTCOMES_KEPT_PER_CLIENT, type EventLog } from './log/event-log.ts';
import { EQUIPMENT_TOPICS, LINE_TOPICS } from './projections/topics.ts';
import { createEngineService, type EngineService } from './thread/engine-service.ts';

const START = Date.UTC(2026, 0, 14, 8);

function plantOf(...lines: readonly string[]): Plant {
  const list = lines.map(
    (id) => `{ id: ${id}, name: ${id}, equipment: [{ id: e, name: E, states: simple }] }`,
  );
  const parsed = parsePlant(
    'plant.yaml',
    `
site: { id: works, name: Works, timeZone: UTC }
areas: [{ id: a, name: A, lines: [${list.join(', ')}] }]
shifts: [{ id: day, name: Day, days: [wed], from: "06:00", to: "14:00" }]
reasons: [{ code: jam, name: Jam, loss: breakdown }]
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plant;
}

const services: EngineService[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

interface RunOptions {
  readonly log?: EventLog;
  readonly plant?: Plant;
  readonly at?: number;
  readonly onCommitted?: (entries: readonly EntryChanges[]) => void;
}

function run({
  log = createMemoryEventLog(),
  plant = plantOf('l'),
  at = START,
  onCommitted,
}: RunOptions = {}) {
  const clock = createFakeClock(at);
  const service = createEngineService({
    log,
    plant,
    clock,
    random: createSeededRandom(1),
    onCommitted: (entries) => onCommitted?.(entries),
    onSignals: () => undefined,
    onConnectors: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  services.push(service);
  clock.run();
  let counter = 0;
  const command = async (name: string, data: Json, more: Partial<CommandRequest> = {}) => {
    counter += 1;
    const outcome = service.command({
      command: name,
      data,
      key: { clientId: 'tablet', counter },
      author: { userId: 'olivia', name: 'Olivia' },
      permitted: ['#'],
      readable: ['#'],
      ...more,
    });
    clock.run();
    return outcome;
  };
  const raise = (more: Partial<CommandRequest> = {}) =>
    command('raiseCall', { line: 'a/l', callType: 'material', priority: 'high' }, more);
  const documents = (topic: string): Readonly<Record<string, unknown>> => {
    const image = service.image().topics.find((each) => each.topic === topic);
    const decoded = (image?.keys ?? []).map(({ key, value }) => [
      key,
      JSON.parse(new TextDecoder().decode(value)) as unknown,
    ]);
    return Object.fromEntries(decoded) as Readonly<Record<string, unknown>>;
  };
  return { log, clock, service, command, raise, documents };
}

test('K4: every command comes to one outcome, and repeated under its key to the same', async () => {
  const { command, raise, log } = run();
  const first = await raise();
  expect(first).toMatchObject({ status: 'applied', data: { callId: 'call-1' } });
  const key = { clientId: 'tablet', counter: 1 };
  expect(await raise({ key })).toEqual({ ...first, status: 'duplicate' });
  const conflict = await raise({ key: { clientId: 'tablet', counter: 9 } });
  expect(conflict).toMatchObject({ status: 'conflict', reason: 'callOpen' });
  expect(await command('resolveCall', { callId: 'call-1' })).toMatchObject({ status: 'unknown' });
  expect(
    await command('resolveCall', { callId: 'call-1' }, { key: { clientId: 'other', counter: 1 } }),
  ).toMatchObject({ status: 'applied' });
  const head = log.head();
  expect(await raise({ key: { clientId: 'tablet', counter: 9 } })).toEqual(conflict);
  expect(log.head()).toBe(head);
});

test('K5: a counter counts for one user: another with the same client id gets an outcome of their own', async () => {
  const log = createMemoryEventLog();
  const { command, service } = run({ log });
  const enter = (send: typeof command, userId: string) =>
    send(
      'enterCount',
      { line: 'a/l', good: 1 },
      { key: { clientId: 'tablet', counter: 5 }, author: { userId, name: userId } },
    );
  expect(await enter(command, 'olivia')).toMatchObject({ status: 'applied' });
  const other = await enter(command, 'peter');
  expect(other).toMatchObject({ status: 'applied' });
  expect(await enter(command, 'peter')).toEqual({ ...other, status: 'duplicate' });
  await service.close();
  const again = run({ log });
  for (const user of ['olivia', 'peter'])
    expect(await enter(again.command, user)).toMatchObject({ status: 'duplicate' });
  expect(again.documents('works/a/l/production')['counts']).toMatchObject({ good: 2 });
});

test('K5: a counter whose outcome is no longer kept is unknown, and not applied', async () => {
  const { command, log } = run();
  const enter = (counter: number) =>
    command('enterCount', { line: 'a/l', good: 1 }, { key: { clientId: 'tablet', counter } });
  for (let counter = 1; counter <= OUTCOMES_KEPT_PER_CLIENT + 1; counter += 1) await enter(counter);
  const head = log.head();
  expect(await enter(1)).toMatchObject({ status: 'unknown', reason: 'outcomeForgotten' });
  expect(await enter(2)).toMatchObject({ status: 'duplicate' });
  expect(log.head()).toBe(head);
});

test('K5: cut off anywhere in its commit, a command is applied once when it is repeated', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-commit-'));
  const names = ['events.sqlite', 'events.sqlite-wal'] as const;
  const [main, wal] = names;
  const { command, clock } = run({ log: openSqliteEventLog(directory, 'works') });
  const enter = (send: typeof command, counter: number) =>
    send('enterCount', { line: 'a/l', good: 1 }, { key: { clientId: 'tablet', counter } });
  await enter(command, 1);
  const before = readFileSync(join(directory, wal)).byteLength;
  await enter(command, 2);
  const after = readFileSync(join(directory, wal));
  expect(after.byteLength).toBeGreaterThan(before + 4096);
  const seen = new Set<string>();
  for (let cut = before; cut <= after.byteLength; cut += 1030) {
    const copy = mkdtempSync(join(tmpdir(), 'ms5-commit-'));
    copyFileSync(join(directory, main), join(copy, main));
    writeFileSync(join(copy, wal), after.subarray(0, Math.min(cut, after.byteLength)));
    const again = run({ log: openSqliteEventLog(copy, 'works'), at: clock.now() });
    const { status } = await enter(again.command, 2);
    seen.add(status);
    const counts = again.documents('works/a/l/production')['counts'];
    expect([cut, status, counts]).toEqual([cut, status, expect.objectContaining({ good: 2 })]);
    await again.service.close();
  }
  const whole = mkdtempSync(join(tmpdir(), 'ms5-commit-'));
  for (const name of names) copyFileSync(join(directory, name), join(whole, name));
  const kept = run({ log: openSqliteEventLog(whole, 'works'), at: clock.now() });
  seen.add((await enter(kept.command, 2)).status);
  expect([...seen]).toEqual(['applied', 'duplicate']);
});

test('K6: a command past its deadline is expired, and stays so', async () => {
  const { raise, documents } = run();
  const key = { clientId: 'tablet', counter: 1 };
  expect(await raise({ key, deadline: START - 1 })).toMatchObject({ status: 'expired', reason: 'deadline' });
  expect(await raise({ key })).toMatchObject({ status: 'expired' });
  expect(await raise({ deadline: START + 1000, key: { clientId: 'tablet', counter: 2 } })).toMatchObject({
    status: 'applied',
  });
  expect(Object.keys(documents('works/a/l/andon'))).toEqual(['call-1']);
});

test('K7: what the author saw must not have changed since, by topic or by key', async () => {
  const { command, raise, service } = run();
  const topic = 'works/a/l/andon';
  const raised = (await raise()).offset ?? 0;
  const acknowledge = (offset: number, key?: string) =>
    command(
      'acknowledgeCall',
      { callId: 'call-1' },
      { expected: { topic, offset, ...(key === undefined ? {} : { key }) } },
    );
  expect(await acknowledge(raised - 1, 'call-1')).toEqual({
    status: 'conflict',
    reason: 'changedSince',
    message: `call-1 of ${topic} changed at offset ${raised}; the command expected nothing after ${raised - 1}`,
    data: { topic, key: 'call-1', offset: raised },
    offset: raised + 1,
  });
  const other = { line: 'a/l', callType: 'quality', priority: 'low' };
  const newer = (await command('raiseCall', other)).offset ?? 0;
  expect(await acknowledge(raised)).toMatchObject({ status: 'conflict', data: { topic, offset: newer } });
  expect(await acknowledge(raised, 'call-1')).toMatchObject({ status: 'applied' });
  expect(await raise({ expected: { topic: 'works/a/x/andon', offset: 1e9 } })).toMatchObject({
    status: 'conflict',
    reason: 'unknownTopic',
  });
  expect(service.image().topics.find((each) => each.topic === topic)?.keys).toHaveLength(2);
});

test('K7: what is expected of a topic the author may not read tells nothing about it', async () => {
  const { raise } = run();
  await raise();
  for (const topic of ['works/a/l/andon', 'works/a/l/none']) {
    expect(await raise({ expected: { topic, offset: 0 }, readable: ['works/b/#'] })).toEqual({
      status: 'conflict',
      reason: 'unknownTopic',
      message: `there is no topic ${topic}`,
    });
  }
});

test('K7: what was decided and not shown yet counts as a change', async () => {
  const { command, service, clock } = run();
  const topic = 'works/a/l/status';
  const observe = async (state: string): Promise<void> => {
    const body = new TextEncoder().encode(JSON.stringify([{ equipment: 'a/l/e', state }]));
    const done = service.observe(body, 'press', ['#']);
    clock.run();
    await done;
  };
  await observe('running');
  const seen = service.image().offset;
  clock.advance(1);
  // So soon after the last, the documents rest; the log knows already.
  await observe('stopped');
  expect(service.image().topics.find((each) => each.topic === topic)?.at).toBeLessThan(clock.now());
  const enter = { line: 'a/l', good: 1 };
  expect(await command('enterCount', enter, { expected: { topic, offset: seen } })).toMatchObject({
    status: 'conflict',
    reason: 'changedSince',
  });
});

test('K8: an act on a call or a stop that is gone is refused, and says what is in its place', async () => {
  const { command, raise, documents } = run();
  await raise();
  await command('resolveCall', { callId: 'call-1' });
  await raise();
  expect(await command('acknowledgeCall', { callId: 'call-1' })).toMatchObject({
    status: 'conflict',
    reason: 'callResolved',
    message: 'call call-1 was resolved by olivia; it was raised again as call-2',
  });
  expect(documents('works/a/l/andon')['call-2']).toMatchObject({ status: 'raised' });
});

test('K9: the first receipt of an open call is recorded once, and only of this occurrence', async () => {
  const { raise, command, service, log, clock, documents } = run();
  const topic = 'works/a/l/andon';
  const head = log.head();
  clock.advance(1);
  const { offset = 0 } = await raise();
  const receipt: DisplayedReceipt = {
    topic,
    key: 'call-1',
    offset,
    reader: { userId: 'wall', name: 'Wall' },
    at: START + 1,
  };
  const show = (more: Partial<DisplayedReceipt>): number => {
    service.displayed({ ...receipt, ...more });
    clock.run();
    return log.head();
  };
  clock.advance(1000);
  const before = log.head();
  for (const wrong of [
    { offset: 0 },
    { offset: head },
    { offset: before + 1 },
    { topic: 'works/a/m/andon' },
    { key: 'call-2' },
  ]) {
    expect([wrong, show(wrong)]).toEqual([wrong, before]);
  }
  service.displayed(receipt);
  expect(show({ reader: { userId: 'second', name: 'S' } })).toBe(before + 1);
  expect(show({})).toBe(before + 1);
  expect(documents(topic)['call-1']).toMatchObject({
    status: 'raised',
    displayed: { at: START + 1, by: 'wall' },
  });
  const [entry] = log.entries(before);
  expect(entry).toMatchObject({
    cause: { kind: 'displayed', callId: 'call-1', shownOffset: offset, reader: 'wall' },
    events: [{ type: 'callDisplayed' }],
  });
  const events = service
    .image()
    .topics.find((each) => each.topic === 'works/a/l/events')
    ?.entries.at(-1);
  expect(new TextDecoder().decode(events?.data)).toContain('callDisplayed');
  await command('resolveCall', { callId: 'call-1' });
  const closed = log.head();
  expect(show({})).toBe(closed);
});

async function restart(
  first: Plant,
  second: Plant,
  meanwhile: (engine: ReturnType<typeof run>) => Promise<void>,
) {
  const log = createMemoryEventLog();
  const parts = (each: HarnessParts) => createHub({ ...each, version: 'test' });
  const running = run({ log, plant: first });
  await running.raise();
  const one = createHubHarness(parts, running.service.image());
  const { client, pair } = await one.join('ann', { filters: ['works/#'] });
  expect(client.topics.get('works/a/l/andon')?.values.size).toBe(1);
  pair.drop();
  await meanwhile(running);
  await running.service.close();
  const restarted = run({ log, plant: second, at: running.clock.now() + 1000 });
  const two = createHubHarness(parts, restarted.service.image());
  await two.rejoin(client);
  return { client };
}

test('R7: topics that the plant no longer has after a restart are gone, new ones appear', async () => {
  const { client } = await restart(plantOf('l', 'm'), plantOf('l', 'n'), async () => {});
  const gone = client.receivedOf('gone');
  expect(gone.map(({ topic }) => topic).every((topic) => topic.startsWith('works/a/m/'))).toBe(true);
  expect(gone).toHaveLength(Object.keys(LINE_TOPICS).length + Object.keys(EQUIPMENT_TOPICS).length);
  expect(client.topics.get('works/a/m/status')).toBe(undefined);
  expect(client.topics.get('works/a/n/events')).toBeDefined();
  expect(client.violations).toEqual([]);
});

test('R8: single changes of critical topics outlast a restart', async () => {
  const plant = plantOf('l');
  const { client } = await restart(plant, plant, async ({ command, raise }) => {
    await command('acknowledgeCall', { callId: 'call-1' });
    await command('resolveCall', { callId: 'call-1' });
    await raise();
  });
  expect(client.receivedOf('subscribed')).toMatchObject([{ wasRecovering: true, recovered: true }]);
  const andon = client.receivedOf('delta').filter(({ topic }) => topic === 'works/a/l/andon');
  expect(andon.map(({ set }) => set)).toMatchObject([
    { 'call-1': { status: 'acknowledged' } },
    { 'call-1': { status: 'resolved' } },
    { 'call-2': { status: 'raised' } },
  ]);
  expect(client.violations).toEqual([]);
});
