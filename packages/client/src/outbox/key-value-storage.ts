import type { OpenedOutbox, OutboxStorage, StoredCommand } from './storage.ts';

/**
 * Any store of strings: React Native's AsyncStorage, a file, `localStorage`. `write` resolves when the value is
 * safe. The caller sees to it that no two clients use one store at once.
 */
export interface KeyValueStore {
  read(key: string): Promise<string | null>;
  write(key: string, value: string): Promise<void>;
}

/**
 * The outbox under one key of `store`, or one per client id where ids are given. Writes are done one after the other.
 */
export function createKeyValueOutbox(store: KeyValueStore, key = 'ms5-outbox'): OutboxStorage {
  let ownKey = key;
  let kept: OpenedOutbox = { clientId: '', nextCounter: 1, commands: [] };
  let last: Promise<void> = Promise.resolve();

  async function changeAfter(
    before: Promise<void>,
    next: (kept: OpenedOutbox) => OpenedOutbox,
  ): Promise<void> {
    await before;
    kept = next(kept);
    await store.write(ownKey, JSON.stringify(kept));
  }

  function change(next: (kept: OpenedOutbox) => OpenedOutbox): Promise<void> {
    const write = changeAfter(last, next);
    // One failed write is its caller's to handle; the next one tries again.
    last = write.catch(() => {});
    return write;
  }

  return {
    isDurable: true,
    async open(clientId, newId) {
      if (clientId !== undefined) ownKey = `${key} ${clientId}`;
      const text = await store.read(ownKey);
      const fresh = { clientId: clientId ?? newId(), nextCounter: 1, commands: [] };
      // Written back at once: a store that cannot keep anything is found out before anything is entrusted to it.
      await change(() => (text === null ? fresh : (JSON.parse(text) as OpenedOutbox)));
      return kept;
    },
    put: (command) =>
      change((before) => ({
        clientId: before.clientId,
        nextCounter: Math.max(before.nextCounter, command.counter + 1),
        commands: [...without(before.commands, command.counter), command],
      })),
    remove: (counter) => change((before) => ({ ...before, commands: without(before.commands, counter) })),
    close: () => last,
  };
}

const without = (commands: readonly StoredCommand[], counter: number): StoredCommand[] =>
  commands.filter((command) => command.counter !== counter);
