import { rm } from 'node:fs/promises';
import type { FactoryCommand, FactoryEvent } from '@ms5/domain';
import { createFakeClock, createSeededRandom, settlePromises } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../../test/support/plant.ts';
import { configOf } from '../../test-support/running-core.ts';
import { startNotifier } from '../notify/notifier.ts';
import { openNotifyStore } from '../notify/store.ts';
import { startEngineCore } from './core/engine-core.ts';
import { createMemoryEventLog } from './log/event-log-memory.ts';
import type { EventLog } from './log/event-log.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A week takes some 10 s of a processor; more are lived through with MS5_TEST_WEEKS. */
const WEEKS = Number(process.env['MS5_TEST_WEEKS'] ?? 2);
const START = Date.UTC(2026, 2, 16, 5);

const config = configOf(`
site: { id: works, name: Works, timeZone: Europe/Berlin }
areas:
  - { id: a, name: A, lines: [{ id: l, name: L, equipment: [{ id: e, name: E, states: simple }] }] }
users:
  - { id: oli, name: Oli, roles: [operator] }
  - { id: ada, name: Ada, roles: [lead] }
  - { id: ben, name: Ben, roles: [lead] }
  - { id: mia, name: Mia, roles: [manager] }
escalation:
  rotas:
    - id: nights
      name: Nights
      rotation: { begins: '2026-03-02', people: [ada, ben] }
      hours: [{ from: '18:00', to: '06:00' }]
  policies:
    - id: all
      toAcknowledge:
        - { recipients: [{ role: operator }], means: [email] }
        - { after: 30s, recipients: [{ rota: nights }], means: [email] }
        - { after: 100s, recipients: [{ role: manager }], means: [email, webhook] }
      toResolve:
        - { after: 3m, recipients: [{ role: manager }], means: [email] }
      remind: 80s
`);

interface Recorded {
  readonly at: number;
  readonly event: FactoryEvent;
}

/** A log whose process dies in the middle of a commit now and then: before it, or after it and before any answer. */
function mortal(log: EventLog, dies: () => 'before' | 'after' | 'no'): EventLog {
  return {
    ...log,
    commit(group) {
      const death = dies();
      if (death === 'before') throw new Error('died before the commit');
      log.commit(group);
      if (death === 'after') throw new Error('died after the commit');
    },
  };
}

/** Lives of an engine, one after another on one log, with people who raise, acknowledge, snooze and resolve calls. */
async function liveWeeks(seed: number, weeks: number): Promise<{ log: EventLog; ups: readonly number[] }> {
  const random = createSeededRandom(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.next() * items.length)];
  const log = createMemoryEventLog('weeks');
  const ups: number[] = [];
  let now = START;
  let counter = 0;
  while (now < START + weeks * 7 * 24 * HOUR) {
    const clock = createFakeClock(now);
    ups.push(now);
    const death = new AbortController();
    const core = startEngineCore({
      log: mortal(log, () => (random.next() < 0.998 ? 'no' : random.next() < 0.5 ? 'before' : 'after')),
      config,
      clock,
      onCommitted: () => undefined,
      onFailure: () => death.abort(),
    });
    const endsAt = now + random.next() * 4 * MINUTE;
    while (!death.signal.aborted && clock.now() < endsAt) {
      clock.advance(1 + Math.floor(random.next() * 15_000));
      const open = core.memory.state.calls.filter(
        ({ status }) => status !== 'resolved' && status !== 'cancelled',
      );
      const command = act(
        random.next(),
        pick(open)?.id,
        pick(['high', 'low', 'critical'] as const) ?? 'high',
      );
      if (command === null || death.signal.aborted) continue;
      counter += 1;
      const input = {
        command,
        key: { clientId: 'tablet', counter },
        author: pick(['oli', 'ada', 'mia']) ?? '',
      };
      core.command(input).catch(() => undefined);
      clock.run();
      await settlePromises();
    }
    // It dies as it is: nothing is closed, its timers are never heard of again.
    now = clock.now() + Math.floor(random.next() * (random.next() < 0.4 ? 16 * HOUR : 10 * MINUTE));
  }
  return { log, ups };
}

function act(
  chance: number,
  callId: string | undefined,
  priority: 'low' | 'high' | 'critical',
): FactoryCommand | null {
  if (chance < 0.12)
    return { name: 'raiseCall', line: 'a/l', callType: 'other', priority, allowSecond: true };
  if (callId === undefined) return null;
  if (chance < 0.2) return { name: 'acknowledgeCall', callId };
  if (chance < 0.3) return { name: 'resolveCall', callId };
  if (chance < 0.32) return { name: 'cancelCall', callId };
  if (chance < 0.36) return { name: 'snoozeEscalation', callId, forMs: MINUTE };
  return chance < 0.38 ? { name: 'takeOver', callId } : null;
}

function recorded(log: EventLog): readonly Recorded[] {
  return [...log.entries(0)].flatMap(({ at, events }) => events.map((event) => ({ at, event })));
}

type Triggered = Extract<FactoryEvent, { type: 'escalationTriggered' }>;

