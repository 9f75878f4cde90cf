import { createFakeClock } from '@ms5/testkit';
import { afterEach, expect, test } from 'vitest';
import { parsePlant } from '../../config/index.ts';
import { startEngineCore, type EngineCore } from '../core/engine-core.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';

const START = Date.parse('2026-01-05T06:00:00Z');
const MINUTE = 60_000;
const cores: EngineCore[] = [];

afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function run(log = createMemoryEventLog('id'), from = START) {
  const parsed = parsePlant(
    'plant.yaml',
    `
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
      - id: l
        name: L
        equipment: [{ id: e, name: E, states: simple, product: p, silentAfter: never, minorStop: 1m }]
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: d, name: Day, days: [mon], from: "06:00", to: "14:00" }]
users: [{ id: olivia, name: Olivia Operator, roles: [operator] }]
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const clock = createFakeClock(from);
  /** Instants at which each topic changed. */
  const changes = new Map<string, number[]>();
  const core = startEngineCore({
    log,
    config: parsed.plant.config,
    clock,
    onCommitted: (entries) => {
      for (const { at, changes: own } of entries)
        for (const { topic } of own) changes.set(topic, [...(changes.get(topic) ?? []), at]);
    },
    onFailure: (error) => {
      throw error;
    },
  });
  cores.push(core);
  clock.run();
  const document = (topic: string, key: string): unknown => {
    const found = core.image().topics.find((each) => each.topic === topic);
    const value = found?.keys.find((each) => each.key === key);
    return value === undefined ? undefined : JSON.parse(new TextDecoder().decode(value.value));
  };
  return { core, clock, changes, document };
}

test('calls name people as the plant file does', async () => {
  const { core, clock, document } = run();
  let counter = 0;
  const command = async (
    author: string,
    asked: Parameters<EngineCore['command']>[0]['command'],
  ): Promise<void> => {
    counter += 1;
    const reply = core.command({ command: asked, key: { clientId: author, counter }, author });
    clock.run();
    await reply;
  };
  await command('olivia', { name: 'raiseCall', line: 'a/l', callType: 'material', priority: 'low' });
  await command('olivia', { name: 'noteCall', callId: 'call-1', note: 'box 7' });
  await command('service', { name: 'acknowledgeCall', callId: 'call-1' });
  expect(document('works/a/l/andon', 'call-1')).toMatchObject({
    raisedBy: 'olivia',
    raisedByName: 'Olivia Operator',
    notes: [{ by: 'olivia', byName: 'Olivia Operator', note: 'box 7' }],
    acknowledged: { by: 'service' },
  });
  expect(document('works/a/l/andon', 'call-1')).not.toMatchObject({
    acknowledged: { byName: expect.anything() },
  });
});

test('statistics of stops are told at once when a stop ends, else every ten seconds', () => {
  const { core, clock, changes, document } = run();
  const say = (state: string): number => {
    const at = clock.now();
    const observation = { equipment: 'a/l/e', at, receivedAt: at, state, reason: 'breakdown' };
    void core.batch({ source: 'test', items: [{ observation }] });
    // What is published rests for moments.
    clock.advance(20);
    return at;
  };
  const told = (): readonly number[] => changes.get('works/a/l/downtimeStatistics') ?? [];
  say('running');
  clock.advance(5 * MINUTE);
  const began = say('stopped');
  clock.advance(2 * MINUTE + 3000);
  const ran = say('running');
  expect(told().at(-1)).toBeGreaterThanOrEqual(ran);
  expect(document('works/a/l/downtimeStatistics', 'stops')).toMatchObject({ count: 1, totalMs: ran - began });
  // The time between failures grows with every tick.
  const since = told().length;
  clock.advance(2 * MINUTE);
  expect(told().length - since).toBeGreaterThanOrEqual(8);
  expect(told().length - since).toBeLessThanOrEqual(12);
});

test('a restart tells statistics of stops no sooner than if there had been none', async () => {
  const log = createMemoryEventLog('id');
  const before = run(log);
  const observation = { equipment: 'a/l/e', at: START, receivedAt: START, state: 'stopped' };
  void before.core.batch({ source: 'test', items: [{ observation }] });
  before.clock.advance(500);
  const told = before.changes.get('works/a/l/downtimeStatistics')?.at(-1) ?? 0;
  await before.core.close();
  const after = run(log, before.clock.now());
  after.clock.advance(30_000);
  const next = after.changes.get('works/a/l/downtimeStatistics')?.[0];
  expect(after.changes.get('works/a/l/oee')?.[0]).toBeLessThan(told + 5_000);
  expect(next).toBeGreaterThanOrEqual(told + 10_000);
});
