import { useServerTime } from '@ms5/react';
import { useCutSince } from '../features/connection/liveness-provider.tsx';

/** The server's clock, ms, ticking once a second; it goes on while the screen is cut off. */
export function useNow(): number {
  return useServerTime();
}

/**
 * The instant that what is shown speaks of: the server's clock, standing still while the screen is cut off.
 * Nobody knows whether a state still lasts that was seen before the connection was lost.
 */
export function useShownNow<S>(select: (now: number) => S): S {
  const cutSince = useCutSince();
  return useServerTime((now) => select(cutSince === null ? now : Math.min(now, cutSince)));
}
