import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryChanges } from '@ms5/hub';
import { createFakeClock, createSeededRandom, settlePromises, type FakeClock } from '@ms5/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { parsePlant, type Plant } from '../../config/index.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';
import { openSqliteEventLog } from '../log/event-log-sqlite.ts';
import type { EventLog } from '../log/event-log.ts';
import { LogError } from '../log/log-error.ts';
import { PROJECTION_VERSION } from '../projections/projector.ts';
import { CORE_LIMITS, CORE_TIMES, startEngineCore, type EngineCore } from './engine-core.ts';
import { UPKEEP_TIMES } from './upkeep.ts';
import type { BatchItem, CommandInput } from './group.ts';

const START = Date.UTC(2026, 0, 14, 8);

function plant(lines: readonly string[] = ['l']): Plant {
  const items = lines.map(
    (id) => `      - { id: ${id}, name: ${id}, equipment: [{ id: e, name: E, states: simple, product: p }] }`,
  );
  const result = parsePlant(
    'plant.yaml',
    `
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
${items.join('\n')}
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: day, name: Day, days: [mon, tue, wed, thu, fri], from: "06:00", to: "14:00" }]
`,
  );
  if (!result.ok) throw new Error('the plant is wrong');
  return result.plant;
}

interface Running {
  readonly core: EngineCore;
  readonly clock: FakeClock;
  readonly entries: EntryChanges[];
  readonly failures: Error[];
}

const cores: EngineCore[] = [];

function run(log: EventLog, clock = createFakeClock(START), config = plant().config): Running {
  const entries: EntryChanges[] = [];
  const failures: Error[] = [];
  const core = startEngineCore({
    log,
    config,
    clock,
    onCommitted: (changes) => entries.push(...changes),
    onFailure: (error) => failures.push(error),
  });
  cores.push(core);
  return { core, clock, entries, failures };
}

afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function raise(counter: number, clientId = 'tablet', line = 'a/l'): CommandInput {
  return {
    command: { name: 'raiseCall', line, callType: 'other', priority: 'high', note: `${clientId}-${counter}` },
    key: { clientId, counter },
    author: 'olivia',
  };
}

function said(clock: FakeClock, more: object, line = 'a/l'): BatchItem {
  return { observation: { equipment: `${line}/e`, at: clock.now(), receivedAt: clock.now(), ...more } };
}

function topicsOf(entry: EntryChanges | undefined): readonly string[] {
  return (entry?.changes ?? []).map(({ topic }) => topic.replace(/^works\/(a\/)?/, ''));
}

describe('a new log', () => {
  it('begins with the plant and a tick', () => {
    const log = createMemoryEventLog('id');
    const { clock, core } = run(log);
    clock.run();
    expect([...log.entries(0)].map(({ cause, offset }) => [offset, cause.kind])).toEqual([
      [1, 'configLoaded'],
      [2, 'tick'],
    ]);
    expect(core.image()).toMatchObject({ log: 'works', epoch: `id.${PROJECTION_VERSION}`, offset: 2 });
    expect(core.image().topics.map(({ topic }) => topic)).toContain('works/a/l/andon');
  });
});

