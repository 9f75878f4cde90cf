/** Calls `task`; its failure is reported where uncaught errors go, and harms nobody else. */
export function callSafely(task: () => void): void {
  try {
    task();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export interface Listeners<Args extends readonly unknown[]> {
  readonly add: (listener: (...args: Args) => void) => () => void;
  readonly call: (...args: Args) => void;
}

/** A function that listens twice is called twice, and stops once per unsubscribe. */
export function createListeners<Args extends readonly unknown[]>(): Listeners<Args> {
  const listeners = new Set<{ readonly listener: (...args: Args) => void }>();
  return {
    add(listener) {
      const own = { listener };
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    call(...args) {
      for (const { listener } of listeners) callSafely(() => listener(...args));
    },
  };
}
