import {
  configurationSpans,
  placeOf,
  type EventPlace,
  type FactoryEvent,
  type PlantConfig,
} from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { LogEntry } from '../engine/log/log-entry.ts';
import type { Names } from './names.ts';

export const BEARING = { none: 0, figure: 1, fact: 2 } as const;

/** Takes entries of the log into history, in their order; called inside a transaction, which `settle` ends. */
export interface EntryWriter {
  write(entry: LogEntry): void;
  /** Drops the sums that the entries written since touch, and moves the heads of their lines. */
  settle(): void;
  /** Of the newest entry taken in that loaded one. */
  config(): PlantConfig | undefined;
}

const HOUR_MS = 3_600_000;

interface SubjectRow {
  readonly line: number | null;
  readonly from_at: number;
  readonly to_at: number;
}

/** What the events written since speak of, on one line. */
interface Touched {
  /** Offset of the newest of them. */
  head: number;
  readonly stretches: { from: number; to: number }[];
}

export function createEntryWriter(database: Database, names: Names): EntryWriter {
  const statements = prepareStatements(database);
  let config = newestConfig(database);
  let linesByEquipment = lineTable(config);
  const touched = new Map<number, Touched>();

  const loadConfig = ({ offset, at }: LogEntry, plant: PlantConfig): void => {
    statements.configuration.run(offset, at, JSON.stringify(plant));
    config = plant;
    linesByEquipment = lineTable(plant);
    // It holds from the start of the shift that runs on each line.
    for (const { path } of plant.lines) {
      const loaded = [
        { at: 0, config: plant },
        { at, config: plant },
      ];
      const from = configurationSpans(loaded, path, { from: 0, to: Infinity }).at(-1)?.from ?? at;
      statements.dropHours.run(names.idOf(path), from, Number.MAX_SAFE_INTEGER);
    }
  };

  const lineOf = (place: EventPlace, known: SubjectRow | undefined): number | null => {
    const path =
      place.line ?? (place.equipment === undefined ? undefined : linesByEquipment.get(place.equipment));
    return path === undefined ? (known?.line ?? null) : names.idOf(path);
  };

  const touch = (line: number, offset: number): Touched => {
    const own = touched.get(line) ?? { head: offset, stretches: [] };
    own.head = offset;
    touched.set(line, own);
    return own;
  };

  const writeEvent = (offset: number, index: number, event: FactoryEvent): void => {
    const place = placeOf(event);
    const { subject } = place;
    const known = subject === undefined ? undefined : statements.subject.get(subject.kind, subject.id);
    const line = lineOf(place, known);
    const equipment = place.equipment === undefined ? null : names.idOf(place.equipment);
    const bearing = BEARING[place.bearing];
    statements.event.run(
      offset,
      index,
      names.idOf(event.type),
      place.from,
      place.to,
      line,
      equipment,
      subject?.kind ?? null,
      subject?.id ?? null,
      place.author ?? null,
      bearing,
      place.endsStops ? 1 : 0,
      JSON.stringify(event),
    );
    if (subject !== undefined)
      statements.keepSubject.run(subject.kind, subject.id, line, place.from, place.to, offset, offset);
    if ('rejectsGiven' in event && equipment !== null) statements.teller.run(equipment, offset, index);
    if (line === null) return;
    const { stretches } = touch(line, offset);
    if (bearing === BEARING.none) return;
    // An edit speaks of its instant; what it changes is the whole of what it is about.
    const from = Math.min(place.from, known?.from_at ?? place.from);
    const to = Math.max(place.to, known?.to_at ?? place.to);
    const last = stretches.at(-1);
    if (last === undefined || from > last.to + HOUR_MS || to < last.from - HOUR_MS)
      stretches.push({ from, to });
    else {
      last.from = Math.min(last.from, from);
      last.to = Math.max(last.to, to);
    }
  };

  return {
    config: () => config,
    write(entry) {
      const { offset, at, cause, outcome, events } = entry;
      statements.entry.run(offset, at);
      if (cause.kind === 'configLoaded') loadConfig(entry, cause.plant);
      if (cause.kind === 'command') {
        const { name, ...data } = cause.command;
        const line = 'line' in data && typeof data.line === 'string' ? data.line : null;
        const status = outcome !== null && 'status' in outcome ? outcome : { status: 'applied' };
        const reason = 'reason' in status && typeof status.reason === 'string' ? status.reason : null;
        statements.act.run(offset, at, cause.author, name, line, status.status, reason, JSON.stringify(data));
      }
      for (const [index, event] of events.entries())
        if (event.type !== 'timeAdvanced') writeEvent(offset, index, event);
    },
    settle() {
      for (const [line, { head, stretches }] of touched) {
        statements.lineHead.run(line, head);
        for (const { from, to } of stretches) statements.dropHours.run(line, from, to);
      }
      touched.clear();
    },
  };
}

function prepareStatements(database: Database) {
  return {
    entry: database.prepare('INSERT INTO entries ("offset", at) VALUES (?, ?)'),
    configuration: database.prepare('INSERT INTO configurations ("offset", at, plant) VALUES (?, ?, ?)'),
    act: database.prepare(
      'INSERT INTO acts ("offset", at, author, command, line, status, reason, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    event: database.prepare(
      'INSERT INTO events ("offset", place, type, from_at, to_at, line, equipment, kind, subject, author, bearing, ends_stops, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    subject: database.prepare<[string, string], SubjectRow>(
      'SELECT line, from_at, to_at FROM subjects WHERE kind = ? AND id = ?',
    ),
    keepSubject: database.prepare(
      `INSERT INTO subjects (kind, id, line, from_at, to_at, first_offset, last_offset) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at),
         last_offset = excluded.last_offset, line = coalesce(line, excluded.line)`,
    ),
    teller: database.prepare(
      'INSERT OR IGNORE INTO reject_tellers (equipment, "offset", place) VALUES (?, ?, ?)',
    ),
    lineHead: database.prepare(
      'INSERT INTO line_heads (line, "offset") VALUES (?, ?) ON CONFLICT DO UPDATE SET "offset" = excluded."offset"',
    ),
    dropHours: database.prepare(
      'DELETE FROM hours WHERE line = ? AND depends_to >= ? AND depends_from <= ? AND sealed = 0',
    ),
  };
}

function lineTable(config: PlantConfig | undefined): ReadonlyMap<string, string> {
  return new Map(config?.equipment.map(({ path, line }) => [path, line]));
}

function newestConfig(database: Database): PlantConfig | undefined {
  const text = database
    .prepare<[], string>('SELECT plant FROM configurations ORDER BY "offset" DESC LIMIT 1')
    .pluck()
    .get();
  return text === undefined ? undefined : (JSON.parse(text) as PlantConfig);
}
