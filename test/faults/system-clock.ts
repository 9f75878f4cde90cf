/** The clock of real processes. */
export const systemClock = {
  now: () => Date.now(),
  after(delayMs: number, task: () => void): () => void {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs: number, task: () => void): () => void {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.after(ms, resolve);
  });
}
