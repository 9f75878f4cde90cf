import { ENTRY_VERSION, type LogEntry } from './log-entry.ts';
import { LogError } from './log-error.ts';

/** From version n to n + 1, at index n − 1. An entry is never rewritten on disk; it is lifted when read. */
const UPCASTERS: readonly ((entry: LogEntry) => LogEntry)[] = [
  // 2: observations and their events may be packed, which decoding has undone.
  (entry) => ({ ...entry, version: 2 }),
  // 3: so are those of ticks, all by the words of the log.
  (entry) => ({ ...entry, version: 3 }),
];

/** Lifts an entry of any earlier version to the present one. */
export function upcast(entry: LogEntry): LogEntry {
  if (entry.version > ENTRY_VERSION) {
    const known = `this version reads up to ${ENTRY_VERSION}`;
    throw new LogError('logNewer', `entry ${entry.offset} has version ${entry.version}; ${known}`);
  }
  if (entry.version === ENTRY_VERSION) return entry;
  return UPCASTERS.slice(entry.version - 1).reduce((lifted, lift) => lift(lifted), entry);
}
