import {
  equipmentTimeline,
  rollUpReport,
  stateFromEvents,
  type Bucket,
  type PlantConfig,
  type Scope,
} from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import { withAuthorNames } from './author-names.ts';
import { createCauses, differenceText } from './causes.ts';
import { createClockTable } from './clock-table.ts';
import { explanationOf } from './explain.ts';
import { figureRows } from './figure-query.ts';
import { createFigureStore } from './figure-store.ts';
import type { AsOfRequest, HistoryQuery, HistoryReply, Position, Selection } from './history-port.ts';
import { createKnownEvents, type AsOf } from './known-events.ts';
import { createLists } from './lists.ts';
import type { Names } from './names.ts';
import { createRetention, type Retention } from './retention.ts';
import type { TelemetryStore } from './telemetry-store.ts';

const HOUR_MS = 3_600_000;

const QUERY_LIMITS = {
  /** Hours of lines or equipment in one question: 20 lines for a year. */
  hours: 20 * 366 * 24,
  /** As of the past nothing is kept by hour, so each is computed. */
  hoursAsOf: 31 * 24 * 4,
  rows: 10_000,
  /** A timeline or explanation reads the facts themselves. */
  factsMs: 35 * 24 * HOUR_MS,
} as const;

type Reply = Exclude<HistoryReply<unknown>, { status: 'done' }> | Done;
type Done = Omit<Extract<HistoryReply<unknown>, { status: 'done' }>, 'behind'>;
type Request<Kind extends HistoryQuery['kind']> = Extract<HistoryQuery, { kind: Kind }>;

export interface QueryAnswerer {
  /** Computes in steps, so that taking in the log goes on meanwhile. */
  answer(query: HistoryQuery): Promise<Reply>;
  readonly retention: Retention;
}

interface Dependencies {
  readonly database: Database;
  readonly names: Names;
  readonly telemetry: TelemetryStore;
  /** Lets others have a turn. */
  readonly pause: () => Promise<void>;
}