describe('commands', () => {
  it('are answered after the commit, each published at once', async () => {
    const log = createMemoryEventLog();
    const { core, clock, entries } = run(log);
    clock.run();
    entries.length = 0;
    let answered = false;
    const reply = core.command(raise(1)).finally(() => {
      answered = true;
    });
    await settlePromises();
    expect(answered).toBe(false);
    clock.run();
    expect(await reply).toEqual({ status: 'applied', data: { callId: 'call-1' }, offset: 3 });
    expect(topicsOf(entries[0])).toEqual(['l/events', 'l/status', 'l/andon', 'escalations']);
  });

  it('of one group stay single entries, so that every change of a critical topic is sent', async () => {
    const { core, clock, entries } = run(createMemoryEventLog());
    clock.run();
    entries.length = 0;
    const raised = core.command({ ...raise(1) });
    const acknowledged = core.command({
      command: { name: 'acknowledgeCall', callId: 'call-1' },
      key: { clientId: 'tablet', counter: 2 },
      author: 'olivia',
    });
    clock.run();
    await Promise.all([raised, acknowledged]);
    expect(entries.map((entry) => topicsOf(entry).includes('l/andon'))).toEqual([true, true]);
  });

  it('are applied once, whether repeated in the same group, later, or after a restart', async () => {
    const log = createMemoryEventLog();
    const first = run(log);
    const both = Promise.all([first.core.command(raise(1)), first.core.command(raise(1))]);
    first.clock.run();
    const duplicate = { status: 'duplicate', data: { callId: 'call-1' }, offset: 2 };
    expect(await both).toEqual([{ ...duplicate, status: 'applied' }, duplicate]);
    const later = first.core.command(raise(1));
    first.clock.run();
    expect(await later).toEqual(duplicate);

    const second = run(log, first.clock);
    const again = second.core.command(raise(1));
    second.clock.run();
    expect(await again).toEqual(duplicate);
    expect(second.core.memory.state.calls).toHaveLength(1);
  });

  it('that were refused are refused again with the same words', async () => {
    const { core, clock } = run(createMemoryEventLog());
    const unknownLine = raise(1, 'tablet', 'a/x');
    const first = core.command(unknownLine);
    clock.run();
    const again = core.command(unknownLine);
    clock.run();
    expect(await first).toMatchObject({ status: 'rejected', reason: 'unknownLine', offset: 2 });
    expect(await again).toEqual(await first);
  });

  it('below the highest counter without a kept outcome are unknown', async () => {
    const { core, clock } = run(createMemoryEventLog());
    const newer = core.command(raise(10));
    clock.run();
    await newer;
    const older = core.command(raise(9));
    clock.run();
    expect(await older).toMatchObject({ status: 'unknown', reason: 'outcomeForgotten' });
  });

  it('past their deadline are not applied, now or ever', async () => {
    const { core, clock } = run(createMemoryEventLog());
    const late = core.command({ ...raise(1), deadline: START - 1 });
    clock.run();
    expect(await late).toMatchObject({ status: 'expired', offset: 2 });
    const again = core.command(raise(1));
    clock.run();
    expect(await again).toMatchObject({ status: 'expired' });
  });

  it('come before observations that were queued earlier', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    clock.run();
    const batch = core.batch({ source: 's', items: [said(clock, { state: 'running' })] });
    const command = core.command(raise(1));
    clock.run();
    await Promise.all([batch, command]);
    expect([...log.entries(2)].map(({ cause }) => cause.kind)).toEqual(['command', 'observations']);
  });
});

