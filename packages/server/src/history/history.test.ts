import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineFigures, type Observation } from '@ms5/domain';
import { createFakeClock, createSeededRandom } from '@ms5/testkit';
import Sqlite from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { parsePlant } from '../config/index.ts';
import { openGroup, type Memory } from '../engine/core/group.ts';
import { recover } from '../engine/core/recover.ts';
import { openEventLogReader } from '../engine/log/event-log-reader.ts';
import { openSqliteEventLog } from '../engine/log/event-log-sqlite.ts';
import type { EventLog } from '../engine/log/event-log.ts';
import type { LogEntry } from '../engine/log/log-entry.ts';
import { createQueryAnswerer, type QueryAnswerer } from './answer-query.ts';
import type { FigureRow, HistoryReply } from './history-port.ts';
import { createNames } from './names.ts';
import { HISTORY_FILE, openHistory } from './open-history.ts';
import { createProjector, type Projector } from './projector.ts';
import { rebuildHistory } from './rebuild.ts';
import { REPRODUCIBLE_TABLES } from './schema.ts';
import { openTelemetryStore } from './telemetry-store.ts';

vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday, 00:00 in Berlin. */
const START = Date.parse('2026-03-23T00:00:00+01:00');
const LINE = 'hall/press';

/** A press that tells its states, or one that only counts. */
const STATES = 'states: simple, silentAfter: 20m';
const PULSES = 'pulse: { stoppedAfterCycles: 10, runsFrom: cycleBefore }, silentAfter: 20m';

function plantText(idealCycle = '30s', press = STATES): string {
  return `site: { id: works, name: Works, timeZone: Europe/Berlin }
areas:
  - id: hall
    name: Hall
    lines:
      - id: press
        name: Press
        constraint: press
        equipment:
          - { id: press, name: Press, ${press}, modes: packml, latenessWindow: 4h, minorStop: 5m, product: bolt }
          - { id: check, name: Check, states: simple, latenessWindow: 4h, product: bolt }
products:
  - { id: bolt, name: Bolt, idealCycle: ${idealCycle} }
  - { id: nut, name: Nut, idealCycle: 20s }
shifts:
  - { id: early, name: Early, days: [mon, tue, wed, thu, fri, sat, sun], from: '06:00', to: '14:00', breaks: [{ from: '10:00', to: '10:30' }] }
  - { id: late, name: Late, days: [mon, tue, wed, thu, fri, sat, sun], from: '14:00', to: '22:00' }
reasons:
  - { code: jam, name: Jam, loss: breakdown, failure: true }
modeTimes: { maintenance: plannedDowntime, manual: setup }
`;
}

function plantOf(text: string) {
  const parsed = parsePlant('plant.yaml', text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plant.config;
}

const directories: string[] = [];
const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0).toReversed()) close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

interface Works {
  readonly directory: string;
  readonly log: EventLog;
  readonly memory: Memory;
  observe(now: number, ...items: readonly Omit<Observation, 'receivedAt'>[]): void;
  tick(now: number): void;
  /** Commits what was decided; each commit waits for the disk, so they are put together. */
  commit(): void;
}

function works(text = plantText()): Works {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-history-'));
  directories.push(directory);
  const log = openSqliteEventLog(directory, 'works');
  closings.push(() => log.close());
  const { memory } = recover(log, plantOf(text), START);
  let entries: LogEntry[] = [];
  const group = (now: number, use: (group: ReturnType<typeof openGroup>) => void): void => {
    const open = openGroup(memory, log, now);
    use(open);
    entries.push(...open.finish().commit.entries);
  };
  return {
    directory,
    log,
    memory,
    observe: (now, ...items) =>
      group(now, (open) => {
        const batch = items.map((item) => ({ observation: { ...item, receivedAt: now } }));
        open.batch({ source: 'test', items: batch });
      }),
    tick: (now) => group(now, (open) => open.tick()),
    commit: () => {
      log.commit({ entries, commands: [], observationKeys: [], publicationKeys: [] });
      entries = [];
    },
  };
}

interface Looking {
  readonly projector: Projector;
  readonly answerer: QueryAnswerer;
  readonly hours: () => number;
  figures(from: number, to: number, more?: object): Promise<readonly FigureRow[]>;
}

