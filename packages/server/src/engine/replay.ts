import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { replaySummary, type EquipmentPath, type Observation, type ReplaySummary } from '@ms5/domain';
import type { Clock } from '@ms5/hub';
import type { ConnectorConfig, Plant } from '../config/index.ts';
import { openGroup, type Memory } from './core/group.ts';
import { recover } from './core/recover.ts';
import { createShdrReader, type Reading } from './ingest/shdr/shdr-reader.ts';
import { createMemoryEventLog } from './log/event-log-memory.ts';
import type { EventLog } from './log/event-log.ts';
import { systemClock } from './system-clock.ts';

interface ReplayOptions {
  /** Which equipment's connector reads the recording; may be left out when the plant has one connector. */
  readonly equipment?: EquipmentPath;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Why a recording cannot be replayed; `message` is for people. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

export interface ReplayReport {
  readonly summary: ReplaySummary;
  /** Lines of the file that could not be used: how many, and the first of them with why. */
  readonly rejected: { readonly count: number; readonly examples: readonly string[] };
  /** Observations refused by the engine, for example as too late. */
  readonly refused: { readonly count: number; readonly examples: readonly string[] };
  /** Conditions of the machine, and how often an alarm was raised by them. */
  readonly alarms: { readonly conditions: number; readonly raised: number };
  readonly bytes: number;
  readonly observations: number;
  readonly entries: number;
  readonly events: number;
  readonly durationMs: number;
}

const EXAMPLES = 10;
/** What one read of the file holds; its observations become one log entry. */
const CHUNK_BYTES = 64 * 1024;

/** Runs an SHDR recording through parser, engine and a log in memory as fast as it can; nothing is stored. */
export async function replay(file: string, plant: Plant, options: ReplayOptions = {}): Promise<ReplayReport> {
  const clock = options.clock ?? systemClock;
  const connector = connectorFor(plant, options.equipment);
  const silentAfterMs =
    plant.config.equipment.find(({ path }) => path === connector.equipment)?.silentAfterMs ?? null;
  const reader = createShdrReader(connector, silentAfterMs);
  const startedAt = clock.now();
  const log = createMemoryEventLog();
  const { memory } = recover(log, plant.config, startedAt);
  const tally = createTally(memory, log);
  const totalBytes = await sizeOf(file);
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, signal: options.signal })) {
    const read = chunk as Buffer;
    const reading = reader.read(read, startedAt);
    if (reading.overflow)
      throw new ReplayError(`${file}: ${reading.rejected.at(-1)}; this is no SHDR recording`);
    tally.take(reading, reader.takeHeard(startedAt));
    bytes += read.byteLength;
    options.onProgress?.({ bytes, totalBytes });
  }
  tally.take(reader.end(startedAt), null);
  const summary = replaySummary(memory.state, memory.config, connector.equipment);
  if ('unknown' in summary)
    throw new ReplayError(`${file}: no line tells anything of ${connector.equipment}`);
  return { summary, ...tally.counts(), bytes, durationMs: clock.now() - startedAt };
}

function connectorFor(plant: Plant, equipment: EquipmentPath | undefined): ConnectorConfig {
  const { connectors, source } = plant;
  const found =
    equipment === undefined ? connectors : connectors.filter((each) => each.equipment === equipment);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const known = connectors.map((each) => each.equipment).join(', ');
  throw new ReplayError(
    connectors.length === 0
      ? `${source} has no connector, so nothing says which keys to read`
      : `name the equipment that was recorded; ${source} has connectors for ${known}`,
  );
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new ReplayError(`${file}: no such file`);
  }
}

/** Decides what was read, one group per call, and counts what came of it. */
function createTally(memory: Memory, log: EventLog) {
  const rejected: string[] = [];
  const refused: string[] = [];
  let rejectedCount = 0;
  let refusedCount = 0;
  let observations = 0;
  let events = 0;
  let conditions = 0;
  let raised = 0;

  const keep = (examples: string[], messages: readonly string[]): number => {
    examples.push(...messages.slice(0, EXAMPLES - examples.length));
    return messages.length;
  };

  return {
    take: (reading: Reading, heard: Observation | null): void => {
      rejectedCount += keep(rejected, reading.rejected);
      const taken = heard === null ? reading.facts : [...reading.facts, heard];
      if (taken.length === 0) return;
      observations += taken.length;
      conditions += taken.filter(({ alarm }) => alarm !== undefined).length;
      const group = openGroup(memory, log, memory.at);
      const replies = group.batch({ source: 'replay', items: taken.map((observation) => ({ observation })) });
      const messages = replies.flatMap((reply) =>
        reply.status === 'rejected' ? [reply.refusal.message] : [],
      );
      refusedCount += keep(refused, messages);
      const { commit } = group.finish();
      log.commit(commit);
      for (const entry of commit.entries) {
        events += entry.events.length;
        raised += entry.events.filter(({ type }) => type === 'equipmentFaultRaised').length;
      }
    },
    counts: () => ({
      rejected: { count: rejectedCount, examples: rejected },
      refused: { count: refusedCount, examples: refused },
      alarms: { conditions, raised },
      observations,
      entries: log.head(),
      events,
    }),
  };
}