describe('observations', () => {
  it('are answered one by one', async () => {
    const { core, clock } = run(createMemoryEventLog());
    const reply = core.batch({
      source: 's',
      items: [said(clock, { state: 'running' }), said(clock, { state: 'running' }, 'a/x')],
    });
    clock.run();
    expect(await reply).toMatchObject([
      { status: 'accepted' },
      { status: 'rejected', refusal: { code: 'unknownEquipment' } },
    ]);
  });

  it('with a key are taken once, in a group and after a restart', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    const key = { source: 's', key: 'k', expiresAt: START + 1e6 };
    const item = { ...said(clock, { good: 1 }), key };
    const first = core.batch({ source: 's', items: [item, item] });
    const second = core.batch({ source: 's', items: [item] });
    clock.run();
    expect(await first).toEqual([{ status: 'accepted' }, { status: 'duplicate' }]);
    expect(await second).toEqual([{ status: 'duplicate' }]);
    const restarted = run(log, clock);
    const third = restarted.core.batch({ source: 's', items: [item] });
    clock.run();
    expect(await third).toEqual([{ status: 'duplicate' }]);
  });

  it('that tell nothing new make no entry', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    const items = [said(clock, { state: 'running' })];
    const first = core.batch({ source: 's', items });
    clock.run();
    await first;
    const head = log.head();
    const again = core.batch({ source: 's', items });
    clock.run();
    expect(await again).toEqual([{ status: 'accepted' }]);
    expect(log.head()).toBe(head);
  });

  it('of one source in a row share an entry, and are answered each', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    clock.run();
    const before = log.head();
    const key = { source: 's', key: 'k', expiresAt: START + 1e6 };
    const good = { ...said(clock, { good: 1 }), key };
    const replies = [
      core.batch({ source: 's', items: [good, said(clock, { good: 1 }, 'a/x')] }),
      core.batch({ source: 's', items: [good] }),
      core.batch({ source: 's', items: [said(clock, { good: 2 }), said(clock, { good: 3 })] }),
      core.batch({ source: 't', items: [said(clock, { good: 4 })] }),
    ];
    clock.run();
    expect(
      (await Promise.all(replies)).map((each) => ('status' in each ? [] : each.map(({ status }) => status))),
    ).toEqual([['accepted', 'rejected'], ['duplicate'], ['accepted', 'accepted'], ['accepted']]);
    expect(
      [...log.entries(before)].map(({ cause, outcome }) => ['source' in cause && cause.source, outcome]),
    ).toEqual([
      ['s', { accepted: 3, refused: 1 }],
      ['t', { accepted: 1, refused: 0 }],
    ]);
  });

  it('in bulk are committed in groups and published together, with the newest entry of each', async () => {
    const log = createMemoryEventLog();
    const { core, clock, entries } = run(log);
    clock.run();
    entries.length = 0;
    const replies = Array.from({ length: 250 }, (_, index) =>
      core.batch({
        source: `s${index}`,
        items: [said(clock, { at: clock.now() - 250 + index, good: 1 })],
      }),
    );
    clock.run();
    await Promise.all(replies);
    expect(log.head()).toBe(252);
    const withDocuments = entries.filter((entry) => topicsOf(entry).includes('l/production'));
    expect(withDocuments.map(({ offset }) => offset)).toEqual([102]);
    clock.advance(CORE_TIMES.publishMs);
    expect(log.head()).toBe(253);
    expect([...log.entries(252)].map(({ cause }) => cause.kind)).toEqual(['publish']);
    expect(topicsOf(entries.at(-1))).toContain('l/production');
  });

  it('are published at once while little happens', async () => {
    const { core, clock, entries } = run(createMemoryEventLog());
    clock.run();
    for (let index = 0; index < 3; index += 1) {
      clock.advance(CORE_TIMES.publishMsPerLine);
      entries.length = 0;
      const reply = core.batch({ source: 's', items: [said(clock, { good: 1 })] });
      clock.run();
      await reply;
      expect(entries.flatMap(topicsOf)).toContain('l/production');
    }
  });

  it('merely heard are published by the tick', async () => {
    const { core, clock, entries } = run(createMemoryEventLog());
    clock.run();
    entries.length = 0;
    const reply = core.batch({ source: 's', items: [said(clock, {})] });
    clock.run();
    await reply;
    expect(entries).toEqual([]);
    clock.advance(CORE_TIMES.tickMs);
    expect(topicsOf(entries[0])).toContain('l/status');
  });

  it('beyond what may wait are refused with a time to come back', async () => {
    const { core, clock } = run(createMemoryEventLog());
    const items = Array.from({ length: CORE_LIMITS.queuedObservations }, () => said(clock, { good: 1 }));
    const taken = core.batch({ source: 's', items });
    expect(await core.batch({ source: 's', items: [said(clock, { good: 1 })] })).toEqual({
      status: 'busy',
      retryAfterMs: CORE_LIMITS.retryAfterMs,
    });
    clock.run();
    expect(await taken).toHaveLength(items.length);
    const next = core.batch({ source: 's', items: [said(clock, { good: 1 })] });
    clock.run();
    expect(await next).toEqual([{ status: 'accepted' }]);
  });
});

