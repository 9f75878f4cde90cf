import type { Clock } from '@ms5/hub';
import { HOST_LIMITS } from './limits.ts';

/** Keeps a plugin from filling the server's log. */
export interface LogLimit {
  /** Whether a line may be written now. */
  take(): boolean;
  dropped(): number;
}

export function createLogLimit(clock: Clock): LogLimit {
  let since = clock.now();
  let left: number = HOST_LIMITS.logLines;
  let dropped = 0;
  return {
    take() {
      const now = clock.now();
      if (now - since >= HOST_LIMITS.logPeriodMs) {
        since = now;
        left = HOST_LIMITS.logLines;
      }
      if (left === 0) {
        dropped += 1;
        return false;
      }
      left -= 1;
      return true;
    },
    dropped: () => dropped,
  };
}
