import type { EntryChanges } from '@ms5/hub';
import { expect, test } from 'vitest';
import { configOf, runCore } from '../../../test-support/running-core.ts';
import { CORE_TIMES } from '../core/engine-core.ts';

const START = Date.parse('2026-01-05T06:00:00Z');
const HOUR = 3_600_000;

const CONFIG = configOf(`
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
      - id: l
        name: L
        equipment: [{ id: e, name: E, states: simple, product: p }]
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: d, name: Day, days: [mon], from: "06:00", to: "14:00" }]
`);

test('changes of the plan and maintenance are on their topics, and in the status', async () => {
  const { command, document } = runCore({ config: CONFIG, from: START });
  const stretch = { from: START, to: START + HOUR };
  const { data } = await command({ name: 'changePlan', line: 'a/l', change: 'noOrder', ...stretch });
  expect(data).toEqual({ planChangeId: 'plan-1' });
  expect(document('works/a/l/plan', 'plan-1')).toEqual({
    id: 'plan-1',
    change: 'noOrder',
    ...stretch,
    by: 'lee',
    at: START,
  });
  expect(document('works/a/l/status', 'schedule')).toEqual({ status: 'noOrder' });
  await command({ name: 'scheduleMaintenance', line: 'a/l', ...stretch });
  expect(document('works/a/l/maintenance', 'maintenance-1')).toMatchObject({
    status: 'scheduled',
    equipment: null,
    planned: stretch,
  });
  await command({ name: 'withdrawPlanChange', line: 'a/l', planChangeId: 'plan-1' });
  expect(document('works/a/l/plan', 'plan-1')).toBeUndefined();
  expect(document('works/a/l/status', 'schedule')).toEqual({ status: 'plannedDowntime' });
});

test('figures of periods, the area and the site follow every ten seconds', async () => {
  const entries: EntryChanges[] = [];
  const onCommitted = (changes: readonly EntryChanges[]): void => void entries.push(...changes);
  const { core, clock, document } = runCore({ config: CONFIG, from: START, onCommitted });
  const observation = { equipment: 'a/l/e', at: START, receivedAt: START, state: 'running', good: 0 };
  const reply = core.batch({ source: 's', items: [{ observation }] });
  clock.run();
  await reply;
  entries.length = 0;
  for (let index = 0; index < 15; index += 1) clock.advance(CORE_TIMES.tickMs);
  const times = (topic: string): number =>
    entries.filter(({ changes }) => changes.some((change) => change.topic === topic)).length;
  expect(times('works/a/l/oee')).toBe(15);
  expect(['works/a/l/periods', 'works/a/oee', 'works/oee'].map(times)).toEqual([3, 3, 3]);
  expect(document('works/a/l/periods', 'shift.2026-01-05.d')).toMatchObject({
    kind: 'shift',
    asOf: START + 30_000,
    availability: 1,
    ratios: { utilizationEfficiency: 1 },
    closed: null,
  });
  expect(document('works/a/l/periods', `hour.${START}`)).toMatchObject({ from: START, to: START + HOUR });
  expect(document('works/oee', 'availability')).toEqual({ value: 1 });
  expect(document('works/a/oee', 'lines')).toEqual({ counted: ['a/l'], left: [] });
});
