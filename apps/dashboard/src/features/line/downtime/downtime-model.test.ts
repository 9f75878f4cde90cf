import type { DowntimeDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { sortDowntime } from './downtime-model.ts';

function stop(id: string, change: Partial<DowntimeDocument>): DowntimeDocument {
  return {
    id,
    equipment: 'a/l/e',
    from: 0,
    to: 1,
    state: 'stopped',
    minor: false,
    provisional: false,
    ...change,
  };
}

describe('sortDowntime', () => {
  it('puts the open stop first and counts what is unexplained, minor stops excepted', () => {
    const list = sortDowntime([
      stop('old', { from: 1, reason: 'jam' }),
      stop('minor', { from: 5, minor: true }),
      stop('open', { from: 3, to: null }),
    ]);
    expect(list.stops.map(({ id }) => id)).toEqual(['open', 'minor', 'old']);
    expect(list).toMatchObject({ minor: 1, withoutReason: 1 });
  });
});
