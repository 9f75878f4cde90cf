import { expect, test } from 'vitest';
import { configOf, runCore } from '../../../test-support/running-core.ts';
import { commandRefusal, otherLineOfCommand, parseCommand } from '../ingest/commands.ts';

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
        characteristics: [{ id: size, name: Size, kind: numeric, unit: mm, lower: 1, upper: 2 }]
        changeover: { targets: [{ target: 10m }], steps: [{ id: swap, name: Swap, kind: internal }] }
        equipment: [{ id: e, name: E, states: simple, product: p }]
products: [{ id: p, name: P, idealCycle: 1s }]
defects: [{ code: dent, name: Dent }]
shifts: [{ id: d, name: Day, days: [mon], from: "06:00", to: "14:00" }]
`);

test('jobs, hours, checks, quality and changeovers are on their topics', async () => {
  const { clock, document, ...running } = runCore({ config: CONFIG, from: START });
  // A count at the shift's first instant belongs to the time before it.
  clock.advance(1000);
  const command = async (name: string, data: Parameters<typeof parseCommand>[1]): Promise<unknown> => {
    const asked = parseCommand(name, data);
    if (!asked.ok) throw new Error(asked.refusal.message);
    return (await running.command(asked.command)).status;
  };
  const valueOf = (topic: string, key: string): unknown => document(`works/a/l/${topic}`, key);

  const order = { line: 'a/l', product: 'p', targetCount: 100 };
  await expect(command('planJob', { ...order, workOrder: 'W-1' })).resolves.toBe('applied');
  await command('startPlannedJob', { line: 'a/l', jobId: 'job-1' });
  await command('planJob', { ...order, workOrder: 'W-2', dueAt: START + HOUR });
  await command('enterCount', { line: 'a/l', good: 5, scrap: 2, defect: 'dent' });
  await command('correctCount', { line: 'a/l', entryId: 'entry-1', scrap: 1 });
  await command('recordCheck', { line: 'a/l', characteristic: 'size', values: [3] });
  await command('startChangeover', { line: 'a/l', toProduct: 'q' });
  const tick = { line: 'a/l', changeoverId: 'changeover-1', step: 'swap', done: true };
  await expect(command('tickChangeoverStep', tick)).resolves.toBe('applied');
  await expect(command('tickChangeoverStep', tick)).resolves.toBe('conflict');
  clock.advance(2000);

  expect(valueOf('job', 'job')).toMatchObject({ workOrder: 'W-1', status: 'started' });
  expect(valueOf('job', 'next')).toMatchObject({ workOrder: 'W-2', dueAt: START + HOUR });
  expect(valueOf('jobs', 'job-2')).toMatchObject({ status: 'planned', sequence: 1 });
  expect(valueOf('hours', String(START))).toMatchObject({ status: 'current', target: 3600 });
  expect(valueOf('checks', 'size')).toMatchObject({ alert: { kind: 'outOfLimits' }, unit: 'mm' });
  expect(valueOf('qualityStatus', 'defects')).toMatchObject({ codes: [{ code: 'dent', scrap: 1 }] });
  expect(valueOf('changeover', 'changeover')).toMatchObject({
    targetMs: 600_000,
    steps: [{ id: 'swap', done: { by: 'lee' } }],
  });
  expect(valueOf('changeovers', 'changeover-1')).toMatchObject({ announced: true });
});

test('moving a job needs the permission of both lines', () => {
  const asked = parseCommand('assignJob', { line: 'a/l', jobId: 'job-1', toLine: 'a/m' });
  if (!asked.ok) throw new Error(asked.refusal.message);
  expect(otherLineOfCommand(asked.command)).toBe('a/m');
  expect(commandRefusal(['works/a/l'], 'works', 'a/m', asked.command)).toMatchObject({ reason: 'forbidden' });
});
