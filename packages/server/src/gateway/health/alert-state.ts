/** When an alert is raised and cleared. */
export interface AlertTerms {
  /** Raised when the value has been at or beyond this for `raiseAfterMs` without a break. */
  readonly raise: number;
  /** Cleared when it has been on the good side of this for `clearAfterMs` without a break. */
  readonly clear: number;
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

/** `above`: high values are bad. `below`: low ones are. */
export type AlertSide = 'above' | 'below';

export type AlertState =
  | { readonly name: 'quiet' }
  /** Bad since, not long enough yet. */
  | { readonly name: 'rising'; readonly since: number }
  | { readonly name: 'raised'; readonly raisedAt: number }
  /** Good since, not long enough yet. */
  | { readonly name: 'falling'; readonly raisedAt: number; readonly since: number };

export const QUIET: AlertState = { name: 'quiet' };

export const isRaised = (state: AlertState): boolean => state.name === 'raised' || state.name === 'falling';

/** The state after one more value. Pure; `now` in ms. */
export function nextAlertState(
  before: AlertState,
  value: number,
  now: number,
  terms: AlertTerms,
  side: AlertSide,
): AlertState {
  const isBad = side === 'above' ? value >= terms.raise : value <= terms.raise;
  const isGood = side === 'above' ? value < terms.clear : value > terms.clear;
  if (before.name === 'quiet' || before.name === 'rising') {
    if (!isBad) return QUIET;
    const since = before.name === 'rising' ? before.since : now;
    return now - since >= terms.raiseAfterMs ? { name: 'raised', raisedAt: now } : { name: 'rising', since };
  }
  const { raisedAt } = before;
  if (!isGood) return { name: 'raised', raisedAt };
  const since = before.name === 'falling' ? before.since : now;
  return now - since >= terms.clearAfterMs ? QUIET : { name: 'falling', raisedAt, since };
}