describe('a commit that fails', () => {
  it('is told once, acknowledges nothing, and ends the engine', async () => {
    const memory = createMemoryEventLog();
    let broken = false;
    const { core, clock, failures, entries } = run({
      ...memory,
      commit: (group) => {
        if (broken) throw new LogError('logFull', 'no space is left');
        memory.commit(group);
      },
    });
    clock.run();
    entries.length = 0;
    broken = true;
    const replies = [
      core.command(raise(1)),
      core.batch({ source: 's', items: [said(clock, { good: 1 })] }),
    ] as const;
    const settled = Promise.allSettled(replies);
    clock.run();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(failures.map(({ message }) => message)).toEqual(['no space is left']);
    expect(entries).toEqual([]);
    await expect(core.command(raise(2))).rejects.toThrow('no space is left');
    clock.advance(60_000);
    expect(failures).toHaveLength(1);
  });
});

/** Fields of records an entry changed, as `l/status.contact`. */
function fieldsOf(entry: EntryChanges | undefined): readonly string[] {
  return (entry?.changes ?? []).flatMap((change) =>
    change.kind === 'record'
      ? change.set.map(([key]) => `${change.topic.slice('works/a/'.length)}.${key}`)
      : [],
  );
}

describe('time', () => {
  it('ticks, and a tick changes only what differs', () => {
    const { clock, entries } = run(createMemoryEventLog());
    clock.run();
    entries.length = 0;
    clock.advance(CORE_TIMES.tickMs);
    expect(fieldsOf(entries[0])).toEqual([
      'l/production.target',
      'l/oee.asOf',
      'l/oee.times',
      'l/oee.losses',
    ]);
  });

  it('leaves the status of a machine that goes on being heard as it is', async () => {
    const { core, clock, entries } = run(createMemoryEventLog());
    clock.run();
    const hear = async (): Promise<void> => {
      const reply = core.batch({ source: 's', items: [said(clock, { state: 'running' })] });
      clock.advance(CORE_TIMES.tickMs);
      await reply;
    };
    await hear();
    entries.length = 0;
    await hear();
    expect(entries.flatMap(fieldsOf)).toContain('l/oee.asOf');
    expect(entries.flatMap(fieldsOf).filter((field) => field.includes('status'))).toEqual([]);
  });

  it('leaves the status of a line that was never heard as it is, without a shift too', () => {
    const { clock, entries } = run(createMemoryEventLog(), createFakeClock(START + 12 * 3_600_000));
    clock.run();
    entries.length = 0;
    clock.advance(CORE_TIMES.tickMs);
    expect(entries.flatMap(fieldsOf)).toEqual(['l/oee.asOf']);
  });

  it('set back by an hour holds nothing up that is due', async () => {
    const fake = createFakeClock(START);
    let setBackMs = 0;
    const clock: FakeClock = { ...fake, now: () => fake.now() - setBackMs };
    const log = createMemoryEventLog();
    const { core, entries } = run(log, clock, plant(['l', 'm']).config);
    fake.run();
    const count = async (line: string): Promise<void> => {
      const reply = core.batch({ source: 's', items: [said(clock, { good: 1 }, line)] });
      fake.run();
      await reply;
    };
    fake.advance(CORE_TIMES.publishMs);
    await count('a/l');
    setBackMs = 3_600_000;
    entries.length = 0;
    await count('a/m');
    expect(entries.flatMap(topicsOf)).toEqual(['m/events']);
    fake.advance(2 * CORE_TIMES.publishMs);
    expect(entries.flatMap(topicsOf)).toContain('m/production');
    fake.advance(UPKEEP_TIMES.snapshotMs + CORE_TIMES.tickMs);
    expect(log.latestSnapshot()).toBeDefined();
  });

  it('of entries never goes back', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    clock.run();
    const back = run(log, createFakeClock(START - 60_000));
    const reply = back.core.command(raise(1));
    back.clock.run();
    await reply;
    const times = [...log.entries(0)].map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(core.memory.at).toBe(START);
  });
});

