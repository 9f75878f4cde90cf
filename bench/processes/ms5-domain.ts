// The factory domain in one process: observations decided and folded in memory, and a log of them replayed.
import {
  applyEvent,
  createEngineState,
  step,
  type EngineState,
  type FactoryEvent,
  type Observation,
  type PlantConfig,
} from '@ms5/domain';
import { formatProblems, loadPlant } from '@ms5/server';
import { ENTRY_VERSION, type LogEntry } from '../../packages/server/src/engine/log/log-entry.ts';
import { openSqliteEventLog } from '../../packages/server/src/engine/log/event-log-sqlite.ts';
import { serveCalls } from '../measure/control.ts';
import { createPlantStream, type PlantStream } from '../measure/plant-stream.ts';

const DAY_MS = 86_400_000;
/** What the clock makes true is looked for so often, by the plant's time. */
const TICK_MS = 60_000;
/** The engine ticks, and commits what came meanwhile, so often in the log that is replayed. */
const ENTRY_MS = 2_000;
/** A Monday's midnight, at the site. */
const START = Date.UTC(2026, 0, 4, 23);
/** Observations taken from the stream at once, so that the time of making them is not counted. */
const CHUNK = 10_000;

interface Plant {
  readonly config: PlantConfig;
  readonly state: EngineState;
  readonly stream: PlantStream;
  nextTickAt: number;
}

let plant: Plant | undefined;

function loaded(): Plant {
  if (plant === undefined) throw new Error('no plant is loaded');
  return plant;
}

async function load({ plantFile }: { readonly plantFile: string }): Promise<void> {
  const result = await loadPlant(plantFile);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  const { config } = result.plant;
  plant = { config, state: createEngineState(config), stream: createPlantStream(START), nextTickAt: START };
}

/** The tick that is due by `now`, if one is. */
function ticked(own: Plant, now: number): readonly FactoryEvent[] {
  if (now < own.nextTickAt) return [];
  own.nextTickAt += TICK_MS;
  return step(own.state, own.config, { kind: 'tick' }, now).events;
}

function take(count: number, { stream }: Plant): readonly Observation[] {
  return Array.from({ length: count }, () => stream.next());
}

function fold({ observations }: { readonly observations: number }): unknown {
  const own = loaded();
  const { config, state } = own;
  const startedAt = own.nextTickAt;
  let refused = 0;
  let events = 0;
  let foldMs = 0;
  let tickMs = 0;
  for (let done = 0; done < observations; done += CHUNK) {
    const chunk = take(CHUNK, own);
    const begun = performance.now();
    for (const observation of chunk) {
      const now = observation.receivedAt;
      if (now >= own.nextTickAt) {
        const begunTick = performance.now();
        events += ticked(own, now).length;
        tickMs += performance.now() - begunTick;
      }
      const result = step(state, config, { kind: 'observation', observation }, now);
      if (result.refusal !== undefined) refused += 1;
      events += result.events.length;
    }
    foldMs += performance.now() - begun;
  }
  return { refused, events, foldMs, tickMs, plantDays: (own.nextTickAt - startedAt) / DAY_MS };
}

/** Writes a log as a running engine does: an entry of observations and a tick every two seconds. */
function fill({
  dataDir,
  observations,
}: {
  readonly dataDir: string;
  readonly observations: number;
}): unknown {
  const own = loaded();
  const { config, state } = own;
  const log = openSqliteEventLog(dataDir, config.site.id);
  let entries: LogEntry[] = [];
  let offset = 0;
  const add = (at: number, more: Pick<LogEntry, 'cause' | 'outcome' | 'events'>): void => {
    offset += 1;
    entries.push({ offset, at, version: ENTRY_VERSION, projected: false, ...more });
  };
  add(START, { cause: { kind: 'configLoaded', plant: config }, outcome: null, events: [] });
  let taken: Observation[] = [];
  let said: FactoryEvent[] = [];
  let entryAt = START;
  for (let done = 0; done < observations; done += CHUNK) {
    for (const observation of take(CHUNK, own)) {
      const now = observation.receivedAt;
      if (now >= entryAt + ENTRY_MS) {
        const outcome = { accepted: taken.length, refused: 0 };
        if (taken.length > 0)
          add(entryAt, {
            cause: { kind: 'observations', source: 'bench', observations: taken },
            outcome,
            events: said,
          });
        entryAt = now;
        const tick = ticked(own, now);
        const events = tick.length > 0 ? tick : [{ type: 'timeAdvanced', at: now } as const];
        add(now, { cause: { kind: 'tick' }, outcome: null, events });
        taken = [];
        said = [];
      }
      taken.push(observation);
      said.push(...step(state, config, { kind: 'observation', observation }, now).events);
    }
    log.commit({ entries, commands: [], observationKeys: [], publicationKeys: [] });
    entries = [];
  }
  log.checkpoint();
  log.close();
  return { entries: offset };
}

/** Reads a log and applies its events to an empty state. */
function replay({ dataDir }: { readonly dataDir: string }): unknown {
  const { config } = loaded();
  const log = openSqliteEventLog(dataDir, config.site.id);
  const state = createEngineState(config);
  let events = 0;
  const begun = performance.now();
  for (const entry of log.entries(0)) {
    for (const event of entry.events) applyEvent(state, config, event);
    events += entry.events.length;
  }
  const replayMs = performance.now() - begun;
  log.close();
  return { events, replayMs };
}

serveCalls({
  load,
  fold,
  fill,
  replay,
  memory() {
    for (let round = 0; round < 3; round += 1) globalThis.gc?.();
    return process.memoryUsage();
  },
});
