import {
  createEngineState,
  figuresFromEvents,
  step,
  type FactoryEvent,
  type Observation,
  type PlantConfig,
} from '@ms5/domain';
import { createFakeClock, createSeededRandom, settlePromises } from '@ms5/testkit';
import { expect, test, vi } from 'vitest';
import { parsePlant } from '../config/index.ts';
import { startEngineCore } from '../engine/core/engine-core.ts';
import { createMemoryEventLog } from '../engine/log/event-log-memory.ts';
import type { LogEntry } from '../engine/log/log-entry.ts';

vi.setConfig({ testTimeout: 240_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 31;
const MACHINES = 3;
/** A Monday; the clocks of Berlin change within the month. */
const START = Date.parse('2026-03-16T00:00:00+01:00');
const LATENESS_MS = 4 * HOUR;

function plant(): PlantConfig {
  const lines = Array.from(
    { length: MACHINES },
    (_, index) =>
      `      - { id: l${index}, name: L${index}, equipment: [{ id: m, name: M, states: simple, silentAfter: 30m, minorStop: 5m, latenessWindow: 4h, product: bolt }] }`,
  );
  const parsed = parsePlant(
    'plant.yaml',
    `site: { id: works, name: Works, timeZone: Europe/Berlin }
areas:
  - id: hall
    name: Hall
    lines:
${lines.join('\n')}
products: [{ id: bolt, name: Bolt, idealCycle: 60s }, { id: nut, name: Nut, idealCycle: 45s }]
shifts:
  - { id: early, name: Early, days: [mon, tue, wed, thu, fri, sat], from: '06:00', to: '14:00', breaks: [{ from: '09:00', to: '09:30' }] }
  - { id: night, name: Night, days: [mon, tue, wed, thu, fri, sat], from: '22:00', to: '06:00' }
reasons: [{ code: jam, name: Jam, loss: breakdown, failure: true }]
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plant.config;
}

/** Observations by arrival; one in eight comes up to two hours late. */
function month(): readonly Observation[] {
  const random = createSeededRandom(2026);
  const told: Observation[] = [];
  for (let machine = 0; machine < MACHINES; machine += 1) {
    const equipment = `hall/l${machine}/m`;
    let counter = 100;
    for (let at = START; at < START + DAYS * DAY; at += 9 * MINUTE + Math.floor(random.next() * 4 * MINUTE)) {
      if (random.next() < 0.03) continue;
      counter += Math.floor(random.next() * 6);
      const receivedAt = at + (random.next() < 0.125 ? Math.floor(random.next() * 2 * HOUR) : 1000);
      const states = ['running', 'running', 'running', 'stopped', 'idle', 'setup'];
      const state = random.next() < 0.2 ? states[Math.floor(random.next() * states.length)] : undefined;
      told.push({
        equipment,
        at,
        receivedAt,
        counter,
        rejectCounter: Math.floor(counter / 50),
        ...(state === undefined ? {} : { state, ...(random.next() < 0.5 ? { reason: 'jam' } : {}) }),
        ...(random.next() < 0.005 ? { product: random.next() < 0.5 ? 'bolt' : 'nut' } : {}),
      });
    }
  }
  return told.toSorted((a, b) => a.receivedAt - b.receivedAt);
}

/** Lived through: the engine's core, its timers and its log, on a simulated clock. */
async function live(config: PlantConfig, told: readonly Observation[]): Promise<readonly LogEntry[]> {
  const clock = createFakeClock(START);
  const log = createMemoryEventLog();
  const failures: Error[] = [];
  const core = startEngineCore({
    log,
    config,
    clock,
    onCommitted: () => undefined,
    onFailure: (error) => failures.push(error),
  });
  let next = 0;
  for (let now = START; now < START + DAYS * DAY + 3 * HOUR; now += 30 * MINUTE) {
    const items: { observation: Observation }[] = [];
    for (let item = told[next]; item !== undefined && item.receivedAt <= now; item = told[next]) {
      items.push({ observation: item });
      next += 1;
    }
    // Of the ticks in between one is enough.
    clock.elapse(now - clock.now());
    const taken = items.length === 0 ? Promise.resolve() : core.mustTake({ source: 'month', items });
    clock.run();
    await taken;
    await settlePromises();
  }
  expect(failures).toEqual([]);
  return [...log.entries(0)];
}

/** At full speed: what caused each entry is decided again, in the order of arrival. */
function replayed(config: PlantConfig, entries: readonly LogEntry[]): readonly (readonly FactoryEvent[])[] {
  const state = createEngineState(config);
  return entries.map(({ cause, at }) => {
    if (cause.kind === 'tick') return step(state, config, { kind: 'tick' }, at).events;
    if (cause.kind !== 'observations') return [];
    return cause.observations.flatMap(
      (observation) => step(state, config, { kind: 'observation', observation }, at).events,
    );
  });
}

/** Arrival shuffled as far as the lateness window lets it. */
function shuffled(told: readonly Observation[], seed: number): readonly Observation[] {
  const random = createSeededRandom(seed);
  const end = START + DAYS * DAY + LATENESS_MS;
  return told
    .map((item) => ({ key: item.at + random.next() * (LATENESS_MS - MINUTE), item }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => Object.assign(structuredClone(item), { receivedAt: end }));
}

test('a month lived through is the month replayed; in any other order its figures are the same', async () => {
  const config = plant();
  const told = month();
  expect(told.length).toBeGreaterThan(9000);
  const entries = await live(config, told);
  const lived = entries.map(({ events }) => events);
  expect(lived.flat().length).toBeGreaterThan(10_000);
  expect(replayed(config, entries)).toEqual(lived);

  const now = START + DAYS * DAY;
  const window = { from: START, to: now };
  const end = now + LATENESS_MS;
  const ofLines = (events: readonly FactoryEvent[]) =>
    config.lines.map(({ path }) => figuresFromEvents(config, events, { kind: 'line', path }, window, end));
  const expected = ofLines(lived.flat());
  const state = createEngineState(config);
  const events = shuffled(told, 1).flatMap((observation) => {
    const result = step(state, config, { kind: 'observation', observation }, end);
    expect(result.refusal).toBeUndefined();
    return result.events;
  });
  expect(ofLines(events)).toEqual(expected);
});
