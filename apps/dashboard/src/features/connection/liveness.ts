import type { ConnectionState } from '@ms5/client';

/**
 * What the connection means for what is on the screen.
 * - `starting`: nothing was live yet, and it is too early to worry.
 * - `never`: nothing was live yet, for long.
 * - `live`
 * - `brief`: just lost; most losses end at once, and screens must not flicker.
 * - `cut`: what is shown is old, since `since` (client clock, ms).
 */
export type Liveness =
  | { readonly kind: 'starting' }
  | { readonly kind: 'never' }
  | { readonly kind: 'live' }
  | { readonly kind: 'brief' }
  | { readonly kind: 'cut'; readonly since: number };

/** Pure: the next liveness from the last one and the connection. Returns the last one when nothing changed. */
export function nextLiveness(
  last: Liveness,
  state: Pick<ConnectionState, 'status' | 'since' | 'isLostForLong'>,
): Liveness {
  const next = follow(last, state);
  const same =
    next.kind === last.kind && (next.kind !== 'cut' || last.kind !== 'cut' || next.since === last.since);
  return same ? last : next;
}

function follow(
  last: Liveness,
  { status, since, isLostForLong }: Pick<ConnectionState, 'status' | 'since' | 'isLostForLong'>,
): Liveness {
  if (status === 'live') return { kind: 'live' };
  const wasLive = last.kind === 'live' || last.kind === 'brief' || last.kind === 'cut';
  if (!isLostForLong && status !== 'suspended' && status !== 'closed') {
    return { kind: wasLive ? 'brief' : 'starting' };
  }
  return wasLive ? { kind: 'cut', since } : { kind: 'never' };
}
