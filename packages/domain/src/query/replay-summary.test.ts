import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Observation } from '../engine/engine-types.ts';
import { createDrive } from '../testing/drive.ts';
import { LATHE, samplePlant } from '../testing/sample-plant.ts';
import type { ReplaySummary } from './replay-summary.ts';
import { replaySummary } from './replay-summary.ts';

/**
 * Execution, part count and hearing of a mill-turn machine (MTConnect cppagent, demo/agent/okuma.txt), in the order
 * of the file: four recordings, concatenated out of time order. `[time, execution, part count]`.
 */
const FILE: readonly {
  readonly heard: readonly [string, string];
  readonly lines: readonly (readonly [string, string | null, number | null])[];
}[] = [
  {
    heard: ['13:51:34.716', '13:54:44.913'],
    lines: [
      ['13:51:34.716', 'READY', 0],
      ['13:51:36.771', 'ACTIVE', null],
      ['13:54:43.500', 'PROGRAM_COMPLETED', null],
      ['13:54:43.749', 'READY', null],
      ['13:54:43.828', null, 1],
    ],
  },
  {
    heard: ['13:37:18.850', '13:47:28.915'],
    lines: [
      ['13:37:18.850', 'READY', 0],
      ['13:37:22.795', 'ACTIVE', null],
      ['13:47:27.758', 'PROGRAM_COMPLETED', null],
      ['13:47:27.836', null, 1],
      ['13:47:28.003', 'READY', null],
    ],
  },
  {
    heard: ['14:21:07.643', '14:30:19.672'],
    lines: [
      ['14:21:07.643', 'READY', 2],
      ['14:21:10.510', 'ACTIVE', null],
      ['14:30:19.442', 'PROGRAM_COMPLETED', null],
      ['14:30:19.519', null, 3],
      ['14:30:19.672', 'READY', null],
    ],
  },
  {
    heard: ['13:57:41.918', '13:58:06.700'],
    lines: [
      ['13:57:41.918', 'READY', 0],
      ['13:57:44.329', 'ACTIVE', null],
      ['13:58:01.081', 'PROGRAM_COMPLETED', null],
      ['13:58:01.159', null, 1],
      ['13:58:01.320', 'READY', null],
    ],
  },
];

function instant(time: string): number {
  return Date.parse(`2022-08-08T${time}Z`);
}

const OBSERVATIONS: Omit<Observation, 'receivedAt'>[] = [];
for (const { heard, lines } of FILE) {
  for (const [time, state, counter] of lines) {
    if (state !== null) OBSERVATIONS.push({ equipment: LATHE, at: instant(time), state });
    if (counter !== null) OBSERVATIONS.push({ equipment: LATHE, at: instant(time), counter });
  }
  const [from, to] = heard;
  OBSERVATIONS.push({ equipment: LATHE, at: instant(to), heard: [[instant(from), instant(to)]] });
}

function summaryOf(observations: readonly Omit<Observation, 'receivedAt'>[]): ReplaySummary {
  const drive = createDrive(samplePlant());
  for (const observation of observations) drive.observe(observation);
  const summary = replaySummary(drive.state, drive.config, LATHE);
  if ('unknown' in summary) throw new Error(summary.unknown);
  return summary;
}

describe('a recording out of time order', () => {
  const summary = summaryOf(OBSERVATIONS);

  it('RP1: four program cycles, 1,357.4 s active by event time', () => {
    expect(summary.cycles.map(({ durationMs }) => Math.round(durationMs / 1000))).toEqual([
      605, 187, 17, 549,
    ]);
    expect((summary.executionMs['ACTIVE'] ?? 0) / 1000).toBeCloseTo(1357.4, 0);
    expect(Math.abs((summary.executionMs['ACTIVE'] ?? 0) - 1_357_400)).toBeLessThanOrEqual(100);
  });

  it('RP2: four parts inside cycles, a fifth made unobserved with its stretch', () => {
    expect(summary.cycles.map(({ parts }) => parts)).toEqual([1, 1, 1, 1]);
    expect(summary.parts).toMatchObject({ produced: 5, inCycles: 4, outsideCycles: 0 });
    expect(summary.parts.unobserved).toEqual([
      {
        since: instant('13:58:01.159'),
        at: instant('14:21:07.643'),
        produced: 1,
        stretches: [{ from: instant('13:58:06.700'), to: instant('14:21:07.643') }],
      },
    ]);
    expect(summary.unobserved).toHaveLength(3);
  });

  it('RP3: the order of arrival does not matter', () => {
    const shuffled = fc.shuffledSubarray([...OBSERVATIONS], {
      minLength: OBSERVATIONS.length,
      maxLength: OBSERVATIONS.length,
    });
    fc.assert(
      fc.property(shuffled, (observations) => {
        expect(summaryOf(observations)).toEqual(summary);
      }),
      { numRuns: 50 },
    );
  });
});