export function createQueryAnswerer({ database, names, telemetry, pause }: Dependencies): QueryAnswerer {
  const clock = createClockTable(database);
  const known = createKnownEvents(database, names);
  const store = createFigureStore({ database, names, clock, known });
  const retention = createRetention(database, clock, store);
  const lists = createLists(database, names, known);
  const causes = createCauses(database, names, clock);
  const lineHead = database
    .prepare<[number], number>('SELECT "offset" FROM line_heads WHERE line = ?')
    .pluck();

  const asOfOf = (request: AsOfRequest | undefined): AsOf => {
    if (request === undefined) return clock.newest();
    return 'offset' in request ? clock.atOffset(request.offset) : clock.atInstant(request.at);
  };

  const configAt = (asOf: AsOf): PlantConfig | undefined => clock.configurations(asOf).at(-1)?.config;

  const done = (query: Selection, asOf: AsOf, value: unknown, isMoving = query.to > asOf.at): Reply => {
    const heads = query.lines.map((line) => lineHead.get(names.find(line) ?? -1) ?? 0);
    const loaded = clock.configurations(asOf).at(-1)?.offset ?? 0;
    // What lies behind changes only with events of its lines; the present with every entry.
    const newest = isMoving || query.asOf !== undefined ? asOf.offset : Math.max(0, loaded, ...heads);
    return { status: 'done', asOf: positionOf(asOf), version: String(newest), value };
  };

  const scopesOf = ({ lines, equipment }: Selection, byEquipment: boolean, asOf: AsOf): readonly Scope[] => {
    const config = clock.configurations(asOf).at(-1)?.config;
    if (equipment !== undefined) return [{ kind: 'equipment', path: equipment }];
    if (!byEquipment) return lines.map((path) => ({ kind: 'line', path }));
    const chosen = config?.equipment.filter(({ line }) => lines.includes(line)) ?? [];
    return chosen.map(({ path }) => ({ kind: 'equipment', path }));
  };

  /** What facts are asked of must still be there. */
  const refusalOf = (query: Selection, scopes: number, needsFacts: boolean): Reply | null => {
    const hours = (scopes * (query.to - query.from)) / HOUR_MS;
    const limit = query.asOf === undefined ? QUERY_LIMITS.hours : QUERY_LIMITS.hoursAsOf;
    if (hours > limit)
      return {
        status: 'tooMuch',
        path: 'to',
        message: `${Math.round(hours)} hours of lines or equipment are asked for at once; at most ${limit} are answered${
          query.asOf === undefined ? '' : ' as of the past'
        }. Ask for a shorter time or fewer lines.`,
      };
    const sealedTo = retention.sealedTo();
    if (needsFacts && query.from < sealedTo)
      return {
        status: 'notFound',
        message: `What machines said before ${new Date(sealedTo).toISOString()} is no longer kept; figures by hour are.`,
      };
    return null;
  };

  const jobs = (
    line: string,
    window: Selection | { from: number; to: number },
    asOf: AsOf,
  ): readonly Bucket[] => {
    const found: Bucket[] = [];
    const page = lists.subjects(
      {
        kind: 'subjects',
        subject: 'job',
        lines: [line],
        from: window.from,
        to: window.to,
        limit: QUERY_LIMITS.rows,
      },
      asOf,
    );
    for (const { id, acts } of page.rows) {
      // Before it was started it was only planned.
      const from = acts.find(({ type }) => type === 'jobStarted')?.at;
      const to = acts.findLast(({ type }) => type === 'jobCompleted' || type === 'jobCancelled')?.at;
      if (from === undefined) continue;
      found.push({ id, from: Math.max(from, window.from), to: Math.min(to ?? asOf.at, window.to) });
    }
    return found.filter(({ from, to }) => to > from);
  };

  const figures = async (query: Request<'figures'>): Promise<Reply> => {
    let asOf = asOfOf(query.asOf);
    const scopes = scopesOf(query, query.group === 'equipment', asOf);
    const refusal = refusalOf(query, scopes.length, query.asOf !== undefined);
    if (refusal !== null) return refusal;
    if (query.asOf === undefined) {
      for (const scope of scopes) {
        let from: number | null = query.from;
        while (from !== null && from < query.to) {
          from = store.fill(scope, { from, to: query.to });
          await pause();
        }
      }
      asOf = clock.newest();
    }
    const config = clock.configurations(asOf).at(-1)?.config;
    if (config === undefined) return { status: 'notFound', message: 'Nothing was known yet.' };
    const window = { from: query.from, to: query.to };
    const { bucket, group } = query;
    const request = { scopes, window, bucket, group, asOf, config };
    const rows = figureRows({ clock, known, store, jobs }, request);
    if (rows.length > QUERY_LIMITS.rows) return tooManyRows(rows.length);
    return done(query, asOf, rows);
  };

  const comparison = (query: Request<'comparison'>): Reply => {
    const then = asOfOf(query.asOf);
    const now = clock.newest();
    const scopes = scopesOf(query, false, now);
    const refusal = refusalOf(query, scopes.length, true);
    if (refusal !== null) return refusal;
    const window = { from: query.from, to: query.to };
    const at = (asOf: AsOf) => ({
      asOf: positionOf(asOf),
      figures: rollUpReport(
        scopes.flatMap((scope) => store.pieces(scope, window, asOf)),
        1,
      ),
    });
    const before = at(then);
    const after = at(now);
    const found = causes.between(query.lines, window, then, now);
    const text = differenceText(before.figures, after.figures, found);
    const { asOf: _, ...selection } = query;
    return done(selection, now, { earlier: before, now: after, causes: found, text });
  };

  const explanation = (query: Request<'explanation'>): Reply => {
    const asOf = asOfOf(query.asOf);
    const [scope] = scopesOf(query, false, asOf);
    const refusal = refusalOf(query, 1, true) ?? tooLongForFacts(query);
    if (refusal !== null) return refusal;
    const explained =
      scope === undefined ? null : explanationOf({ clock, known }, scope, query, asOf, query.limit);
    return explained === null
      ? { status: 'notFound', message: 'There is no such line or equipment.' }
      : done(query, asOf, explained);
  };

  const timeline = (query: Request<'timeline'>): Reply => {
    const asOf = asOfOf(query.asOf);
    const config = clock.configurations(asOf).at(-1)?.config;
    const refusal = refusalOf(query, 1, true) ?? tooLongForFacts(query);
    if (refusal !== null) return refusal;
    if (config === undefined) return { status: 'notFound', message: 'Nothing was known yet.' };
    const { equipment, from, to } = query;
    const { events } = known.around(config, { kind: 'equipment', path: equipment }, { from, to }, asOf);
    const state = stateFromEvents(
      config,
      events.map(({ event }) => event),
      asOf.at,
    );
    const found = equipmentTimeline(state, config, equipment, from, to, asOf.at);
    return 'unknown' in found
      ? { status: 'notFound', message: `There is no equipment "${equipment}".` }
      : done(query, asOf, found);
  };

  return {
    retention,
    async answer(query) {
      switch (query.kind) {
        case 'figures':
          return figures(query);
        case 'comparison':
          return comparison(query);
        case 'explanation':
          return explanation(query);
        case 'timeline':
          return timeline(query);
        case 'subjects': {
          const asOf = asOfOf(query.asOf);
          const { rows, next } = lists.subjects(query, asOf);
          const config = configAt(asOf);
          const named = rows.map((row) =>
            Object.assign({}, row, { acts: withAuthorNames(row.acts, config) }),
          );
          return done(query, asOf, { rows: named, next }, false);
        }
        case 'events': {
          const asOf = asOfOf(query.asOf);
          const { rows, next } = lists.events(query, asOf);
          return done(query, asOf, { rows: withAuthorNames(rows, configAt(asOf)), next }, false);
        }
        case 'acts': {
          const asOf = asOfOf(query.asOf);
          const { rows, next } = lists.acts(query, asOf);
          return done(query, asOf, { rows: withAuthorNames(rows, configAt(asOf)), next }, true);
        }
        case 'telemetry':
          return plain(clock.newest(), telemetry.read(query.equipment, query.name, query.from, query.to));
        case 'telemetryNames':
          break;
      }
      return plain(clock.newest(), telemetry.names(query.equipment));
    },
  };
}

/** Values that follow no position of the log have no version. */
function plain(asOf: AsOf, value: unknown): Reply {
  return { status: 'done', asOf: positionOf(asOf), version: '', value };
}

function positionOf({ offset, at }: AsOf): Position {
  return { offset, at };
}

function tooManyRows(count: number): Reply {
  const message = `${count} rows would be answered; at most ${QUERY_LIMITS.rows} are. Ask for a shorter time or larger buckets.`;
  return { status: 'tooMuch', path: 'bucket', message };
}

function tooLongForFacts({ from, to }: Selection): Reply | null {
  if (to - from <= QUERY_LIMITS.factsMs) return null;
  const days = QUERY_LIMITS.factsMs / (24 * HOUR_MS);
  return { status: 'tooMuch', path: 'to', message: `At most ${days} days are answered at once.` };
}
