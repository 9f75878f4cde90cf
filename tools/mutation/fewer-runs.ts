// Stands in for fast-check while mutants are tested: hundreds of mutants times hundreds of runs would take hours.
// The same few runs each time, so that scores can be compared; a mutant that only more runs would notice survives.
import * as fc from 'fast-check';

export * from 'fast-check';

const MOST_RUNS = 20;

export function assert<Values>(
  property: fc.IProperty<Values>,
  { numRuns = MOST_RUNS, ...parameters }: fc.Parameters<Values> = {},
): void {
  fc.assert(property, { ...parameters, numRuns: Math.min(numRuns, MOST_RUNS), seed: 1, endOnFailure: true });
}