function lookBack(directory: string): Looking {
  const log = openEventLogReader(directory);
  const history = openHistory({ directory, logId: log.id, site: log.site });
  const telemetry = openTelemetryStore(directory);
  closings.push(() => {
    telemetry.close();
    history.close();
    log.close();
  });
  const names = createNames(history.database);
  const projector = createProjector(history.database, names, log, history.position);
  const { database } = history;
  const answerer = createQueryAnswerer({ database, names, telemetry, pause: async () => undefined });
  return {
    projector,
    answerer,
    hours: () => Number(database.prepare('SELECT count(*) FROM hours').pluck().get()),
    async figures(from, to, more = {}) {
      while (projector.advance()) continue;
      const query = { kind: 'figures', bucket: 'window', group: 'line', lines: [LINE], from, to, ...more };
      const reply = (await answerer.answer(query as never)) as HistoryReply<readonly FigureRow[]>;
      if (reply.status !== 'done') throw new Error(reply.message);
      return reply.value;
    },
  };
}

/** Some days of a press that runs, stops, falls silent, changes products and is heard late. */
function live(works: Works, days: number, seed: number, onHour: (now: number) => void): void {
  const random = createSeededRandom(seed);
  const tellsStates = works.memory.config.equipment[0]?.pulse === undefined;
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random.next() * items.length)] ?? (items[0] as Item);
  let counter = 1000;
  let rejected = 0;
  const held: { due: number; item: Omit<Observation, 'receivedAt'> }[] = [];
  for (let now = START; now < START + days * DAY; now += 2 * MINUTE) {
    const silent = random.next() < 0.02;
    if (!silent) {
      counter += Math.floor(random.next() * 5);
      if (random.next() < 0.1) rejected += 1;
      const equipment = 'hall/press/press';
      const items: Omit<Observation, 'receivedAt'>[] = [
        { equipment, at: now, counter, rejectCounter: rejected },
      ];
      if (tellsStates && random.next() < 0.15)
        items.push({
          equipment,
          at: now - 1000,
          state: pick(['running', 'running', 'running', 'stopped', 'idle', 'setup']),
          ...(random.next() < 0.5 ? { reason: 'jam' } : {}),
        });
      if (random.next() < 0.01)
        items.push({ equipment, at: now - 500, product: pick(['bolt', 'nut', null]) });
      if (random.next() < 0.02) items.push({ equipment, at: now - 300, mode: pick(['1', '1', '2', '3']) });
      if (random.next() < 0.05)
        items.push({ equipment: 'hall/press/check', at: now, good: 1, scrap: Math.floor(random.next() * 2) });
      for (const item of items) {
        if (random.next() < 0.1) held.push({ due: now + random.next() * 3 * HOUR, item });
        else works.observe(now, item);
      }
    }
    for (const late of held.splice(0)) {
      if (late.due <= now) works.observe(now, late.item);
      else held.push(late);
    }
    works.tick(now);
    if ((now - START) % HOUR !== 0) continue;
    works.commit();
    onHour(now);
  }
  works.commit();
}

const BY_PRODUCT = plantText()
  .replace('constraint: press\n', 'constraint: press\n        constraintByProduct: { nut: check }\n')
  .replace('name: Check, states: simple', 'name: Check, states: simple, silentAfter: never');

test.each([
  ['one constraint', plantText()],
  ['a machine that only counts', plantText('30s', PULSES)],
  ['a constraint by product', BY_PRODUCT],
])('figures are those of the live document at the same offset, with %s', async (_, text) => {
  const press = works(text);
  const shown: { offset: number; from: number; to: number; figures: ReturnType<typeof lineFigures> }[] = [];
  live(press, 2, 7, (now) => {
    const { memory } = press;
    const figures = lineFigures(memory.state, memory.config, LINE, now);
    const { window } = figures;
    if (!('unknown' in window)) shown.push({ offset: memory.offset, ...window, figures });
  });
  const looking = lookBack(press.directory);
  expect(shown.length).toBeGreaterThan(30);
  for (const { offset, from, to, figures: document } of shown) {
    const [row] = await looking.figures(from, to, { asOf: { offset } });
    expect(row?.figures.times).toEqual(document.times);
    expect(row?.figures.counts).toEqual(document.counts);
    for (const name of ['availability', 'performance', 'quality', 'oee'] as const) {
      const { value } = document[name];
      if (typeof value === 'number') expect(row?.figures[name]).toBeCloseTo(value, 9);
      else expect(row?.figures[name]).toBeNull();
    }
    for (const [loss, ms] of Object.entries(document.losses))
      if (loss !== 'fullyProductive')
        expect(row?.figures.losses[loss as keyof typeof row.figures.losses]).toBeCloseTo(ms, 0);
  }
});

