import { createFakeClock, type FakeClock } from '@ms5/testkit';
import { afterEach, expect, it } from 'vitest';
import { configOf } from '../../../test-support/running-core.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';
import type { EventLog } from '../log/event-log.ts';
import { CORE_TIMES, startEngineCore, type EngineCore } from './engine-core.ts';
import { recover } from './recover.ts';
import { createUpkeep, REPLAY_LIMITS, replayMs, UPKEEP_TIMES } from './upkeep.ts';

const START = Date.UTC(2026, 0, 14, 8);
const LINES = 6;

const config = configOf(`
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
${Array.from({ length: LINES }, (_, index) => `      - { id: l${index}, name: L, equipment: [{ id: e, name: E, states: simple, product: p }] }`).join('\n')}
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: day, name: Day, days: [wed], from: "06:00", to: "14:00" }]
`);

const cores: EngineCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function run(log: EventLog, clock: FakeClock): EngineCore {
  const core = startEngineCore({
    log,
    config,
    clock,
    onCommitted: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  cores.push(core);
  clock.run();
  return core;
}

/** What a restart after a kill at this moment has to do. */
function tailOf(log: EventLog, clock: FakeClock): number {
  const { memory, tail } = recover(log, config, clock.now());
  return replayMs({ ...tail, lines: memory.projectedLines });
}

/** The documents of every line are computed at each tick. */
const TICK_MS = replayMs({ entries: 1, events: 1, lines: LINES });

it('a restart after a kill takes bounded time in a plant that is quiet', () => {
  const log = createMemoryEventLog();
  const clock = createFakeClock(START);
  run(log, clock);
  const tails: number[] = [];
  const ticks = 9;
  for (let passedMs = 0; passedMs < UPKEEP_TIMES.snapshotMs; passedMs += ticks * CORE_TIMES.tickMs) {
    clock.advance(ticks * CORE_TIMES.tickMs);
    tails.push(tailOf(log, clock));
  }
  expect(Math.max(...tails)).toBeGreaterThan(REPLAY_LIMITS.dueMs - ticks * TICK_MS);
  expect(Math.max(...tails)).toBeLessThan(REPLAY_LIMITS.dueMs + TICK_MS);
});

it('kills one after another do not make it longer', () => {
  const log = createMemoryEventLog();
  let now = START;
  for (let kill = 0; kill < 20; kill += 1) {
    const clock = createFakeClock(now);
    run(log, clock);
    clock.advance(10 * CORE_TIMES.tickMs);
    expect(tailOf(log, clock)).toBeLessThan(REPLAY_LIMITS.dueMs + 2 * TICK_MS);
    // Its time stands still from here on.
    cores.length = 0;
    now = clock.now();
  }
});

it('a snapshot that cannot be read is written anew, also where nothing lies behind it', async () => {
  const log = createMemoryEventLog();
  const clock = createFakeClock(START);
  await run(log, clock).close();
  const readable = log.latestSnapshot();
  if (readable === undefined) throw new Error('there is no snapshot');
  log.saveSnapshot({ ...readable, version: readable.version + 1000 });
  const recovered = recover(log, config, clock.now());
  expect(recovered).toMatchObject({ snapshotOffset: 0, tail: { entries: readable.offset } });
  createUpkeep(recovered, log, clock).saveSnapshot();
  expect(log.latestSnapshot()).toMatchObject({ offset: readable.offset, version: readable.version });
  expect(recover(log, config, clock.now()).snapshotOffset).toBe(readable.offset);
});

it('a snapshot is followed by a rest in proportion to what it took, within the bound of a restart', () => {
  const log = createMemoryEventLog();
  const clock = createFakeClock(START);
  const recovered = recover(log, config, START);
  const { memory } = recovered;
  const slow: EventLog = {
    ...log,
    saveSnapshot: (snapshot) => {
      clock.elapse(100);
      log.saveSnapshot(snapshot);
    },
  };
  const upkeep = createUpkeep(recovered, slow, clock);
  const isWrittenAfter = (tailMs: number): boolean => {
    memory.offset += 1;
    memory.projectedLines += tailMs / replayMs({ entries: 0, events: 0, lines: 1 });
    upkeep.run(clock.now(), true);
    return log.latestSnapshot()?.offset === memory.offset;
  };
  expect(isWrittenAfter(REPLAY_LIMITS.dueMs)).toBe(true);
  expect(isWrittenAfter(REPLAY_LIMITS.dueMs)).toBe(false);
  clock.elapse(4_900);
  expect(isWrittenAfter(0)).toBe(false);
  clock.elapse(100);
  expect(isWrittenAfter(0)).toBe(true);
  expect(isWrittenAfter(REPLAY_LIMITS.latestMs)).toBe(true);
});

it('a restart takes bounded time while observations never cease', async () => {
  const log = createMemoryEventLog();
  const clock = createFakeClock(START);
  const core = run(log, clock);
  const perBatch = 500;
  const replies: Promise<unknown>[] = [];
  const feed = (from: number): void => {
    const items = Array.from({ length: perBatch }, (_, index) => ({
      observation: {
        equipment: `a/l${index % LINES}/e`,
        at: from + index,
        receivedAt: from + index,
        good: 1,
      },
    }));
    replies.push(core.mustTake({ source: 's', items }));
  };
  for (let batch = 0; batch < 800; batch += 1) feed(START - 800 * perBatch + batch * perBatch);
  // Each group leaves others waiting, until the last.
  clock.run();
  await Promise.all(replies);
  const snapshotAt = log.latestSnapshot()?.offset ?? 0;
  expect(snapshotAt).toBeGreaterThan(0);
  expect(tailOf(log, clock)).toBeLessThan(REPLAY_LIMITS.latestMs * 1.1);
}, 60_000);
