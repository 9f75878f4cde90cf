import { expect, it } from 'vitest';

import type { FactoryCommand, StepResult } from './engine-types.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';

const WEEK_MINUTES = 7 * 24 * 60;
const START = at('06:00');

/** How many items every list, table and text of the state has, by where it is; what lists hold is added up. */
function sizesOf(value: unknown, path = '', sizes: Record<string, number> = {}): Record<string, number> {
  if (typeof value !== 'object' || value === null) return sizes;
  const children = Array.isArray(value) ? value : Object.values(value);
  if (Array.isArray(value)) sizes[`${path}[]`] = (sizes[`${path}[]`] ?? 0) + value.length;
  else sizes[path] = (sizes[path] ?? 0) + children.length;
  for (const [name, child] of Object.entries(value))
    // Ids are names of tables too, and are never the same again.
    sizesOf(child, Array.isArray(value) || /\d/.test(name) ? `${path}.*` : `${path}.${name}`, sizes);
  return sizes;
}

/** What machines say in a minute of the week: all at a steady pace, some late, with stops of every length. */
function machines(drive: Drive, minute: number, now: number): void {
  const ofHour = minute % 60;
  const isStop = ofHour < 2 || (ofHour >= 30 && ofHour < 42);
  const state = isStop ? 'stopped' : 'running';
  const product = Math.floor(minute / 240) % 2 === 0 ? 'A' : 'B';
  drive.observe({ equipment: FILLER, at: now, state, counter: minute * 10, product });
  const mode = minute % 480 < 20 ? 'maintenance' : 'production';
  const alarm = { code: `E${minute % 3}`, active: isStop };
  drive.observe({ equipment: FILLER, at: now, mode, alarm });
  drive.observe({
    equipment: LABELLER,
    at: now,
    state: ofHour < 5 ? 'starved' : 'running',
    good: 9,
    scrap: 1,
  });
  if (minute % 7 === 0)
    drive.observe({ equipment: LABELLER, at: now - 10 * MINUTE - 30_000, state: 'idle', good: 1 }, now);
  // Now and then it is not heard for longer than a minute.
  if (ofHour !== 15) drive.observe({ equipment: LATHE, at: now, state: ofHour === 16 ? 'READY' : 'ACTIVE' });
  if (minute % 180 === 0) drive.observe({ equipment: LATHE, at: now + 1000, lost: true }, now + 1000);
}

/** What people do in a shift: calls, jobs, reasons, counts and held parts. */
function people(drive: Drive, minute: number, now: number): void {
  const ask = (command: FactoryCommand): StepResult => drive.command(command, now);
  if (minute % 240 === 10) {
    const { data } = ask({ name: 'raiseCall', line: LINE, callType: 'material', priority: 'high' });
    ask({ name: 'acknowledgeCall', callId: data?.['callId'] ?? '' });
    ask({ name: 'resolveCall', callId: data?.['callId'] ?? '' });
  }
  if (minute % 240 === 20)
    ask({ name: 'startJob', line: LINE, workOrder: `wo-${minute}`, product: 'A', targetCount: 500 });
  if (minute % 240 === 230) ask({ name: 'completeJob', line: LINE });
  if (minute % 60 === 45) {
    const stop = drive.state.lines[LINE]?.downtimes.at(-1);
    if (stop !== undefined) ask({ name: 'classifyDowntime', downtimeId: stop.id, reason: 'jam' });
  }
  if (minute % 240 === 50) ask({ name: 'enterCount', line: LINE, scrap: 2 });
  if (minute % 240 === 60) {
    const { data } = ask({ name: 'holdParts', line: LINE, count: 5 });
    ask({ name: 'releaseParts', line: LINE, holdId: data?.['holdId'] ?? '', good: 5 });
  }
  if (minute % 1440 === 70)
    ask({ name: 'changePlan', line: LINE, change: 'noCrew', from: now, to: now + 10 * MINUTE });
  if (minute % 1440 === 80) {
    const planned = { from: now + HOUR, to: now + HOUR + 10 * MINUTE };
    ask({ name: 'scheduleMaintenance', line: LINE, ...planned });
  }
}

it('EN9: after one, two and three weeks every list of the state is as long as before', () => {
  const config = samplePlant({ latenessWindowMs: HOUR, silentAfterMs: 3 * MINUTE });
  const drive = createDrive(config);
  const weeks: Record<string, number>[] = [];
  for (let minute = 0; minute <= 4 * WEEK_MINUTES; minute += 1) {
    const now = START + minute * MINUTE;
    machines(drive, minute, now);
    people(drive, minute, now);
    drive.tick(now + 2000);
    // The first week fills what is kept for a week of edits.
    if (minute % WEEK_MINUTES === 0 && minute > WEEK_MINUTES) weeks.push(sizesOf(drive.state));
  }
  const [first, second, third] = weeks;
  // Nothing said above went unheard.
  expect(first).toMatchObject({
    [`.equipment.${FILLER}.modes[]`]: expect.any(Number),
    [`.lines.${LINE}.planChanges[]`]: 7,
    [`.lines.${LINE}.maintenances[]`]: 7,
    [`.lines.${LINE}.pastReasons[]`]: 100,
  });
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  expect(Object.values(first ?? {}).reduce((sum, each) => sum + each, 0)).toBeLessThan(200_000);
}, 120_000);
