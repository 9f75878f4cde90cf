import { useClient } from './provider.ts';
import { identity, useSelected } from './select.ts';
import { tickerOf } from './ticker-system.ts';

/**
 * The server's clock, ms, moving on once a second. With `select` the component renders only when the selection
 * changes, for example once a minute: `useServerTime((now) => Math.floor(now / 60_000))`.
 */
export function useServerTime(): number;
export function useServerTime<S>(select: (now: number) => S): S;
export function useServerTime<S>(select: (now: number) => S = identity as (now: number) => S): S {
  return useSelected(tickerOf(useClient()), select);
}
