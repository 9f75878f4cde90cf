import {
  FACT_TYPES,
  placeOf,
  type FactoryEvent,
  type Interval,
  type KnownEvent,
  type PlantConfig,
  type Scope,
} from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { Names } from './names.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A stop, or a total that was not read again, is followed no further than this beyond a window. */
const FOLLOWED_MS = 60 * DAY_MS;
/** What people did is looked for this far around the facts: an open changeover, a plan made weeks ahead. */
const ACTS_AROUND_MS = 60 * DAY_MS;
/** A span of hearings begins at most this long before an instant it covers. */
const HEARING_MS = DAY_MS;

/** The events that the figures of a window hang on. */
interface KnownWindow {
  readonly events: readonly PlacedEvent[];
  /** An event inside this stretch may change the figures. */
  readonly depends: Interval;
  /** No fact that is still to come in order can change them. */
  readonly settled: boolean;
}

/** An event and its place in the log. */
interface PlacedEvent extends KnownEvent {
  readonly place: number;
}

interface Row {
  readonly offset: number;
  readonly place: number;
  readonly data: string;
}

/** As of an offset at which it was `at`. */
export interface AsOf {
  readonly offset: number;
  readonly at: number;
}

export interface KnownEvents {
  /** Events of the line of a scope around a window, in the order of the log, as of an offset. */
  around(config: PlantConfig, scope: Scope, window: Interval, asOf: AsOf): KnownWindow;
  /** What people did to a line around a stretch: all that bears on its plan. */
  actsAround(line: string, stretch: Interval, asOf: AsOf): readonly FactoryEvent[];
  ofSubject(kind: string, id: string, offset: number): readonly KnownEvent[];
}

