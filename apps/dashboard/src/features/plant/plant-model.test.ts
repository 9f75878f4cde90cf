import type { LineStatusDocument, StateName } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { linePlaces, summarize } from './plant-model.ts';

function status(name: StateName, calls: LineStatusDocument['calls']): Partial<LineStatusDocument> {
  return {
    state: { name, since: 0 },
    contact: { status: 'heard', lastAt: 0 },
    schedule: { status: 'planned' },
    calls,
  };
}

describe('summarize', () => {
  it('counts lines by look and sums calls; unknown lines only count as lines', () => {
    const none = { open: 0, unacknowledged: 0 };
    expect(
      summarize([
        status('running', { open: 2, unacknowledged: 1 }),
        status('stopped', none),
        status('blocked', none),
        { ...status('running', none), contact: { status: 'silent' } },
        undefined,
      ]),
    ).toEqual({ lines: 5, running: 1, stopped: 2, silent: 1, openCalls: 2, unacknowledged: 1 });
  });
});

describe('linePlaces', () => {
  it('lists lines in the order of the plant with their paths', () => {
    const line = { id: 'l1', name: 'Line 1', constraint: 'c', equipment: [] };
    const plant = {
      site: { id: 's', name: 'S', timeZone: 'UTC' },
      areas: [{ id: 'a', name: 'A', lines: [line] }],
      products: [],
      reasons: [],
      reasonGroups: [],
    };
    expect(linePlaces(plant)).toEqual([{ path: 'a/l1', name: 'Line 1', areaId: 'a', areaName: 'A' }]);
  });
});
