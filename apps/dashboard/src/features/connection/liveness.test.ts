import type { ConnectionStatus } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { type Liveness, nextLiveness } from './liveness.ts';

type Step = readonly [status: ConnectionStatus, since: number, isLostForLong: boolean];

function follow(start: Liveness, ...steps: readonly Step[]): Liveness {
  return steps.reduce<Liveness>(
    (last, [status, since, isLostForLong]) => nextLiveness(last, { status, since, isLostForLong }),
    start,
  );
}
const start: Liveness = { kind: 'starting' };

describe('nextLiveness', () => {
  it('does not flicker on a short loss', () => {
    const lost = follow(start, ['live', 100, false], ['reconnecting', 1000, false]);
    expect(lost).toEqual({ kind: 'brief' });
    expect(follow(lost, ['live', 2950, false])).toEqual({ kind: 'live' });
  });

  it('dates old data from the loss, through every attempt', () => {
    const cut = follow(start, ['live', 100, false], ['reconnecting', 1000, true], ['suspended', 1000, true]);
    expect(cut).toEqual({ kind: 'cut', since: 1000 });
    expect(follow(cut, ['live', 9000, false])).toEqual({ kind: 'live' });
  });

  it('tells never connected from lost', () => {
    expect(follow(start, ['connecting', 0, false])).toEqual({ kind: 'starting' });
    expect(follow(start, ['reconnecting', 0, true])).toEqual({ kind: 'never' });
  });

  it('keeps its identity while nothing changes', () => {
    const live = follow(start, ['live', 0, false]);
    expect(nextLiveness(live, { status: 'live', since: 5, isLostForLong: false })).toBe(live);
  });
});
