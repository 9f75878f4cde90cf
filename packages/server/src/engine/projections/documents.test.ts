import { expect, test } from 'vitest';
import { configOf, runCore } from '../../../test-support/running-core.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';

const START = Date.parse('2026-01-05T06:00:00Z');
const MINUTE = 60_000;

const CONFIG = configOf(`
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
`);

function run(log = createMemoryEventLog('id'), from = START) {
  /** Instants at which each topic changed. */
  const changes = new Map<string, number[]>();
  const running = runCore({
    log,
    config: CONFIG,
    from,
    onCommitted: (entries) => {
      for (const { at, changes: own } of entries)
        for (const { topic } of own) changes.set(topic, [...(changes.get(topic) ?? []), at]);
    },
  });
  return { ...running, changes };
}

test('calls name people as the plant file does', async () => {
  const { command, document } = run();
  await command({ name: 'raiseCall', line: 'a/l', callType: 'material', priority: 'low' }, 'olivia');
  await command({ name: 'noteCall', callId: 'call-1', note: 'box 7' }, 'olivia');
  await command({ name: 'acknowledgeCall', callId: 'call-1' }, 'service');
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

test('alarms name people as the plant file does', async () => {
  const { core, clock, command, document } = run();
  const alarm = { code: '214', active: true };
  const observation = { equipment: 'a/l/e', at: START, receivedAt: START, alarm };
  void core.batch({ source: 'test', items: [{ observation }] });
  clock.advance(20);
  const { alarmId } = document('works/a/l/e/alarms', '214') as { readonly alarmId: string };
  await command({ name: 'acknowledgeAlarm', line: 'a/l', alarmId }, 'service');
  const forMs = 10 * MINUTE;
  await command({ name: 'shelveAlarm', line: 'a/l', equipment: 'a/l/e', alarm: '214', forMs }, 'olivia');
  const at = clock.now();
  expect(document('works/a/l/e/alarms', '214')).toMatchObject({
    acknowledged: { at, by: 'service' },
    shelved: { at, by: 'olivia', byName: 'Olivia Operator', until: at + forMs },
  });
  expect(document('works/a/l/e/alarms', '214')).not.toHaveProperty('acknowledged.byName');
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
