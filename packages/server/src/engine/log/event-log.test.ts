import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryEventLog } from './event-log-memory.ts';
import { openEventLogReader, type EventLogReader } from './event-log-reader.ts';
import { openSqliteEventLog } from './event-log-sqlite.ts';
import { OUTCOMES_KEPT_PER_CLIENT, type CommitGroup, type EventLog } from './event-log.ts';
import { ENTRY_VERSION, type LogEntry } from './log-entry.ts';
import { LogError, toLogError } from './log-error.ts';

const opened: EventLog[] = [];

function keep(log: EventLog): EventLog {
  opened.push(log);
  return log;
}

const readers: EventLogReader[] = [];

function openedReader(at: string): EventLogReader {
  const reader = openEventLogReader(at);
  readers.push(reader);
  return reader;
}

afterEach(() => {
  for (const each of [...opened.splice(0), ...readers.splice(0)]) each.close();
});

function directory(): string {
  return mkdtempSync(join(tmpdir(), 'ms5-log-'));
}

function tick(offset: number, at = offset * 1000): LogEntry {
  return {
    offset,
    at,
    version: ENTRY_VERSION,
    cause: { kind: 'tick' },
    outcome: null,
    events: [{ type: 'timeAdvanced', at }],
    projected: true,
  };
}

/** Parts counted by two machines. */
function counts(offset: number, number: number): LogEntry {
  const at = 1_700_000_000_000 + offset * 1000;
  const said = Array.from({ length: number }, (_, index) => ({
    equipment: `hall/press-${index % 2}`,
    at: at - index,
    good: index % 3,
  }));
  return {
    offset,
    at,
    version: ENTRY_VERSION,
    cause: {
      kind: 'observations',
      source: 'user:press',
      observations: said.map((each) => Object.assign({ receivedAt: at }, each)),
    },
    outcome: { accepted: number, refused: 0 },
    events: said.map(({ equipment, at: countedAt, good }) => ({
      type: 'counted',
      equipment,
      at: countedAt,
      good,
      scrap: 0,
      rework: 0,
    })),
    projected: false,
  };
}

function group(entries: readonly LogEntry[], more: Partial<CommitGroup> = {}): CommitGroup {
  return { entries, commands: [], observationKeys: [], publicationKeys: [], ...more };
}

function command(clientId: string, counter: number, offset: number) {
  return {
    key: { clientId, counter },
    offset,
    at: offset * 1000,
    outcome: { status: 'applied' as const, data: { callId: `call-${counter}` } },
  };
}

const ADAPTERS: readonly (readonly [name: string, open: () => EventLog])[] = [
  ['in memory', () => createMemoryEventLog()],
  ['SQLite', () => openSqliteEventLog(directory(), 'works')],
];

