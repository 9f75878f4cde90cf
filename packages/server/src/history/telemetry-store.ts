import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { SignalChange } from '@ms5/hub';
import type { Json } from '@ms5/wire';
import type { TelemetryRow } from './history-port.ts';
import type { HistorySettings } from './settings.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** More names than this are not kept: a machine that invents names must not fill the disk. */
const TELEMETRY_SERIES = 10_000;
/** Texts are kept up to this length. */
const LAST_LENGTH = 200;

/** What became of one name in one minute. */
interface Bin {
  readonly from: number;
  count: number;
  numbers: number;
  min: number;
  sum: number;
  max: number;
  last: string;
  lastAt: number;
}

/** Live values, kept as minimum, mean, maximum and last by minute, later by hour. They are in no log. */
export interface TelemetryStore {
  take(changes: readonly SignalChange[]): void;
  /** Writes what was taken since. */
  flush(): void;
  /** Drops what is older than is kept. */
  prune(now: number, settings: HistorySettings): void;
  read(equipment: string, name: string, from: number, to: number): readonly TelemetryRow[];
  names(equipment: string): readonly string[];
  close(): void;
}

interface BinRow {
  readonly from_at: number;
  readonly count: number;
  readonly numbers: number;
  readonly min: number | null;
  readonly sum: number;
  readonly max: number | null;
  readonly last: string;
  readonly last_at: number;
}

const TABLES = ['minutes', 'hours'] as const;
const SPAN_MS = { minutes: MINUTE_MS, hours: HOUR_MS } as const;

const COLUMNS = `(
  series INTEGER NOT NULL, from_at INTEGER NOT NULL, count INTEGER NOT NULL, numbers INTEGER NOT NULL,
  min REAL, sum REAL NOT NULL, max REAL, last TEXT NOT NULL, last_at INTEGER NOT NULL,
  PRIMARY KEY (series, from_at)
) WITHOUT ROWID`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, equipment TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (equipment, name));
  CREATE TABLE IF NOT EXISTS minutes ${COLUMNS};
  CREATE TABLE IF NOT EXISTS hours ${COLUMNS};