test.each([STATES, PULSES])(
  'hours kept are those computed anew, also after late observations: %s',
  async (told) => {
    const press = works(plantText('30s', told));
    live(press, 2, 11, () => undefined);
    const looking = lookBack(press.directory);
    const end = START + 2 * DAY;
    const whole = await looking.figures(START, end, { bucket: 'hour' });
    expect(looking.hours()).toBeGreaterThan(40);
    const anew = await looking.figures(START, end, {
      bucket: 'hour',
      asOf: { offset: press.memory.offset - 1 },
    });
    expect(whole.map(({ figures }) => figures.times)).toEqual(anew.map(({ figures }) => figures.times));

    const before = looking.hours();
    const at = end - 3 * HOUR;
    press.observe(end, { equipment: 'hall/press/press', at, mode: '2' });
    press.observe(end, { equipment: 'hall/press/press', at: at + MINUTE, mode: '1' });
    press.commit();
    while (looking.projector.advance()) continue;
    expect(looking.hours()).toBeLessThan(before);
    press.tick(end + MINUTE);
    press.commit();
    const after = await looking.figures(START, end, { bucket: 'hour' });
    const fresh = await looking.figures(START, end, {
      bucket: 'hour',
      asOf: { offset: press.memory.offset - 1 },
    });
    expect(after.map(({ figures }) => figures)).toEqual(fresh.map(({ figures }) => figures));
  },
);

test('a new configuration holds from the start of the shift it was loaded in', async () => {
  const press = works();
  const noon = START + DAY + 12 * HOUR;
  for (let now = START; now <= noon; now += 10 * MINUTE) {
    const counter = (now - START) / MINUTE;
    press.observe(now, { equipment: 'hall/press/press', at: now, state: 'running', counter });
    press.tick(now);
  }
  press.commit();
  const looking = lookBack(press.directory);
  const yesterday = await looking.figures(START, START + DAY);
  const before = await looking.figures(START + DAY + 6 * HOUR, noon);
  const group = openGroup(press.memory, press.log, noon);
  group.configure(plantOf(plantText('60s')));
  press.log.commit(group.finish().commit);
  expect(await looking.figures(START, START + DAY)).toEqual(yesterday);
  const after = await looking.figures(START + DAY + 6 * HOUR, noon);
  expect(after[0]?.figures.performance).toBeCloseTo(2 * (before[0]?.figures.performance ?? 0), 6);
  const live_ = lineFigures(press.memory.state, press.memory.config, LINE, noon);
  expect(after[0]?.figures.performance).toBeCloseTo(Number(live_.performance.value), 9);
});

test('history rebuilt from the log is the one that was kept live', async () => {
  const press = works();
  const looking = lookBack(press.directory);
  live(press, 1, 5, () => {
    while (looking.projector.advance()) continue;
  });
  while (looking.projector.advance()) continue;
  const kept = dump(press.directory);
  expect(kept.get('events')?.length).toBeGreaterThan(500);
  for (const close of closings.splice(1).toReversed()) close();
  const seen: number[] = [];
  const clock = createFakeClock(START);
  const { position, head } = rebuildHistory(press.directory, clock, (step) => seen.push(step.position));
  expect(position).toBe(head);
  expect(seen.at(-1)).toBe(head);
  const rebuilt = dump(press.directory);
  for (const [table, rows] of rebuilt) expect(rows, table).toEqual(kept.get(table));
});

interface Example {
  readonly name: string;
  /** Of the shift from 00:00 to 08:00. */
  readonly breaks: string;
  readonly idealCycle: string;
  readonly observations: readonly (Omit<Observation, 'receivedAt' | 'equipment' | 'at'> & {
    minute: number;
  })[];
  readonly expected: Readonly<Record<'availability' | 'performance' | 'quality' | 'oee', number>>;
}