describe.each(ADAPTERS)('the event log %s', (_, open) => {
  it('starts empty', () => {
    const log = keep(open());
    expect(log.head()).toBe(0);
    expect([...log.entries(0)]).toEqual([]);
    expect(log.latestConfig()).toBe(undefined);
    expect(log.latestSnapshot()).toBe(undefined);
    expect(log.id).not.toBe('');
  });

  it('gives back what was committed, in order', () => {
    const log = keep(open());
    log.commit(group([tick(1), tick(2)]));
    log.commit(group([tick(3)]));
    expect(log.head()).toBe(3);
    expect([...log.entries(0)]).toEqual([tick(1), tick(2), tick(3)]);
    expect([...log.entries(2)]).toEqual([tick(3)]);
  });

  it('tells what machines said where it is asked, in the midst of reading and after', () => {
    const log = keep(open());
    log.commit(group([counts(1, 4), tick(2), counts(3, 2), counts(4, 400)]));
    const read: LogEntry[] = [];
    for (const entry of log.entries(0)) {
      if (entry.offset === 1) expect(entry.cause).toEqual(counts(1, 4).cause);
      read.push(entry);
    }
    expect(read).toEqual([counts(1, 4), tick(2), counts(3, 2), counts(4, 400)]);
  });

  it('takes no gap and no repetition, and nothing of a group that holds one', () => {
    const log = keep(open());
    log.commit(group([tick(1)]));
    expect(() => log.commit(group([tick(3)]))).toThrow(LogError);
    expect(() => log.commit(group([tick(1)]))).toThrow(LogError);
    expect(() => log.commit(group([tick(2), tick(4)]))).toThrow(LogError);
    expect(log.head()).toBe(1);
    expect([...log.entries(0)]).toEqual([tick(1)]);
    log.commit(group([tick(2)]));
    expect(log.head()).toBe(2);
  });

  it('finds the configuration in force', () => {
    const log = keep(open());
    const plant = {
      site: { id: 'works', name: 'Works', timeZone: 'UTC' },
      lines: [],
      equipment: [],
      products: [],
      shifts: [],
      reasons: [],
    };
    const config = (offset: number): LogEntry => ({
      ...tick(offset),
      cause: { kind: 'configLoaded', plant },
    });
    log.commit(group([config(1), tick(2), config(3), tick(4)]));
    expect(log.latestConfig()?.offset).toBe(3);
  });

  it('remembers outcomes by key, and how far each client has come', () => {
    const log = keep(open());
    log.commit(group([tick(1)], { commands: [command('a', 5, 1)] }));
    expect(log.commandRecord({ clientId: 'a', counter: 5 })).toEqual({
      highest: 5,
      stored: command('a', 5, 1),
    });
    expect(log.commandRecord({ clientId: 'a', counter: 4 })).toEqual({ highest: 5 });
    expect(log.commandRecord({ clientId: 'b', counter: 5 })).toEqual({ highest: 0 });
  });

  it('forgets old outcomes, not the counter', () => {
    const log = keep(open());
    const last = OUTCOMES_KEPT_PER_CLIENT + 1;
    const counters = Array.from({ length: last }, (_, index) => index + 1);
    const commands = counters.map((counter) => command('a', counter, counter));
    log.commit(
      group(
        counters.map((offset) => tick(offset)),
        { commands },
      ),
    );
    expect(log.commandRecord({ clientId: 'a', counter: 1 })).toEqual({ highest: last });
    expect(log.commandRecord({ clientId: 'a', counter: 2 }).stored?.offset).toBe(2);
  });

  it('remembers keys of observations until they expire', () => {
    const log = keep(open());
    const hourMs = 3_600_000;
    const keys = [
      { source: 's', key: 'short', expiresAt: hourMs },
      { source: 's', key: 'long', expiresAt: 10 * hourMs },
    ];
    log.commit(group([], { observationKeys: keys }));
    expect([...log.knownObservationKeys('s', ['short', 'never', 'long'])].sort()).toEqual(['long', 'short']);
    expect(log.knownObservationKeys('t', ['short']).size).toBe(0);
    expect(log.prune(5 * hourMs)).toBe(false);
    expect([...log.knownObservationKeys('s', ['short', 'long'])]).toEqual(['long']);
  });

  it('forgets expired keys of observations in steps, however many there are', () => {
    const log = keep(open());
    const hourMs = 3_600_000;
    const keys = Array.from({ length: 12_000 }, (_, index) => `k${index}`);
    const observationKeys = keys.map((key, index) => ({
      source: `s${index % 3}`,
      key,
      expiresAt: (index % 2 === 0 ? 1 : 10) * hourMs,
    }));
    log.commit(group([], { observationKeys }));
    let steps = 1;
    while (log.prune(5 * hourMs)) steps += 1;
    expect(steps).toBeLessThan(5);
    const left = ['s0', 's1', 's2'].flatMap((source) => Array.from(log.knownObservationKeys(source, keys)));
    expect(left.sort()).toEqual(keys.filter((_, index) => index % 2 === 1).sort());
  });

  it('remembers keys of publications by author, with the offset, until they expire', () => {
    const log = keep(open());
    const hourMs = 3_600_000;
    const publicationKeys = [
      { author: 'a', key: 'short', offset: 1, expiresAt: hourMs },
      { author: 'a', key: 'long', offset: 1, expiresAt: 10 * hourMs },
    ];
    log.commit(group([tick(1)], { publicationKeys }));
    expect(log.publicationOffset('a', 'short')).toBe(1);
    expect(log.publicationOffset('b', 'short')).toBe(undefined);
    expect(log.prune(5 * hourMs)).toBe(false);
    expect(log.publicationOffset('a', 'short')).toBe(undefined);
    expect(log.publicationOffset('a', 'long')).toBe(1);
  });

  it('forgets clients that were to be known for a time only', () => {
    const log = keep(open());
    const hourMs = 3_600_000;
    const of = (clientId: string, offset: number, expiresAt?: number) => ({
      ...command(clientId, 1, offset),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    log.commit(group([tick(1), tick(2)], { commands: [of('key', 1, hourMs), of('lasting', 2)] }));
    log.commit(group([tick(3)], { commands: [of('session', 3, 10 * hourMs)] }));
    expect(log.commandRecord({ clientId: 'key', counter: 1 }).stored?.offset).toBe(1);
    expect(log.prune(5 * hourMs)).toBe(false);
    expect(log.commandRecord({ clientId: 'key', counter: 1 })).toEqual({ highest: 0 });
    expect(log.commandRecord({ clientId: 'lasting', counter: 1 }).highest).toBe(1);
    expect(log.commandRecord({ clientId: 'session', counter: 1 }).highest).toBe(1);
  });

  it('keeps the newest snapshot', () => {
    const log = keep(open());
    log.saveSnapshot({ offset: 1, at: 1000, version: 'v', data: Uint8Array.of(1) });
    log.saveSnapshot({ offset: 5, at: 5000, version: 'v', data: Uint8Array.of(5, 6) });
    const snapshot = log.latestSnapshot();
    expect(snapshot).toMatchObject({ offset: 5, at: 5000, version: 'v' });
    expect([...(snapshot?.data ?? [])]).toEqual([5, 6]);
  });

  it('closes more than once', () => {
    const log = open();
    log.checkpoint();
    log.close();
    log.close();
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof LogError ? error.code : String(error);
  }
  return 'none';
}

describe('the SQLite file', () => {
  it('is the same log when opened again', () => {
    const at = directory();
    const first = openSqliteEventLog(at, 'works');
    const { id } = first;
    first.commit(group([tick(1)], { commands: [command('a', 1, 1)] }));
    first.close();
    const second = keep(openSqliteEventLog(at, 'works'));
    expect(second.id).toBe(id);
    expect([...second.entries(0)]).toEqual([tick(1)]);
    expect(second.commandRecord({ clientId: 'a', counter: 1 }).highest).toBe(1);
  });

  it('holds every commit, though the process dies without closing it', () => {
    const at = directory();
    const log = keep(openSqliteEventLog(at, 'works'));
    log.commit(group([tick(1), tick(2)]));
    const copy = directory();
    for (const name of ['events.sqlite', 'events.sqlite-wal']) copyFileSync(join(at, name), join(copy, name));
    expect([...keep(openSqliteEventLog(copy, 'works')).entries(0)]).toEqual([tick(1), tick(2)]);
  });

  it('is used by one process at a time, and may be read beside it', () => {
    const at = directory();
    const log = openSqliteEventLog(at, 'works');
    log.commit(group([tick(1)]));
    expect(codeOf(() => openSqliteEventLog(at, 'works'))).toBe('logLocked');
    const reader = new Sqlite(join(at, 'events.sqlite'), { readonly: true });
    expect(reader.prepare('SELECT kind FROM entries').pluck().all()).toEqual(['tick']);
    reader.close();
    log.close();
    keep(openSqliteEventLog(at, 'works'));
  });

  it('is read in stretches of bounded length', () => {
    const where = directory();
    const log = keep(openSqliteEventLog(where, 'works'));
    log.commit(group([counts(1, 4), counts(2, 4), counts(3, 1), counts(4, 9), tick(5)]));
    const reader = openEventLogReader(where);
    const read = (after: number, limit: number, events?: number) =>
      reader.entries(after, limit, events).map(({ offset }) => offset);
    expect(read(0, 10)).toEqual([1, 2, 3, 4, 5]);
    expect(read(1, 2)).toEqual([2, 3]);
    expect(read(0, 10, 8)).toEqual([1, 2]);
    // The entry in which the number is reached is whole.
    expect(read(2, 10, 5)).toEqual([3, 4]);
    expect(read(3, 10, 1)).toEqual([4]);
    expect(read(5, 10, 1)).toEqual([]);
    reader.close();
  });

  it('that is garbage, of another program, another site or a newer version is refused, each with its code', () => {
    const garbage = directory();
    writeFileSync(join(garbage, 'events.sqlite'), 'x'.repeat(10_000));
    expect(codeOf(() => openSqliteEventLog(garbage, 'works'))).toBe('logCorrupt');

    const foreign = directory();
    const other = new Sqlite(join(foreign, 'events.sqlite'));
    other.exec('CREATE TABLE entries (x)');
    other.close();
    expect(codeOf(() => openSqliteEventLog(foreign, 'works'))).toBe('logForeign');

    const own = directory();
    openSqliteEventLog(own, 'works').close();
    expect(codeOf(() => openSqliteEventLog(own, 'mill'))).toBe('logOtherSite');
    const newer = new Sqlite(join(own, 'events.sqlite'));
    newer.pragma('user_version = 99');
    newer.close();
    expect(codeOf(() => openSqliteEventLog(own, 'works'))).toBe('logNewer');
  });

  it('with an entry that cannot be read says which', () => {
    const at = directory();
    const log = openSqliteEventLog(at, 'works');
    log.commit(group([tick(1)]));
    log.close();
    const file = new Sqlite(join(at, 'events.sqlite'));
    file.exec(`UPDATE entries SET events = '['`);
    const damaged = keep(openSqliteEventLog(at, 'works'));
    expect(() => [...damaged.entries(0)]).toThrow('entry 1 cannot be read');
    file.exec(`UPDATE entries SET events = '[]', version = 99`);
    file.close();
    expect(() => [...damaged.entries(0)]).toThrow('entry 1 has version 99; this version reads up to 3');
  });

  it('says names and texts of observations and ticks once for the whole log', () => {
    const at = directory();
    const log = keep(openSqliteEventLog(at, 'works'));
    const entries = [counts(1, 400), counts(2, 2), tick(3), tick(4), counts(5, 400)];
    log.commit(group(entries));
    const file = new Sqlite(join(at, 'events.sqlite'), { readonly: true });
    const written = file.prepare<[], string>('SELECT events FROM entries ORDER BY "offset"').pluck().all();
    file.close();
    expect(written[0]?.length).toBeLessThan(JSON.stringify(counts(1, 400).events).length / 5);
    expect(written[4]).not.toContain('"');
    expect(written[2]?.length).toBeLessThan(10);
    expect([...log.entries(0)]).toEqual(entries);
    log.close();
    const again = keep(openSqliteEventLog(at, 'works'));
    again.commit(group([counts(6, 3)]));
    expect([...again.entries(0)]).toEqual([...entries, counts(6, 3)]);
  });

  it('is read beside its writer, whatever words came since', () => {
    const at = directory();
    const log = keep(openSqliteEventLog(at, 'works'));
    const reader = openEventLogReader(at);
    log.commit(group([tick(1)]));
    expect(reader.entries(0, 10)).toEqual([tick(1)]);
    log.commit(group([counts(2, 20)]));
    expect(reader.entries(1, 10)).toEqual([counts(2, 20)]);
    const [read] = reader.entries(1, 10);
    expect(read?.cause).toEqual(counts(2, 20).cause);
    reader.close();
  });

  it('of many entries is read whole and in order', () => {
    const log = keep(openSqliteEventLog(directory(), 'works'));
    const entries = Array.from({ length: 300 }, (_, index) => tick(index + 1));
    log.commit(group(entries));
    expect([...log.entries(0)]).toEqual(entries);
    expect([...log.entries(44)]).toEqual(entries.slice(44));
    expect([...log.entries(300)]).toEqual([]);
  });

  it('still reads entries of every version before, and writes on', () => {
    const at = directory();
    const log = keep(openSqliteEventLog(at, 'works'));
    log.commit(group([counts(1, 4), counts(2, 2)]));
    const { cause, events } = counts(1, 4);
    const file = new Sqlite(join(at, 'events.sqlite'));
    const rewrite = file.prepare('UPDATE entries SET version = ?, cause = ?, events = ? WHERE "offset" = 1');
    const read = () => [...log.entries(0), ...openedReader(at).entries(0, 10)];
    rewrite.run(1, JSON.stringify(cause), JSON.stringify(events));
    expect(read()).toEqual([counts(1, 4), counts(2, 2), counts(1, 4), counts(2, 2)]);
    const texts = ['hall/press-0', 'hall/press-1'];
    const observed = {
      shapes: [['@receivedAt', '$equipment', '@at', '#good']],
      texts,
      rows: [0, 1_700_000_001_000, 0, 0, 0, 0, 0, 1, -1, 1, 0, 1, 0, -2, 2, 0, 2, 1, -3, 0],
    };
    const counted = {
      shapes: [['$type', '$equipment', '@at', '#good', '#scrap', '#rework']],
      texts: ['counted', ...texts],
      rows: [
        [0, 0, 1, 1_700_000_001_000, 0, 0, 0, 0, 0, 2, -1, 1, 0, 0],
        [0, 0, 1, -1, 2, 0, 0, 0, 0, 2, -1, 0, 0, 0],
      ].flat(),
    };
    rewrite.run(2, JSON.stringify({ ...cause, observations: observed }), JSON.stringify(counted));
    expect(read()).toEqual([counts(1, 4), counts(2, 2), counts(1, 4), counts(2, 2)]);
    log.commit(group([counts(3, 2)]));
    // As a version before left the file.
    file.exec('DELETE FROM entries WHERE "offset" > 1; DROP TABLE words');
    file.close();
    expect(openedReader(at).entries(0, 10)).toEqual([counts(1, 4)]);
    log.close();
    const again = keep(openSqliteEventLog(at, 'works'));
    again.commit(group([counts(2, 3)]));
    expect([...again.entries(0)]).toEqual([counts(1, 4), counts(2, 3)]);
  });

  it('cannot be made where nothing can be written', () => {
    const at = directory();
    writeFileSync(join(at, 'file'), '');
    expect(codeOf(() => openSqliteEventLog(join(at, 'file'), 'works'))).toBe('logNotWritable');
  });

  it.each([
    ['EACCES', 'logNotWritable'],
    ['EROFS', 'logNotWritable'],
    ['SQLITE_READONLY_DIRECTORY', 'logNotWritable'],
    ['ENOSPC', 'logFull'],
    ['SQLITE_CORRUPT_INDEX', 'logCorrupt'],
    ['SQLITE_IOERR_FSYNC', 'logFailed'],
  ])('error %s is told as %s', (code, expected) => {
    const error = toLogError(Object.assign(new Error('it failed'), { code }), '/data/events.sqlite');
    expect(error.code).toBe(expected);
    expect(error.message).toContain('/data/events.sqlite');
    expect(error.message).toContain('it failed');
  });

  it('that is full says so, and keeps what it has', () => {
    const at = directory();
    const log = keep(openSqliteEventLog(at, 'works'));
    log.commit(group([tick(1)]));
    log.close();
    const file = new Sqlite(join(at, 'events.sqlite'));
    const pages = Number(file.pragma('page_count', { simple: true }));
    file.close();
    const full = keep(openSqliteEventLog(at, 'works', { maxPages: pages + 2 }));
    const big = {
      ...tick(2),
      events: Array.from({ length: 5000 }, (_, at) => ({ type: 'timeAdvanced' as const, at })),
    };
    expect(codeOf(() => full.commit(group([big])))).toBe('logFull');
    expect(full.head()).toBe(1);
    expect([...full.entries(0)]).toEqual([tick(1)]);
    // What it would have named by new words is named by them once there is room.
    const many = counts(2, 20_000);
    expect(codeOf(() => full.commit(group([many])))).toBe('logFull');
    full.commit(group([counts(2, 20)]));
    expect([...full.entries(0)]).toEqual([tick(1), counts(2, 20)]);
  });
});
