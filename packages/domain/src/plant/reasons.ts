import type { ReasonConfig } from './plant.ts';

/** What a reason does to the time it explains. */
export interface ReasonMeaning {
  readonly loss: ReasonConfig['loss'];
  readonly failure: boolean;
}

/** Somebody looked, and could not tell. Counts as unexplained. */
export const DONT_KNOW = 'dontKnow';

/**
 * Known without configuration: PackML's aborting states map to it, and it is a failure unless a plant says otherwise;
 * and `dontKnow`.
 */
const BUILT_IN: readonly (readonly [string, ReasonMeaning])[] = [
  ['breakdown', { loss: 'breakdown', failure: true }],
  [DONT_KNOW, { loss: 'unexplained', failure: false }],
];

export function reasonTable(
  configured: Iterable<readonly [code: string, meaning: ReasonMeaning]>,
): ReadonlyMap<string, ReasonMeaning> {
  return new Map([...BUILT_IN, ...configured]);
}