/** Worked examples; the same ones are checked through `ms5 oee`. */
const EXAMPLES: readonly Example[] = [
  {
    name: 'a shift with breaks and stops',
    breaks: "[{ from: '02:00', to: '02:30' }, { from: '05:00', to: '05:30' }]",
    idealCycle: '1s',
    observations: [
      { minute: 0, state: 'running' },
      { minute: 60, state: 'stopped', reason: 'jam' },
      { minute: 107, state: 'running' },
      { minute: 480, good: 19_271 - 423, scrap: 423 },
    ],
    expected: { availability: 0.888095, performance: 0.861081, quality: 0.97805, oee: 0.747937 },
  },
  {
    name: 'three stops, none minor',
    breaks: "[{ from: '04:00', to: '04:20' }]",
    idealCycle: '0.5m',
    observations: [
      { minute: 0, state: 'running' },
      ...[60, 120, 360].flatMap((minute) => [
        { minute, state: 'stopped', reason: 'jam' },
        { minute: minute + 20, state: 'running' },
      ]),
      { minute: 480, good: 392, scrap: 8 },
    ],
    expected: { availability: 0.869565, performance: 0.5, quality: 0.98, oee: 0.426087 },
  },
  {
    name: 'running totals',
    breaks: '[]',
    idealCycle: '30s',
    observations: [
      { minute: 0, state: 'running', counter: 1200, rejectCounter: 10 },
      { minute: 60, state: 'running' },
      { minute: 120, state: 'stopped', reason: 'jam' },
      { minute: 180, state: 'running' },
      { minute: 210, state: 'running' },
      { minute: 240, state: 'idle', counter: 1440, rejectCounter: 14 },
    ],
    expected: { availability: 0.375, performance: 0.666667, quality: 0.983333, oee: 0.245833 },
  },
];

test.each(EXAMPLES)('the worked example: $name, live and looking back', async (example) => {
  const { breaks, idealCycle, observations, expected } = example;
  const text = plantText(idealCycle)
    .replace(
      "from: '06:00', to: '14:00', breaks: [{ from: '10:00', to: '10:30' }]",
      `from: '00:00', to: '08:00', breaks: ${breaks}`,
    )
    .replace('silentAfter: 20m', 'silentAfter: 24h');
  const press = works(text);
  press.tick(START);
  for (const { minute, ...said } of observations) {
    const at = START + minute * MINUTE;
    press.observe(at, { equipment: 'hall/press/press', at, ...said });
  }
  const end = START + 8 * HOUR;
  press.tick(end - 1);
  const document = lineFigures(press.memory.state, press.memory.config, LINE, end - 1);
  press.tick(end);
  press.commit();
  const [row] = await lookBack(press.directory).figures(START, end);
  for (const [name, value] of Object.entries(expected)) {
    expect(row?.figures[name as keyof typeof expected], name).toBeCloseTo(value, 6);
    // The document of the last ms of the shift: one count at its very end is not in it yet.
    if (observations.every(({ minute }) => minute < 480))
      expect(document[name as keyof typeof expected].value, name).toBeCloseTo(value, 6);
  }
  const closed = [...press.log.entries(0)]
    .flatMap(({ events }) => events)
    .find((event) => event.type === 'shiftEnded');
  expect(closed).toMatchObject({ figures: { oee: { value: expect.closeTo(expected.oee, 6) } } });
});

function dump(directory: string): ReadonlyMap<string, readonly unknown[]> {
  const database = new Sqlite(join(directory, HISTORY_FILE), { readonly: true });
  try {
    return new Map(
      REPRODUCIBLE_TABLES.map((table) => [
        table,
        database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
      ]),
    );
  } finally {
    database.close();
  }
}

test('facts older than kept go, their hours stay, and what needs facts says so', async () => {
  const press = works();
  live(press, 3, 13, () => undefined);
  const looking = lookBack(press.directory);
  const window = [START, START + DAY] as const;
  const [before] = await looking.figures(...window);
  while (looking.answerer.retention.step(1.5 * DAY)) continue;
  expect(looking.answerer.retention.sealedTo()).toBe(START + DAY);
  const [after] = await looking.figures(...window);
  expect(after?.figures.times).toEqual(before?.figures.times);
  expect(after?.figures.oee).toBe(before?.figures.oee);
  await expect(looking.figures(...window, { asOf: { offset: 10 } })).rejects.toThrow('no longer kept');
  const [recent] = await looking.figures(START + 2 * DAY, START + 3 * DAY);
  expect(recent?.figures.availability).not.toBeNull();
});
