import { applyEvent, createEngineState, type PlantConfig } from '@ms5/domain';
import type { TopicChange } from '@ms5/hub';
import type { EventLog } from '../log/event-log.ts';
import type { LogEntry } from '../log/log-entry.ts';
import { LogError } from '../log/log-error.ts';
import { createProjector } from '../projections/projector.ts';
import { followEntry, followPublication, openGroup, type Memory } from './group.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';

export interface Recovered {
  readonly memory: Memory;
  /** Where the newest snapshot stands that a restart can begin from; 0: there is none. */
  readonly snapshotOffset: number;
  /** What was read that lies behind it. */
  readonly tail: { readonly entries: number; readonly events: number };
}

/**
 * The engine's memory from the newest snapshot and the entries after it, with `config` put in force if the log's
 * differs. Recorded events are applied; nothing is decided again.
 */
export function recover(
  log: EventLog,
  config: PlantConfig,
  now: number,
  /** Told what each entry changed. */
  onReplayed: (entry: LogEntry, changes: readonly TopicChange[]) => void = () => undefined,
): Recovered {
  const snapshot = log.latestSnapshot();
  const restored = snapshot === undefined ? undefined : decodeSnapshot(snapshot, log.id);
  const memory = restored?.memory ?? emptyMemory(config);
  const isCurrent = restored?.hasTopics ?? true;
  let snapshotOffset = memory.offset;
  let tail = { entries: 0, events: 0 };
  for (const entry of log.entries(memory.offset)) {
    onReplayed(entry, replayEntry(memory, entry, isCurrent));
    tail.entries += 1;
    tail.events += entry.events.length;
  }
  if (!isCurrent) {
    rebuildTopics(memory, log);
    snapshotOffset = memory.offset;
    tail = { entries: 0, events: 0 };
  }
  configure(memory, log, config, now);
  return { memory, snapshotOffset, tail };
}

function emptyMemory(config: PlantConfig): Memory {
  return {
    state: createEngineState(config),
    config,
    projector: createProjector(),
    pendingLines: new Set(),
    projectedLines: 0,
    offset: 0,
    at: 0,
  };
}

function replayEntry(memory: Memory, entry: LogEntry, withTopics: boolean): readonly TopicChange[] {
  if (entry.offset !== memory.offset + 1) {
    throw new LogError('logCorrupt', `entry ${memory.offset + 1} is missing from the log`);
  }
  memory.offset = entry.offset;
  memory.at = entry.at;
  if (entry.cause.kind === 'configLoaded') memory.config = entry.cause.plant;
  for (const event of entry.events) applyEvent(memory.state, memory.config, event);
  if (withTopics) return followEntry(memory, entry);
  if (entry.cause.kind === 'published') followPublication(memory, entry.offset, entry.at, entry.cause);
  return [];
}

/**
 * Topics of an older projection: a new epoch, in which every key is as new as the log's head. The snapshot is
 * written at once, or the next start would compute the same epoch with other offsets.
 */
function rebuildTopics(memory: Memory, log: EventLog): void {
  memory.projector.reconfigure(memory.config, memory.offset);
  memory.pendingLines.clear();
  const lines = memory.config.lines.map(({ path }) => path);
  memory.projector.documents(lines, memory.offset, memory.at, memory.state, memory.config);
  log.saveSnapshot(encodeSnapshot(memory, log.id));
}

/** Logs the plant when it is not the one in force. */
function configure(memory: Memory, log: EventLog, config: PlantConfig, now: number): void {
  if (memory.offset > 0 && JSON.stringify(memory.config) === JSON.stringify(config)) return;
  const group = openGroup(memory, log, now);
  group.configure(config);
  log.commit(group.finish().commit);
}