export function createKnownEvents(database: Database, names: Names): KnownEvents {
  const statements = prepareStatements(database);
  /** The type by which a state is taken back; −1: none ever was. */
  const withdrawal = (): number => names.find('equipmentStateWithdrawn') ?? -1;

  /**
   * How far around the window the facts of one equipment reach into its figures: back to the total read last before
   * it and over the whole stops at its edges, and on to the total that the last one in it is judged by.
   */
  const reachOf = (
    equipment: number,
    { from, to }: Interval,
    asOf: AsOf,
    withStates: boolean,
    isPulsed: boolean,
  ): Interval & { settled: boolean } => {
    const reading = names.find('counterRead');
    const readBefore =
      reading === undefined ? undefined : statements.atBefore.get(equipment, reading, from, asOf.offset);
    const readAfter =
      reading === undefined ? undefined : statements.atAfter.get(equipment, reading, to, asOf.offset);
    const low = Math.min(from, readBefore ?? from);
    const reach = {
      from: low,
      to: Math.max(to, readAfter ?? to),
      settled: readBefore === undefined || readAfter !== undefined,
    };
    if (!withStates) return { ...reach, from: Math.max(low, from - FOLLOWED_MS) };
    const { offset } = asOf;
    const ran = statements.ranBefore.get(equipment, low, offset, withdrawal(), offset) ?? low;
    const ranFrom = statements.ranAfter.get(equipment, to, offset, withdrawal(), offset);
    // A pulse may tell that the machine ran a cycle before; it is the pulse that was heard.
    const runs = ranFrom !== undefined && isPulsed ? countedFrom(equipment, ranFrom, asOf) : ranFrom;
    return {
      from: Math.max(Math.min(low, ran), from - FOLLOWED_MS),
      to: Math.min(Math.max(reach.to, runs ?? Infinity), to + FOLLOWED_MS),
      settled: reach.settled && runs !== undefined,
    };
  };

  /** The first count from an instant on; the instant itself where there is none. */
  const countedFrom = (equipment: number, at: number, { offset }: AsOf): number => {
    const found = (['counterRead', 'counted'] as const).flatMap((type) => {
      const id = names.find(type);
      return id === undefined ? [] : (statements.atAfter.get(equipment, id, at - 1, offset) ?? []);
    });
    return found.length === 0 ? at : Math.min(...found);
  };

  /**
   * The facts in a stretch and those that hold at its start; `heldFrom`: since when the oldest product or mode does.
   */
  const factsOf = (
    equipment: number,
    reach: Interval,
    asOf: AsOf,
  ): { readonly rows: readonly Row[]; readonly heldFrom: number } => {
    const rows: Row[] = [];
    let heldFrom = reach.from;
    for (const type of FACT_TYPES) {
      const id = names.find(type);
      if (id === undefined) continue;
      const before =
        type === 'equipmentStateChanged'
          ? statements.stateBefore.get(equipment, id, reach.from, asOf.offset, withdrawal(), asOf.offset)
          : statements.before.get(equipment, id, reach.from, asOf.offset);
      if (before !== undefined) rows.push(before);
      if (before !== undefined && HOLDING.has(type))
        heldFrom = Math.min(heldFrom, placeOf(eventOf(before)).from);
      const low = type === 'equipmentHeard' ? reach.from - HEARING_MS : reach.from;
      const to = Math.min(reach.to, Number.MAX_SAFE_INTEGER);
      rows.push(...statements.between.all(equipment, id, low, to, asOf.offset));
    }
    const teller = statements.teller.get(equipment, asOf.offset);
    if (teller !== undefined) rows.push(teller);
    return { rows, heldFrom };
  };

  const actsOf = (line: number, { from, to }: Interval, asOf: AsOf): readonly Row[] => {
    const low = from - ACTS_AROUND_MS;
    const high = Math.min(to + ACTS_AROUND_MS, Number.MAX_SAFE_INTEGER);
    return statements.acts.all({ line, low, high, offset: asOf.offset });
  };

  return {
    around(config, scope, window, asOf) {
      const path =
        scope.kind === 'line' ? scope.path : config.equipment.find((each) => each.path === scope.path)?.line;
      const line = config.lines.find((each) => each.path === path);
      const lineId = line === undefined ? undefined : names.find(line.path);
      if (line === undefined || lineId === undefined) return { events: [], depends: window, settled: false };
      const carriers = new Set([line.constraint, ...Object.values(line.constraintByProduct ?? {})]);
      const concerned = scope.kind === 'line' ? line.equipment : [scope.path];
      const pulsed = new Set(
        config.equipment.flatMap(({ path: each, pulse }) => (pulse === undefined ? [] : [each])),
      );
      const rows: Row[] = [];
      const depends = { from: window.from, to: window.to };
      let settled = window.to <= asOf.at;
      let heldFrom = window.from;
      for (const equipment of concerned) {
        const id = names.find(equipment);
        if (id === undefined) continue;
        const withStates = scope.kind === 'equipment' || carriers.has(equipment);
        const reach = reachOf(id, window, asOf, withStates, pulsed.has(equipment));
        if (!reach.settled) settled = false;
        depends.from = Math.min(depends.from, reach.from);
        depends.to = Math.max(depends.to, reach.to);
        const facts = factsOf(id, reach, asOf);
        rows.push(...facts.rows);
        heldFrom = Math.min(heldFrom, facts.heldFrom);
      }
      rows.push(...actsOf(lineId, depends, asOf));
      depends.from = Math.min(depends.from, heldFrom);
      return { events: inOrder(rows).map(placed), depends, settled };
    },
    actsAround(line, stretch, asOf) {
      const id = names.find(line);
      return id === undefined ? [] : inOrder(actsOf(id, stretch, asOf)).map(eventOf);
    },
    ofSubject: (kind, id, offset) =>
      statements.subject.all(kind, id, offset).map((row) => ({ offset: row.offset, event: eventOf(row) })),
  };
}