test('over weeks with crashes each level is recorded once, none after the acknowledgement, none late', async () => {
  const { log, ups } = await liveWeeks(1, WEEKS);
  const events = recorded(log);
  const levels = new Map<string, Triggered>();
  const acknowledged = new Set<string>();
  const closed = new Set<string>();
  let latestMs = 0;
  for (const [index, { at, event }] of events.entries()) {
    if (event.type === 'callAcknowledged') acknowledged.add(event.callId);
    if (event.type === 'callResolved' || event.type === 'callCancelled') closed.add(event.callId);
    if (event.type === 'escalationReminder' && event.clock === 'acknowledgement')
      expect(acknowledged).not.toContain(event.callId);
    if (event.type === 'nobodyOnCall' && event.goesUp) {
      const { callId, clock, level } = event;
      // In the same tick; after an outage the level above may have been overdue anyway.
      const above = { type: 'escalationTriggered', callId, clock, level: level + 1 };
      const together = events.slice(index).filter((each) => each.at === at);
      expect(together).toContainEqual({ at, event: expect.objectContaining(above) as unknown });
    }
    if (event.type !== 'escalationTriggered') continue;
    const { callId, clock, level } = event;
    const name = `${callId} ${clock} ${level}`;
    expect(levels).not.toContain(name);
    levels.set(name, event);
    expect(closed).not.toContain(callId);
    if (clock === 'acknowledgement') expect(acknowledged).not.toContain(callId);
    if (level > 1) expect(levels.has(`${callId} ${clock} ${level - 1}`)).toBe(true);
    const upAt = ups.findLast((each) => each <= at) ?? 0;
    latestMs = Math.max(latestMs, at - Math.max(event.dueAt, upAt));
  }
  expect(latestMs).toBeLessThanOrEqual(1000);
  expect(ups.length).toBeGreaterThan(30 * WEEKS);
  expect(levels.size).toBeGreaterThan(80 * WEEKS);
  const causes = new Set([...levels.values()].map(({ cause }) => cause));
  expect(causes).toEqual(new Set(['due', 'nobodyOnCall', 'notDisplayed']));
  expect(events.filter(({ event }) => event.type === 'escalationResumed').length).toBeGreaterThan(5);
  await sendAll(log, 2);
}, 300_000);

/** A notifier that crashes now and then, also between sending and noting that it was sent. */
async function sendAll(log: EventLog, seed: number): Promise<void> {
  const random = createSeededRandom(seed);
  const requested = recorded(log).flatMap(({ event }) =>
    event.type === 'notificationRequested' && event.means !== 'screen' ? [event] : [],
  );
  const keys = requested.map(({ key }) => `${log.id}_${key}`);
  expect(new Set(keys).size).toBe(keys.length);
  const directory = await temporaryDirectory('weeks');
  const sent = new Map<string, string>();
  let doubles = 0;
  let lives = 0;
  let at = START + 30 * 24 * HOUR;
  const offset = (): number => {
    const store = openNotifyStore(directory);
    const position = store.position() ?? { logId: log.id, offset: 0 };
    if (store.position() === undefined) store.advance(position, [], new Map());
    const isDone = position.offset === log.head() && store.nextAt() === null;
    store.close();
    return isDone ? -1 : position.offset;
  };
  while (offset() >= 0) {
    lives += 1;
    const clock = createFakeClock(at);
    const store = openNotifyStore(directory);
    const death = new AbortController();
    const send = async (letter: { readonly id: string; readonly notification: object }) => {
      await settlePromises();
      const chance = random.next();
      if (chance < 0.1) return { result: 'failed' as const, reason: 'away' };
      const text = JSON.stringify(letter.notification);
      if (sent.has(letter.id)) doubles += 1;
      expect(sent.get(letter.id) ?? text).toBe(text);
      sent.set(letter.id, text);
      if (chance > 0.98) {
        // It is sent, and nobody lives to note it.
        death.abort();
        return new Promise<never>(() => undefined);
      }
      return { result: 'delivered' as const };
    };
    const means = { atOnce: 8, send };
    const quiet = (): void => undefined;
    await startNotifier({
      context: {
        site: 'works',
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        readEvents: ({ after, types = [] }) => {
          const next = Math.min(log.head(), after + 500);
          const events = [...log.entries(after)].slice(0, next - after).flatMap((entry) =>
            entry.events.flatMap((event, index) =>
              types.includes(event.type)
                ? [
                    {
                      offset: entry.offset,
                      index,
                      at: entry.at,
                      type: event.type,
                      topic: null,
                      data: event as never,
                    },
                  ]
                : [],
            ),
          );
          return Promise.resolve({ logId: log.id, head: log.head(), next, events });
        },
      },
      store,
      means: new Map([
        ['email', means],
        ['webhook', means],
      ]),
      retry: { retryFromMs: 1000, retryToMs: 10_000, giveUpAfterMs: 1e12 },
      clock,
      random,
    });
    for (let turn = 0; turn < 500 && !death.signal.aborted; turn += 1) await clock.advanceSettled(2_000);
    at = clock.now();
    store.close();
  }
  expect(new Set(sent.keys())).toEqual(new Set(keys));
  expect(lives).toBeGreaterThan(1);
  expect(doubles).toBeGreaterThan(0);
  await rm(directory, { recursive: true, force: true });
}
