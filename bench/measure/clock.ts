/**
 * One look is late by what comes between the step and the reading, at times a millisecond; the best of so many is not.
 */
const LOOKS = 20;

/**
 * Ms since the epoch with fractions, the same in every process of one machine whatever its runtime: aligned at the
 * start to steps of the wall clock, then monotonic.
 */
export const nowMs: () => number = createClock();

function createClock(): () => number {
  let originMs = -Infinity;
  for (let look = 0; look < LOOKS; look += 1) originMs = Math.max(originMs, lookAtStep());
  return () => originMs + performance.now();
}

/** When `performance.now` was 0, or somewhat earlier. */
function lookAtStep(): number {
  const start = Date.now();
  let wall = start;
  while (wall === start) wall = Date.now();
  return wall - performance.now();
}
