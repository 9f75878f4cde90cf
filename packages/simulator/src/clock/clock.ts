/** Time as an input: what the simulator reads and waits on. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /**
   * Calls back once, `delayMs` from now at the earliest. Returns its cancellation; cancelling late or twice is fine.
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** Resolves after `delayMs`, or at once when the signal aborts: the caller looks at the signal, nothing is thrown. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
