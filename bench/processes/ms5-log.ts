// Writes a log of many observations with the engine's own code, as fast as it can: what a plant said over the weeks
// before now, committed in groups. For measuring what grows with a log.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '@ms5/domain';
import { loadPlant } from '@ms5/server';
import { openGroup, type BatchItem, type Memory } from '../../packages/server/src/engine/core/group.ts';
import { recover } from '../../packages/server/src/engine/core/recover.ts';
import { encodeSnapshot } from '../../packages/server/src/engine/core/snapshot.ts';
import { openSqliteEventLog } from '../../packages/server/src/engine/log/event-log-sqlite.ts';
import { serveCalls } from '../measure/control.ts';

const PER_ENTRY = 100;
const ENTRIES_PER_GROUP = 100;
/** The clock ticks seldom: each time the documents of all lines are computed. */
const GROUPS_PER_TICK = 10;
/** Each machine reports so often; 20 of them make 10⁸ observations a year. */
const REPORT_MS = 6_300;
const PARTS = 6;
/** A machine stops after so many reports, for a tenth as long. */
const RUN_REPORTS = 300;

interface FillOrder {
  readonly dataDir: string;
  readonly plantFile: string;
  readonly observations: number;
}

/** What the machines say, one after another. */
function createMachines(equipment: readonly string[], startAt: number): () => Observation {
  let count = 0;
  return () => {
    const place = count % equipment.length;
    const report = Math.floor(count / equipment.length);
    count += 1;
    const at = startAt + Math.round((report + place / equipment.length) * REPORT_MS);
    const said = { equipment: equipment[place] ?? '', at, receivedAt: at };
    const phase = (report + place * 97) % RUN_REPORTS;
    if (phase === 0) return { ...said, state: 'running', good: PARTS };
    if (phase === RUN_REPORTS * 0.9) return { ...said, state: 'stopped' };
    return phase > RUN_REPORTS * 0.9 ? said : { ...said, good: PARTS };
  };
}

function commitGroup(
  memory: Memory,
  log: ReturnType<typeof openSqliteEventLog>,
  next: () => Observation,
  withTick: boolean,
): number {
  const batches = Array.from({ length: ENTRIES_PER_GROUP }, () =>
    Array.from({ length: PER_ENTRY }, (): BatchItem => ({ observation: next() })),
  );
  const at = batches.at(-1)?.at(-1)?.observation.receivedAt ?? 0;
  const group = openGroup(memory, log, at);
  for (const items of batches) group.batch({ source: 'user:machines', items });
  if (withTick) group.tick();
  const { commit } = group.finish();
  log.commit(commit);
  return commit.entries.reduce((sum, { events }) => sum + events.length, 0);
}

/** Fills a new log, with a snapshot at its end. */
async function fill({ dataDir, plantFile, observations }: FillOrder): Promise<unknown> {
  const startedAt = performance.now();
  const loaded = await loadPlant(plantFile);
  if (!loaded.ok) throw new Error('the plant is wrong');
  const { config } = loaded.plant;
  const log = openSqliteEventLog(dataDir, config.site.id);
  const equipment = config.equipment.map(({ path }) => path);
  const beganAt = Date.now() - Math.ceil(observations / equipment.length) * REPORT_MS - 1_000;
  const { memory } = recover(log, config, beganAt);
  const next = createMachines(equipment, beganAt);
  let events = 0;
  const groups = Math.ceil(observations / PER_ENTRY / ENTRIES_PER_GROUP);
  for (let number = 1; number <= groups; number += 1)
    events += commitGroup(memory, log, next, number % GROUPS_PER_TICK === 0);
  const snapshot = encodeSnapshot(memory, log.id);
  log.saveSnapshot(snapshot);
  log.checkpoint();
  log.close();
  return {
    events,
    head: memory.offset,
    elapsedMs: performance.now() - startedAt,
    logBytes: statSync(join(dataDir, 'events.sqlite')).size,
    snapshotBytes: snapshot.data.byteLength,
  };
}

serveCalls({ fill });
