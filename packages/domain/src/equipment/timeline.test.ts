import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { StateName } from '../plant/plant.ts';
import type { StateFact } from './state-facts.ts';
import { compactStateFacts, insertStateFact } from './state-facts.ts';
import type { StateSegment } from './timeline.ts';
import { stateSegments } from './timeline.ts';

const HEARD = { heard: [[0, 200] as [number, number]], losses: [] };

/** Segments by looking at every millisecond. */
function byMillisecond(facts: readonly StateFact[], from: number, to: number): readonly StateSegment[] {
  const segments: StateSegment[] = [];
  for (let at = from; at < to; at += 1) {
    const fact = facts.findLast((each) => each.at <= at);
    const { state, raw, reason } = fact ?? { state: 'unknown', raw: null, reason: 'noStateYet' };
    const last = segments.at(-1);
    if (last?.state === state && last.raw === raw && last.reason === reason) last.to = at + 1;
    else segments.push({ from: at, to: at + 1, state, raw, reason });
  }
  return segments;
}

describe('segments of states', () => {
  it('EQ2: runs of repeated facts are walked as a whole, and give what every single fact gives', () => {
    const said = fc.record({
      at: fc.integer({ min: 0, max: 120 }),
      state: fc.constantFrom<StateName>('running', 'stopped', 'idle'),
      reason: fc.constantFrom(null, 'jam'),
    });
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 40 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 120 }),
        fc.nat(5),
        (all, from, length, settled, dropped) => {
          const facts: StateFact[] = [];
          for (const { at, state, reason } of all) insertStateFact(facts, { at, state, raw: state, reason });
          const window = [from, from + length] as const;
          const source = { states: facts, contact: HEARD, silentAfterMs: null, changeovers: [] };
          expect(stateSegments(source, ...window, 200)).toEqual(byMillisecond(facts, ...window));
          compactStateFacts(facts, -Infinity, settled);
          expect(stateSegments(source, ...window, 200)).toEqual(byMillisecond(facts, ...window));
          facts.splice(0, dropped);
          expect(stateSegments(source, ...window, 200)).toEqual(byMillisecond(facts, ...window));
        },
      ),
      { numRuns: 500 },
    );
  });
});
