import { useServerTime } from '@ms5/react';

/** The server's clock, ms, ticking once a second. */
export function useNow(): number {
  return useServerTime();
}
