import { simulatePolicy, type FactoryEvent, type PastEntry, type PlantConfig } from '@ms5/domain';
import { matchesAny } from '@ms5/wire';
import Sqlite, { type Database } from 'better-sqlite3';
import { parsePlant } from '../../config/index.ts';
import { lastLevel } from '../../plant-names.ts';
import { createClockTable } from '../clock-table.ts';
import type { Simulation, SimulationReply } from './simulation.ts';

const DAY_MS = 86_400_000;

export const SIMULATION_LIMITS = {
  rangeMs: 366 * DAY_MS,
  /** Calls in the window. */
  calls: 20_000,
  /** A tablet that was offline hands in a call at most this long after it was raised. */
  lateMs: 31 * DAY_MS,
} as const;

/** Lets the calls that history holds happen again under proposed policies. `file`: database of a running history. */
export function simulateEscalation(file: string, asked: Simulation): SimulationReply {
  const database = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 1000 });
  try {
    // One read of one moment, however far history gets meanwhile.
    return database.transaction(() => simulate(database, asked))();
  } finally {
    database.close();
  }
}

function simulate(database: Database, { from, to, escalation, permitted }: Simulation): SimulationReply {
  const clock = createClockTable(database);
  const asOf = clock.newest();
  const current = clock.configurations(asOf).at(-1)?.config;
  if (current === undefined) return { status: 'invalid', message: 'Nothing is known of the plant yet.' };
  const proposed =
    escalation === undefined ? { ok: true as const, config: current } : withProposal(current, escalation);
  if (!proposed.ok) return proposed.refusal;
  const past = pastCalls(database, current.site.id, permitted, from, to);
  if (past === null)
    return {
      status: 'tooMuch',
      message: `There are more than ${SIMULATION_LIMITS.calls} calls in this time; ask for a shorter one.`,
      path: 'to',
    };
  return { status: 'done', asOf, report: simulatePolicy(proposed.config, past, from, to) };
}

type Proposed =
  | { readonly ok: true; readonly config: PlantConfig }
  | { readonly ok: false; readonly refusal: SimulationReply };

/** The plant with other rotas and policies, which are checked as those of a plant file are. */
function withProposal(config: PlantConfig, escalation: unknown): Proposed {
  const areas = Map.groupBy(config.lines, ({ areaId }) => areaId);
  const text = JSON.stringify({
    site: config.site,
    areas: [...areas].map(([id, lines]) => ({
      id,
      name: id,
      lines: lines.map(({ lineId, equipment }) => ({
        id: lineId,
        name: lineId,
        equipment: equipment.map((path) => ({
          id: lastLevel(path),
          name: lastLevel(path),
          states: 'simple',
        })),
      })),
    })),
    users: config.escalation?.people ?? [],
    escalation,
  });
  const parsed = parsePlant('escalation', text);
  if (parsed.ok) {
    const { escalation: compiled } = parsed.plant.config;
    return { ok: true, config: compiled === undefined ? config : { ...config, escalation: compiled } };
  }
  const [problem] = parsed.problems;
  const { path = '', expected = '', found = '' } = problem ?? {};
  const message = `${path}: expected ${expected}, found ${found}`;
  return { ok: false, refusal: { status: 'invalid', path, message } };
}

interface Row {
  readonly offset: number;
  readonly at: number;
  readonly data: string;
}

/** What people did to the calls of a window on lines they may see; `null`: there are too many calls. */
function pastCalls(
  database: Database,
  site: string,
  permitted: readonly string[],
  from: number,
  to: number,
): readonly PastEntry[] | null {
  const calls = database
    .prepare<[number, number, number], { id: string; line: string | null }>(
      `SELECT subjects.id AS id, names.name AS line FROM subjects LEFT JOIN names ON names.id = subjects.line
       WHERE subjects.kind = 'call' AND subjects.from_at BETWEEN ? AND ? LIMIT ?`,
    )
    .all(from - SIMULATION_LIMITS.lateMs, to - 1, SIMULATION_LIMITS.calls + 1);
  if (calls.length > SIMULATION_LIMITS.calls) return null;
  const eventsOf = database.prepare<[string], Row>(
    `SELECT events."offset" AS "offset", entries.at AS at, events.data AS data FROM events
     JOIN entries ON entries."offset" = events."offset"
     WHERE events.kind = 'call' AND events.subject = ? ORDER BY events."offset", events.place`,
  );
  const entries = new Map<number, { readonly at: number; readonly events: FactoryEvent[] }>();
  for (const { id, line } of calls) {
    if (line === null || !matchesAny(permitted, `${site}/${line}/events`)) continue;
    for (const { offset, at, data } of eventsOf.all(id)) {
      const entry = entries.get(offset) ?? { at, events: [] };
      entries.set(offset, entry);
      entry.events.push(JSON.parse(data) as FactoryEvent);
    }
  }
  return [...entries].toSorted(([a], [b]) => a - b).map(([, entry]) => entry);
}