/** A shift's worth of everything, seeded. */
async function workFor({ core, clock }: Running, turns: number, seed: number): Promise<void> {
  const random = createSeededRandom(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.next() * items.length)];
  for (let turn = 0; turn < turns; turn += 1) {
    const replies: Promise<unknown>[] = [];
    const count = Math.floor(random.next() * 4);
    for (let each = 0; each < count; each += 1) {
      const at = clock.now() - Math.floor(random.next() * 5000);
      const more = pick([
        { state: pick(['running', 'stopped', 'idle', 'starved']) ?? 'idle' },
        { good: 1, scrap: Math.floor(random.next() * 2) },
        {},
      ]);
      replies.push(core.batch({ source: 's', items: [said(clock, { at, ...more })] }));
    }
    if (random.next() < 0.2) replies.push(core.command(raise(turn + 1, `client-${seed}`)));
    if (random.next() < 0.1) {
      const callId = `call-${Math.floor(random.next() * 5) + 1}`;
      const command = { name: 'resolveCall', callId } as const;
      replies.push(core.command({ command, key: { clientId: 'board', counter: turn + 1 }, author: 'max' }));
    }
    await clock.advanceSettled(Math.floor(random.next() * 700));
    await Promise.all(replies);
  }
}

describe('a restart', () => {
  it.each([1, 2, 3])('after a kill gives every key the offset it had (seed %i)', async (seed) => {
    const directory = mkdtempSync(join(tmpdir(), 'ms5-core-'));
    const running = run(openSqliteEventLog(directory, 'works'));
    await workFor(running, 60, seed);
    running.core.saveSnapshot();
    await workFor(running, 40, seed + 100);

    const copy = mkdtempSync(join(tmpdir(), 'ms5-core-'));
    for (const name of ['events.sqlite', 'events.sqlite-wal']) {
      copyFileSync(join(directory, name), join(copy, name));
    }
    const { core } = run(openSqliteEventLog(copy, 'works'), createFakeClock(running.clock.now()));
    expect(core.memory.state).toEqual(running.core.memory.state);
    expect([...core.memory.pendingLines]).toEqual([...running.core.memory.pendingLines]);
    expect(core.image()).toEqual(running.core.image());
  });

  it('from the log alone is the same as from a snapshot', async () => {
    const log = createMemoryEventLog();
    const running = run(log);
    await workFor(running, 50, 7);
    const { core } = run({ ...log, latestSnapshot: () => undefined }, createFakeClock(running.clock.now()));
    expect(core.image()).toEqual(running.core.image());
  });

  it('after a close goes on from the snapshot, and logs nothing new', async () => {
    const log = createMemoryEventLog();
    const running = run(log);
    await workFor(running, 20, 8);
    await running.core.close();
    const head = log.head();
    expect(log.latestSnapshot()?.offset).toBe(head);
    const { core } = run(log, createFakeClock(running.clock.now()));
    expect(core.image()).toEqual(running.core.image());
    expect(log.head()).toBe(head);
  });

  it('keeps closed calls for twelve hours, then tells that they are gone', async () => {
    const log = createMemoryEventLog();
    const first = run(log);
    const act = (counter: number, command: CommandInput['command']): CommandInput => ({
      command,
      key: { clientId: 'board', counter },
      author: 'max',
    });
    const replies = [
      first.core.command(raise(1)),
      first.core.command(act(1, { name: 'resolveCall', callId: 'call-1' })),
    ];
    first.clock.run();
    await Promise.all(replies);
    await first.core.close();
    for (const fromLogAlone of [false, true]) {
      const source = fromLogAlone ? { ...log, latestSnapshot: () => undefined } : log;
      const { core } = run(source, createFakeClock(START + 11 * 3_600_000));
      const andon = core.image().topics.find(({ topic }) => topic === 'works/a/l/andon');
      expect(andon?.keys.map(({ key }) => key)).toEqual(['call-1']);
    }
    const later = run(log, createFakeClock(START + 12 * 3_600_000 + 60_000));
    later.clock.run();
    const changes = later.entries.flatMap((entry) => entry.changes);
    expect(changes.filter(({ topic }) => topic === 'works/a/l/andon')).toMatchObject([
      { remove: ['call-1'] },
    ]);
  });

  it('under a newer projection makes a new epoch, the same for every start after it', async () => {
    const log = createMemoryEventLog('id');
    const running = run(log);
    await workFor(running, 20, 9);
    running.core.saveSnapshot();
    const snapshot = log.latestSnapshot();
    if (snapshot === undefined) throw new Error('there is no snapshot');
    // The log's id is part of the epoch in the snapshot: another one stands for another projection.
    const renamed = { ...log, id: 'other' };
    const { core } = run(renamed, createFakeClock(running.clock.now()));
    const image = core.image();
    expect(image.epoch).toBe(`other.${PROJECTION_VERSION}`);
    expect(image.topics.flatMap(({ keys }) => keys).every(({ offset }) => offset === image.offset)).toBe(
      true,
    );
    expect(run(renamed, createFakeClock(running.clock.now())).core.image()).toEqual(image);
  });
});

