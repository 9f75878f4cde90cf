import { describe, expect, it } from 'vitest';

import { plannedMs, planSegments } from './plan.ts';
import type { PlanParts } from './plan.ts';

const NOTHING: PlanParts = { planned: [], breaks: [], plannedDowntime: [] };

function plan(parts: Partial<PlanParts>, from: number, to: number): readonly string[] {
  return planSegments({ ...NOTHING, ...parts }, from, to).map(
    (each) => `${each.from}-${each.to} ${each.kind}`,
  );
}

describe('a plan cut into segments', () => {
  it('TI3: outside the plan comes before a break, a break before planned downtime', () => {
    const parts = {
      planned: [{ from: 10, to: 90 }],
      breaks: [
        { from: 0, to: 20 },
        { from: 80, to: 100 },
      ],
      plannedDowntime: [{ from: 15, to: 85 }],
    };
    expect(plan(parts, 0, 100)).toEqual([
      '0-10 notScheduled',
      '10-20 break',
      '20-80 plannedDowntime',
      '80-90 break',
      '90-100 notScheduled',
    ]);
    expect(plan({ planned: parts.planned, breaks: parts.breaks }, 0, 100)[2]).toBe('20-80 planned');
  });

  it('TI1: what lies outside the window, or ends with it, makes no segment', () => {
    const parts = {
      planned: [
        { from: -50, to: 20 },
        { from: 20, to: 300 },
      ],
      breaks: [
        { from: -30, to: -10 },
        { from: 90, to: 100 },
        { from: 120, to: 130 },
      ],
    };
    expect(plan(parts, 0, 100)).toEqual(['0-90 planned', '90-100 break']);
    expect(plan({ planned: [{ from: 0, to: 100 }] }, 0, 100)).toEqual(['0-100 planned']);
    expect(plan({}, 0, 100)).toEqual(['0-100 notScheduled']);
  });

  it('TI2: a break outside the plan cuts nothing', () => {
    expect(plan({ breaks: [{ from: 10, to: 20 }] }, 0, 100)).toEqual(['0-100 notScheduled']);
  });

  it('TI1: planned time is what of it lies in a stretch', () => {
    const segments = planSegments(
      {
        ...NOTHING,
        planned: [
          { from: 10, to: 30 },
          { from: 50, to: 60 },
        ],
      },
      0,
      100,
    );
    expect([
      plannedMs(segments, 0, 100),
      plannedMs(segments, 20, 55),
      plannedMs(segments, 30, 50),
      plannedMs(segments, 12, 14),
      plannedMs(segments, 60, 10),
    ]).toEqual([30, 15, 0, 2, 0]);
  });
});
