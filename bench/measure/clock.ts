/**
 * Ms since the epoch with fractions, the same in every process of one machine whatever its runtime: aligned once to a
 * step of the wall clock, then monotonic.
 */
export const nowMs: () => number = createClock();

function createClock(): () => number {
  const start = Date.now();
  let wall = start;
  while (wall === start) wall = Date.now();
  const originMs = wall - performance.now();
  return () => originMs + performance.now();
}
