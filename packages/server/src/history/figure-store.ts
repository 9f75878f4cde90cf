import {
  configurationSpans,
  figurePieces,
  localHours,
  stateFromEvents,
  type FigureSums,
  type Interval,
  type PlantConfig,
  type Scope,
} from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { ClockTable } from './clock-table.ts';
import type { AsOf, KnownEvents } from './known-events.ts';
import type { Names } from './names.ts';

/** Sums of one stretch in which one product was set. */
export interface Piece extends Interval, FigureSums {
  readonly product: string | null;
}

/** Sums of figures, kept by hour. */
export interface FigureStore {
  /** Sums over a window as known at an offset. Hours that can no longer change by themselves are kept. */
  pieces(scope: Scope, window: Interval, asOf: AsOf): readonly Piece[];
  /** Computes and keeps the next hours of the window that are not kept yet; answers where to go on, `null`: done. */
  fill(scope: Scope, window: Interval): number | null;
  /** Keeps every hour that overlaps the window, also those that a late fact might still change. */
  keepAll(scope: Scope, window: Interval): void;
}

/** Which of the computed hours are kept. */
type Keeping = 'none' | 'settled' | 'all';

/** Hours computed together: their facts are read once. */
const RUN_HOURS = 24;

interface Segment extends Interval {
  /** A whole hour that has passed. */
  readonly whole: boolean;
}

interface HourRow {
  readonly from_at: number;
  readonly to_at: number;
  readonly pieces: string;
}

interface Dependencies {
  readonly database: Database;
  readonly names: Names;
  readonly clock: ClockTable;
  readonly known: KnownEvents;
}

export function createFigureStore({ database, names, clock, known }: Dependencies): FigureStore {
  const kept = database.prepare<[string, number, number], HourRow>(
    'SELECT from_at, to_at, pieces FROM hours WHERE scope = ? AND from_at >= ? AND from_at < ?',
  );
  const keep = database.prepare(
    'INSERT OR REPLACE INTO hours (scope, line, from_at, to_at, depends_from, depends_to, sealed, pieces) VALUES (?, ?, ?, ?, ?, ?, 0, ?)',
  );

  const segmentsOf = (window: Interval, asOf: AsOf): readonly Segment[] => {
    const zone = clock.configurations(asOf).at(-1)?.config.site.timeZone;
    if (zone === undefined) return [];
    return localHours(zone, window).map((hour) => {
      const from = Math.max(hour.from, window.from);
      const to = Math.min(hour.to, window.to);
      return { from, to, whole: from === hour.from && to === hour.to && to <= asOf.at };
    });
  };

  const keptHours = (scope: Scope, { from, to }: Interval): Map<number, HourRow> =>
    new Map(kept.all(keyOf(scope), from, to).map((row) => [row.from_at, row]));

  /** Computes consecutive segments from one reading of their events; keeps those that may be kept. */
  const compute = (scope: Scope, run: readonly Segment[], asOf: AsOf, keeping: Keeping): readonly Piece[] => {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) return [];
    const pieces: Piece[] = [];
    const loaded = clock.configurations(asOf);
    const newest = loaded.at(-1)?.config;
    const line = newest === undefined ? undefined : lineOf(newest, scope);
    if (line === undefined) return [];
    const spans = configurationSpans(loaded, line, { from: first.from, to: last.to });
    const bySegment = new Map<Segment, Piece[]>(run.map((segment) => [segment, []]));
    let depends: Interval = { from: first.from, to: last.to };
    let settled = true;
    for (const { config, ...span } of spans) {
      const window = known.around(config, scope, span, asOf);
      depends = {
        from: Math.min(depends.from, window.depends.from),
        to: Math.max(depends.to, window.depends.to),
      };
      settled &&= window.settled;
      const events = window.events.map(({ event }) => event);
      const state = stateFromEvents(config, events, asOf.at);
      for (const segment of run) {
        const stretch = {
          from: Math.max(span.from, segment.from),
          to: Math.min(span.to, segment.to, asOf.at),
        };
        if (stretch.to <= stretch.from) continue;
        const own = figurePieces(state, config, scope, stretch, asOf.at).map(pieceOf);
        bySegment.get(segment)?.push(...own);
        pieces.push(...own);
      }
    }
    if (keeping === 'all' || (keeping === 'settled' && settled)) {
      const lineId = names.find(line);
      for (const [segment, own] of bySegment)
        if (segment.whole && lineId !== undefined)
          keep.run(
            keyOf(scope),
            lineId,
            segment.from,
            segment.to,
            depends.from,
            Math.min(depends.to, Number.MAX_SAFE_INTEGER),
            JSON.stringify(own),
          );
    }
    return pieces;
  };

  return {
    pieces(scope, window, asOf) {
      const isNewest = asOf.offset === clock.newest().offset;
      const segments = segmentsOf({ ...window, to: Math.min(window.to, asOf.at) }, asOf);
      const hours = isNewest ? keptHours(scope, window) : new Map<number, HourRow>();
      const pieces: Piece[] = [];
      let run: Segment[] = [];
      const flush = (): void => {
        pieces.push(...compute(scope, run, asOf, isNewest ? 'settled' : 'none'));
        run = [];
      };
      for (const segment of segments) {
        const hour = segment.whole ? hours.get(segment.from) : undefined;
        if (hour?.to_at === segment.to) {
          flush();
          pieces.push(...(JSON.parse(hour.pieces) as Piece[]));
        } else {
          run.push(segment);
          if (run.length === RUN_HOURS) flush();
        }
      }
      flush();
      return pieces;
    },
    fill(scope, window) {
      const asOf = clock.newest();
      const hours = keptHours(scope, window);
      const run: Segment[] = [];
      for (const segment of segmentsOf(window, asOf)) {
        if (!segment.whole) continue;
        const isMissing = !hours.has(segment.from);
        if (isMissing && run.length < RUN_HOURS) run.push(segment);
        else if (run.length > 0) break;
      }
      if (run.length === 0) return null;
      compute(scope, run, asOf, 'settled');
      return run.at(-1)?.to ?? null;
    },
    keepAll(scope, window) {
      const asOf = clock.newest();
      const hours = keptHours(scope, window);
      const missing = segmentsOf(window, asOf)
        .filter(({ from }) => !hours.has(from))
        .map(({ from, to }) => ({ from, to, whole: true }));
      for (let start = 0; start < missing.length; start += RUN_HOURS)
        compute(scope, missing.slice(start, start + RUN_HOURS), asOf, 'all');
    },
  };
}

function keyOf({ kind, path }: Scope): string {
  return `${kind}:${path}`;
}

export function lineOf(config: PlantConfig, { kind, path }: Scope): string | undefined {
  return kind === 'line'
    ? config.lines.find((line) => line.path === path)?.path
    : config.equipment.find((equipment) => equipment.path === path)?.line;
}

function pieceOf({ from, to, product, figures }: ReturnType<typeof figurePieces>[number]): Piece {
  const { weights, times, losses, counts, byProduct, flags } = figures;
  return { from, to, product, weights, times, losses, counts, byProduct, flags };
}
