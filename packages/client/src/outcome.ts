import type { Outcome } from './types.ts';

/** It counted, once: `duplicate` says that an earlier sending of the same command already had. */
export function isApplied(outcome: Outcome): boolean {
  return outcome.status === 'applied' || outcome.status === 'duplicate';
}