/** By position in the log, each once. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  const sorted = rows.toSorted((a, b) => a.offset - b.offset || a.place - b.place);
  return sorted.filter((row, index) => {
    const before = sorted[index - 1];
    return before?.offset !== row.offset || before.place !== row.place;
  });
}

function placed(row: Row): PlacedEvent {
  return { offset: row.offset, place: row.place, event: eventOf(row) };
}

function eventOf({ data }: Row): FactoryEvent {
  return JSON.parse(data) as FactoryEvent;
}

/** What holds until the next of its kind, however long ago it was told. */
const HOLDING: ReadonlySet<string> = new Set(['productChanged', 'equipmentModeChanged']);

/** Of a state: that it was not taken back since, as pulses do. Bound to the type of that, and the offset. */
const STANDS = `NOT EXISTS (
  SELECT 1 FROM events AS taken WHERE taken.bearing = 2 AND taken.equipment = events.equipment AND taken.type = ?
    AND taken.from_at = events.from_at AND (taken."offset", taken.place) > (events."offset", events.place)
    AND taken."offset" <= ?)`;

function prepareStatements(database: Database) {
  const columns = '"offset", place, data';
  const fact = 'FROM events WHERE bearing = 2 AND equipment = ? AND type = ?';
  return {
    before: database.prepare<[number, number, number, number], Row>(
      `SELECT ${columns} ${fact} AND from_at < ? AND "offset" <= ? ORDER BY from_at DESC LIMIT 1`,
    ),
    between: database.prepare<[number, number, number, number, number], Row>(
      `SELECT ${columns} ${fact} AND from_at BETWEEN ? AND ? AND "offset" <= ?`,
    ),
    stateBefore: database.prepare<[number, number, number, number, number, number], Row>(
      `SELECT ${columns} ${fact} AND from_at < ? AND "offset" <= ? AND ${STANDS} ORDER BY from_at DESC LIMIT 1`,
    ),
    atBefore: database
      .prepare<[number, number, number, number], number>(
        `SELECT from_at ${fact} AND from_at <= ? AND "offset" <= ? ORDER BY from_at DESC LIMIT 1`,
      )
      .pluck(),
    atAfter: database
      .prepare<[number, number, number, number], number>(
        `SELECT from_at ${fact} AND from_at > ? AND "offset" <= ? ORDER BY from_at LIMIT 1`,
      )
      .pluck(),
    ranBefore: database
      .prepare<[number, number, number, number, number], number>(
        `SELECT from_at FROM events WHERE ends_stops = 1 AND equipment = ? AND from_at <= ? AND "offset" <= ? AND ${STANDS} ORDER BY from_at DESC LIMIT 1`,
      )
      .pluck(),
    ranAfter: database
      .prepare<[number, number, number, number, number], number>(
        `SELECT from_at FROM events WHERE ends_stops = 1 AND equipment = ? AND from_at > ? AND "offset" <= ? AND ${STANDS} ORDER BY from_at LIMIT 1`,
      )
      .pluck(),
    teller: database.prepare<[number, number], Row>(
      `SELECT ${columns} FROM reject_tellers JOIN events USING ("offset", place) WHERE reject_tellers.equipment = ? AND "offset" <= ?`,
    ),
    acts: database.prepare<{ line: number; low: number; high: number; offset: number }, Row>(
      `SELECT ${columns} FROM events WHERE bearing = 1 AND line = @line AND from_at BETWEEN @low AND @high AND "offset" <= @offset
       UNION
       SELECT events."offset", events.place, events.data FROM subjects JOIN events ON events.kind = subjects.kind AND events.subject = subjects.id
       WHERE subjects.line = @line AND subjects.from_at <= @high AND subjects.to_at >= @low AND events.bearing = 1 AND events."offset" <= @offset`,
    ),
    subject: database.prepare<[string, string, number], Row>(
      `SELECT ${columns} FROM events WHERE kind = ? AND subject = ? AND "offset" <= ? ORDER BY "offset", place`,
    ),
  };
}
