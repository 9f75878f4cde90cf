import type { Clock } from './clock.ts';

/**
 * A clock that jumps: when nothing else is left to do in this turn of the event loop, it moves to the next
 * timer that is due. Hours pass as fast as the work done in them.
 */
export function createVirtualClock(startMs: number): Clock {
  let nowMs = startMs;
  let pending: { readonly dueMs: number; readonly callback: () => void }[] = [];
  let turning = false;
  const turn = () => {
    turning = false;
    const [next, ...rest] = pending.sort((a, b) => a.dueMs - b.dueMs);
    if (next === undefined) return;
    pending = rest;
    nowMs = Math.max(nowMs, next.dueMs);
    next.callback();
    schedule();
  };
  const schedule = () => {
    if (turning || pending.length === 0) return;
    turning = true;
    setImmediate(turn);
  };
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback };
      pending.push(timer);
      schedule();
      return () => {
        pending = pending.filter((other) => other !== timer);
      };
    },
  };
}
