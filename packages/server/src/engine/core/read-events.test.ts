import { createFakeClock, createSeededRandom } from '@ms5/testkit';
import type { Json } from '@ms5/wire';
import { expect, test } from 'vitest';
import { parsePlant } from '../../config/index.ts';
import type { EngineQuery, LoggedEvents } from '../../engine-port.ts';
import { createMemoryEventLog } from '../log/event-log-memory.ts';
import { createEngineService } from '../thread/engine-service.ts';
import { READ_LIMITS } from './read-events.ts';

const START = Date.UTC(2026, 0, 14, 8);
const HOUR_MS = 3_600_000;

const parsed = parsePlant(
  'plant.yaml',
  `
site: { id: works, name: Works, timeZone: UTC }
areas: [{ id: a, name: A, lines: [{ id: l, name: L, equipment: [{ id: e, name: E, states: simple }] }] }]
`,
);
if (!parsed.ok) throw new Error('the plant is wrong');
const { plant } = parsed;
const author = { userId: 'olivia', name: 'Olivia' };

function run() {
  const clock = createFakeClock(START);
  const log = createMemoryEventLog();
  const service = createEngineService({
    log,
    plant,
    clock,
    random: createSeededRandom(1),
    onCommitted: () => undefined,
    onSignals: () => undefined,
    onConnectors: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  clock.run();
  let counter = 0;
  return {
    clock,
    log,
    command: async (command: string, data: object) => {
      counter += 1;
      const answer = service.command({
        command,
        data: { ...data },
        key: { clientId: 'c', counter },
        author,
        permitted: ['#'],
        readable: ['#'],
      });
      clock.run();
      return answer;
    },
    publish: async (topic: string, data: Json) => {
      const answer = service.publish({ topic, kind: 'stream', lane: 'normal', data, author });
      clock.run();
      return answer;
    },
    observe: async (state: string) => {
      const body = new TextEncoder().encode(JSON.stringify([{ equipment: 'a/l/e', state, at: clock.now() }]));
      const answer = service.observe(body, 'press', ['#']);
      clock.run();
      expect(await answer).toMatchObject({ status: 'done', results: [{ status: 'accepted' }] });
    },
    read: (request: Omit<Extract<EngineQuery, { kind: 'events' }>, 'kind'>): LoggedEvents => {
      const reply = service.query({ kind: 'events', ...request });
      if (reply.status !== 'done' || typeof reply.value !== 'string') throw new Error('expected a page');
      return JSON.parse(reply.value) as LoggedEvents;
    },
  };
}

const CALL = { line: 'a/l', callType: 'material', priority: 'high' };

test('events of lines and publications come by topic, with the place they keep', async () => {
  const { command, publish, read, log } = run();
  await command('raiseCall', CALL);
  await publish('app/orders', 5);
  const page = read({ after: 0, topics: ['#'] });
  expect(page).toMatchObject({ logId: log.id, head: log.head(), next: log.head() });
  const places = page.events.map(({ type, topic }) => [type, topic]);
  expect(places).toContainEqual(['callRaised', 'works/a/l/events']);
  expect(places.at(-1)).toEqual(['published', 'app/orders']);
  const last = page.events.at(-1);
  expect(last).toMatchObject({ index: 0, data: { kind: 'stream', author: 'olivia', data: 5 } });
  expect(read({ after: 0, topics: ['app/#'] }).events).toEqual([last]);
  expect(read({ after: 0, topics: ['#'], types: ['published'] }).events).toEqual([last]);
  expect(read({ after: page.head, topics: ['#'] })).toMatchObject({ events: [], next: page.head });
  // A position beyond the log (of one that was lost) does not go further than the log.
  expect(read({ after: page.head + 100, topics: ['#'] })).toMatchObject({ events: [], next: page.head });
});

test('what machines say time and again comes only when named', async () => {
  const { observe, read } = run();
  await observe('running');
  const facts = (page: LoggedEvents) => page.events.filter(({ type }) => type === 'equipmentStateChanged');
  expect(facts(read({ after: 0, topics: ['#'] }))).toEqual([]);
  expect(facts(read({ after: 0, topics: ['#'], types: ['equipmentStateChanged'] }))).toHaveLength(1);
});

test('an event whose line is forgotten passes every filter instead of being skipped', async () => {
  const { clock, command, read } = run();
  await command('raiseCall', CALL);
  const raised = read({ after: 0, topics: ['#'], types: ['callRaised'] }).events[0]?.data as {
    callId: string;
  };
  await command('resolveCall', { callId: raised.callId });
  const resolved = () => read({ after: 0, topics: ['elsewhere/#'], types: ['callResolved'] }).events;
  expect(resolved()).toEqual([]);
  clock.advance(13 * HOUR_MS);
  await command('raiseCall', CALL);
  expect(resolved()).toMatchObject([{ type: 'callResolved', topic: null }]);
  // Half a day of ticks.
}, 30_000);

test('one read is bounded, and the next goes on after it', async () => {
  const { publish, read, log } = run();
  for (let data = 0; data < READ_LIMITS.events + 10; data += 1) await publish('app/many', data);
  const values: unknown[] = [];
  let after = 0;
  let reads = 0;
  while (after < log.head()) {
    const page = read({ after, topics: ['app/#'] });
    expect(page.events.length).toBeLessThanOrEqual(READ_LIMITS.events);
    values.push(...page.events.map(({ data }) => (data as { data: number }).data));
    expect(page.next).toBeGreaterThan(after);
    after = page.next;
    reads += 1;
  }
  expect(values).toEqual(Array.from({ length: READ_LIMITS.events + 10 }, (_, index) => index));
  expect(reads).toBeGreaterThan(1);
});

test('large events make a page shorter', async () => {
  const { publish, read, log } = run();
  for (let index = 0; index < 30; index += 1) await publish('app/large', 'x'.repeat(30_000));
  const page = read({ after: 0, topics: ['app/#'] });
  expect(page.events.length).toBe(Math.ceil(READ_LIMITS.length / 30_000));
  expect(page.next).toBeLessThan(log.head());
});