describe('housekeeping', () => {
  it('writes a snapshot now and then, and forgets expired keys', async () => {
    const log = createMemoryEventLog();
    const { core, clock } = run(log);
    const key = { source: 's', key: 'k', expiresAt: START + 1000 };
    const reply = core.batch({ source: 's', items: [{ ...said(clock, { good: 1 }), key }] });
    clock.run();
    await reply;
    expect(log.knownObservationKeys('s', ['k']).has('k')).toBe(true);
    clock.advance(UPKEEP_TIMES.housekeepingMs + CORE_TIMES.tickMs);
    expect(log.knownObservationKeys('s', ['k']).has('k')).toBe(false);
    expect(log.latestSnapshot()).toBe(undefined);
    clock.advance(UPKEEP_TIMES.snapshotMs);
    expect(log.latestSnapshot()?.offset).toBeGreaterThan(100);
  });
});

describe('another plant', () => {
  it('is logged once, and its topics come and go', async () => {
    const log = createMemoryEventLog();
    const first = run(log, createFakeClock(START), plant(['l', 'm']).config);
    await workFor(first, 10, 1);
    await first.core.close();
    const second = run(log, createFakeClock(first.clock.now()), plant(['l', 'n']).config);
    const topics = second.core.image().topics.map(({ topic }) => topic);
    expect(topics).toContain('works/a/n/status');
    expect(topics).not.toContain('works/a/m/status');
    expect([...log.entries(0)].filter(({ cause }) => cause.kind === 'configLoaded')).toHaveLength(2);
    second.clock.run();
    const third = run(log, createFakeClock(second.clock.now()), plant(['l', 'n']).config);
    expect([...log.entries(0)].filter(({ cause }) => cause.kind === 'configLoaded')).toHaveLength(2);
    expect(third.core.image()).toEqual(second.core.image());
  });

  it('without a line: a call left open there can be closed, and its topics stay gone', async () => {
    const log = createMemoryEventLog();
    const first = run(log, createFakeClock(START), plant(['l', 'm']).config);
    const raised = first.core.command(raise(1, 'tablet', 'a/m'));
    first.clock.run();
    await raised;
    await first.core.close();
    const second = run(log, createFakeClock(first.clock.now()), plant(['l']).config);
    const command = { name: 'resolveCall', callId: 'call-1' } as const;
    const closed = second.core.command({ command, key: { clientId: 'tablet', counter: 2 }, author: 'max' });
    second.clock.run();
    expect(await closed).toMatchObject({ status: 'applied' });
    const topics = second.core.image().topics.map(({ topic }) => topic);
    expect(topics.filter((topic) => topic.startsWith('works/a/m/'))).toEqual([]);
  });
});
