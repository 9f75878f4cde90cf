import { randomUUID } from 'node:crypto';
import type { CommandKey } from '@ms5/wire';
import {
  OUTCOMES_KEPT_PER_CLIENT,
  type CommandRecord,
  type CommitGroup,
  type EventLog,
  type LogSnapshot,
  type StoredCommand,
} from './event-log.ts';
import type { LogEntry } from './log-entry.ts';
import { LogError } from './log-error.ts';

interface Client {
  highest: number;
  expiresAt: number;
  readonly stored: Map<number, StoredCommand>;
}

/** Keeps everything in memory: for replay, and for tests. */
export function createMemoryEventLog(id: string = randomUUID()): EventLog {
  const entries: LogEntry[] = [];
  const clients = new Map<string, Client>();
  const keys = new Map<string, number>();
  const publications = new Map<string, { readonly offset: number; readonly expiresAt: number }>();
  let snapshot: LogSnapshot | undefined;

  const store = ({ expiresAt = Infinity, ...stored }: StoredCommand): void => {
    const { clientId, counter } = stored.key;
    const known = clients.get(clientId);
    const client = known ?? { highest: 0, expiresAt, stored: new Map<number, StoredCommand>() };
    clients.set(clientId, client);
    client.expiresAt = expiresAt;
    client.highest = Math.max(client.highest, counter);
    client.stored.set(counter, stored);
    for (const old of client.stored.keys()) {
      if (old <= client.highest - OUTCOMES_KEPT_PER_CLIENT) client.stored.delete(old);
    }
  };

  return {
    id,
    head: () => entries.length,
    commit: (group: CommitGroup) => {
      for (const [index, { offset }] of group.entries.entries()) {
        const expected = entries.length + index + 1;
        if (offset !== expected) {
          throw new LogError('logFailed', `expected offset ${expected}, found ${offset}`);
        }
      }
      entries.push(...group.entries);
      for (const stored of group.commands) store(stored);
      for (const { source, key, expiresAt } of group.observationKeys) {
        keys.set(JSON.stringify([source, key]), expiresAt);
      }
      for (const { author, key, offset, expiresAt } of group.publicationKeys) {
        publications.set(JSON.stringify([author, key]), { offset, expiresAt });
      }
    },
    entries: (after) => entries.slice(after),
    latestConfig: () => entries.findLast(({ cause }) => cause.kind === 'configLoaded'),
    commandRecord: ({ clientId, counter }: CommandKey): CommandRecord => {
      const client = clients.get(clientId);
      const stored = client?.stored.get(counter);
      return { highest: client?.highest ?? 0, ...(stored === undefined ? {} : { stored }) };
    },
    knownObservationKeys: (source, asked) =>
      new Set(asked.filter((key) => keys.has(JSON.stringify([source, key])))),
    publicationOffset: (author, key) => publications.get(JSON.stringify([author, key]))?.offset,
    prune: (now) => {
      for (const [key, { expiresAt }] of publications) {
        if (expiresAt < now) publications.delete(key);
      }
      for (const [key, expiresAt] of keys) {
        if (expiresAt < now) keys.delete(key);
      }
      for (const [clientId, { expiresAt }] of clients) {
        if (expiresAt < now) clients.delete(clientId);
      }
      return false;
    },
    saveSnapshot: (next) => {
      snapshot = next;
    },
    latestSnapshot: () => snapshot,
    checkpoint: () => undefined,
    close: () => undefined,
  };
}
