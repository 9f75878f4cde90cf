import type { OutboxStorage } from './storage.ts';

/**
 * Keeps nothing beyond the client's life. The id therefore always gets a part of its own: counters start anew, and
 * a key used twice would be taken for a repetition.
 */
export function createMemoryOutbox(): OutboxStorage {
  const done = Promise.resolve();
  return {
    isDurable: false,
    open(clientId, newId) {
      const own = clientId === undefined ? newId() : `${clientId}~${newId()}`;
      return Promise.resolve({ clientId: own, nextCounter: 1, commands: [] });
    },
    put: () => done,
    remove: () => done,
    close: () => done,
  };
}