`;

export function openTelemetryStore(directory: string): TelemetryStore {
  mkdirSync(directory, { recursive: true });
  const database = new Sqlite(join(directory, 'telemetry.sqlite'), { timeout: 1000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(SCHEMA);
  const series = new Map<string, number>();
  for (const { id, equipment, name } of database
    .prepare<[], { id: number; equipment: string; name: string }>('SELECT id, equipment, name FROM series')
    .all())
    series.set(`${equipment}/${name}`, id);
  const insertSeries = database
    .prepare<[string, string], number>('INSERT INTO series (equipment, name) VALUES (?, ?) RETURNING id')
    .pluck();
  const upserts = TABLES.map((table) => ({
    spanMs: SPAN_MS[table],
    statement: database.prepare(
      `INSERT INTO ${table} (series, from_at, count, numbers, min, sum, max, last, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count, numbers = numbers + excluded.numbers,
         min = coalesce(min(min, excluded.min), min, excluded.min), sum = sum + excluded.sum,
         max = coalesce(max(max, excluded.max), max, excluded.max),
         last = CASE WHEN excluded.last_at >= last_at THEN excluded.last ELSE last END,
         last_at = max(last_at, excluded.last_at)`,
    ),
  }));
  const reads = TABLES.map((table) => ({
    spanMs: SPAN_MS[table],
    statement: database.prepare<[number, number, number], BinRow>(
      `SELECT from_at, count, numbers, min, sum, max, last, last_at FROM ${table} WHERE series = ? AND from_at > ? AND from_at < ? ORDER BY from_at`,
    ),
  }));
  const prunes = {
    minutes: database.prepare('DELETE FROM minutes WHERE from_at < ?'),
    hours: database.prepare('DELETE FROM hours WHERE from_at < ?'),
  };
  let bins = new Map<string, Bin>();

  const seriesOf = (key: string): number | undefined => {
    const known = series.get(key);
    if (known !== undefined || series.size >= TELEMETRY_SERIES) return known;
    const [area = '', line = '', equipment = '', ...name] = key.split('/');
    const id = insertSeries.get(`${area}/${line}/${equipment}`, name.join('/'));
    if (id !== undefined) series.set(key, id);
    return id;
  };

  const write = database.transaction((taken: ReadonlyMap<string, Bin>): void => {
    for (const [place, bin] of taken) {
      const id = seriesOf(place.slice(place.indexOf(' ') + 1));
      if (id === undefined) continue;
      const isNumeric = bin.numbers > 0;
      for (const { spanMs, statement } of upserts)
        statement.run(
          id,
          Math.floor(bin.from / spanMs) * spanMs,
          bin.count,
          bin.numbers,
          isNumeric ? bin.min : null,
          bin.sum,
          isNumeric ? bin.max : null,
          bin.last,
          bin.lastAt,
        );
    }
  });

  const store: TelemetryStore = {
    take(changes) {
      for (const { topic, at, value } of changes) {
        const key = seriesKey(topic);
        if (key === null) continue;
        const from = Math.floor(at / MINUTE_MS) * MINUTE_MS;
        const place = `${from} ${key}`;
        const text = Buffer.from(value).toString();
        addTo(bins, place, from, at, text);
      }
    },
    flush() {
      if (bins.size === 0) return;
      const taken = bins;
      bins = new Map();
      write.immediate(taken);
    },
    prune(now, { minutesKeptMs, hoursKeptMs }) {
      // By whole hours, so that hours take over without a gap.
      prunes.minutes.run(Math.floor((now - minutesKeptMs) / HOUR_MS) * HOUR_MS);
      prunes.hours.run(now - hoursKeptMs);
    },
    read(equipment, name, from, to) {
      store.flush();
      const id = series.get(`${equipment}/${name}`);
      if (id === undefined) return [];
      const [minutes = [], hours = []] = reads.map(({ spanMs, statement }) =>
        statement.all(id, from - spanMs, to).map((row) => rowOf(row, spanMs)),
      );
      // By minute as far back as there are any, by hour before.
      const edge = minutes[0]?.from ?? Infinity;
      return [...hours.filter((row) => row.to <= edge), ...minutes];
    },
    names(equipment) {
      store.flush();
      const prefix = `${equipment}/`;
      return [...series.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
    },
    close() {
      store.flush();
      database.close();
    },
  };
  return store;
}

/** `{area}/{line}/{equipment}/{name}` of a topic of telemetry; `null`: it is none. */
function seriesKey(topic: string): string | null {
  const match = /^[^/]+\/([^/]+\/[^/]+\/[^/]+)\/telemetry\/(.+)$/.exec(topic);
  return match === null ? null : `${match[1] ?? ''}/${match[2] ?? ''}`;
}

function addTo(bins: Map<string, Bin>, place: string, from: number, at: number, text: string): void {
  let bin = bins.get(place);
  if (bin === undefined) {
    if (bins.size >= TELEMETRY_SERIES) return;
    bin = { from, count: 0, numbers: 0, min: Infinity, sum: 0, max: -Infinity, last: text, lastAt: at };
    bins.set(place, bin);
  }
  bin.count += 1;
  const value: unknown = JSON.parse(text);
  if (typeof value === 'number') {
    bin.numbers += 1;
    bin.sum += value;
    bin.min = Math.min(bin.min, value);
    bin.max = Math.max(bin.max, value);
  }
  if (at < bin.lastAt) return;
  bin.last = text.length > LAST_LENGTH ? JSON.stringify(text.slice(0, LAST_LENGTH)) : text;
  bin.lastAt = at;
}

function rowOf(row: BinRow, spanMs: number): TelemetryRow {
  const { from_at: from, count, numbers, min, sum, max } = row;
  return {
    from,
    to: from + spanMs,
    count,
    min,
    mean: numbers === 0 ? null : sum / numbers,
    max,
    last: JSON.parse(row.last) as Json,
    lastAt: row.last_at,
  };
}
