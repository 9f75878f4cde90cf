/** While nothing is painted (a hidden tab) there are no frames, but sounds and titles still want to know. */
const WITHOUT_FRAMES_MS = 250;

const waiting = new Set<() => void>();
let isScheduled = false;

function run(): void {
  if (!isScheduled) return;
  isScheduled = false;
  const due = [...waiting];
  waiting.clear();
  for (const listener of due) listener();
}

function schedule(): void {
  isScheduled = true;
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(run);
  setTimeout(run, WITHOUT_FRAMES_MS);
}

/**
 * Subscribes so that `listener` is called at most once per frame, all listeners of a frame together, however many
 * changes there were: React then renders once.
 */
export function subscribePerFrame(
  subscribe: (listener: () => void) => () => void,
  listener: () => void,
): () => void {
  const stop = subscribe(() => {
    waiting.add(listener);
    if (!isScheduled) schedule();
  });
  return () => {
    stop();
    waiting.delete(listener);
  };
}
