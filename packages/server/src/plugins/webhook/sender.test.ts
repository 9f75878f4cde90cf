import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../../../test/support/plant.ts';
import { until } from '../../../../../test/support/until.ts';
import { openReceiver, type Answer, type Receiver } from '../../../test-support/webhook-receiver.ts';
import { systemClock, systemRandom } from '../../gateway/system-clock.ts';
import type { EventsRequest, LoggedEvent, LoggedEvents } from '../plugin.ts';
import type { WebhookEndpoint } from './config.ts';
import { startSender, type Sender } from './sender.ts';
import { openWebhookStore, type WebhookStore } from './store.ts';

/** A log whose entries are what they are said to be. */
interface ScriptedLog {
  logId: string;
  head: number;
  events: LoggedEvent[];
  /** Events of one page. */
  pageEntries: number;
  fails: boolean;
  reads: number;
}

let directory: string;
let store: WebhookStore;
let receiver: Receiver;
let sender: Sender | undefined;
let log: ScriptedLog;
const said: string[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory('sender');
  store = openWebhookStore(directory);
  log = { logId: 'L1', head: 0, events: [], pageEntries: 1_000, fails: false, reads: 0 };
  said.length = 0;
});
afterEach(async () => {
  await sender?.close();
  sender = undefined;
  store.close();
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

function event(offset: number, index = 0, at = Date.now()): LoggedEvent {
  return { offset, index, at, type: 'published', topic: 'app/a', data: { data: `${offset}.${index}` } };
}

function read({ after }: EventsRequest): Promise<LoggedEvents> {
  log.reads += 1;
  if (log.fails) return Promise.reject(new Error('the engine is busy'));
  const from = Math.min(after, log.head);
  const next = Math.min(log.head, from + log.pageEntries);
  const events = log.events.filter(({ offset }) => offset > from && offset <= next);
  return Promise.resolve({ logId: log.logId, head: log.head, next, events });
}

async function start(answer?: Answer, change: Partial<WebhookEndpoint> = {}): Promise<void> {
  receiver = await openReceiver(answer);
  await restart(change);
}

async function restart(change: Partial<WebhookEndpoint> = {}): Promise<void> {
  await sender?.close();
  const line = (message: string): void => void said.push(message);
  sender = await startSender({
    endpoint: {
      id: 'one',
      url: receiver.url,
      topics: ['#'],
      secret: new Uint8Array(32),
      timeoutMs: 1_000,
      retryFromMs: 10,
      retryToMs: 40,
      giveUpAfterMs: 60_000,
      ...change,
    },
    context: { site: 'works', readEvents: read, log: { debug: line, info: line, warn: line, error: line } },
    store,
    clock: systemClock,
    random: systemRandom,
  });
}

function append(...events: readonly LoggedEvent[]): void {
  log.events.push(...events);
  log.head = events.at(-1)?.offset ?? log.head;
  sender?.wake();
}

const got = (): readonly unknown[] => receiver.received.map(({ body }) => body.data.data);
const gotAll = (values: readonly string[]): Promise<unknown> =>
  expect.poll(got, { timeout: 10_000 }).toEqual(values);
const positioned = (offset: number): Promise<true> =>
  until('position', () => (store.progress('one')?.offset === offset ? true : undefined));

test('a new endpoint starts at the end of the log and goes page by page', async () => {
  log.head = 10;
  log.events.push(event(10));
  log.pageEntries = 2;
  await start();
  expect(store.progress('one')).toMatchObject({ logId: 'L1', offset: 10 });
  append(event(11), event(13), event(13, 1), event(30));
  await gotAll(['11.0', '13.0', '13.1', '30.0']);
  await positioned(30);
});

test('in the middle of an entry it goes on in the middle', async () => {
  await start((response, { body }) => response.writeHead(body.data.data === '1.2' ? 500 : 200).end());
  append(event(1, 0), event(1, 2), event(1, 3));
  await until('it fails', () => (got().filter((value) => value === '1.2').length > 1 ? true : undefined));
  expect(store.progress('one')).toMatchObject({ offset: 1, index: 0 });
  receiver.received.length = 0;
  receiver.answer = (response) => response.writeHead(200).end();
  await restart();
  await until('all', () => (got().includes('1.3') ? true : undefined));
  expect(new Set(got())).toEqual(new Set(['1.2', '1.3']));
  await positioned(1);
});

test('another log is sent from its first entry; a log that lost its end is continued at the end', async () => {
  await start();
  append(event(5));
  await gotAll(['5.0']);
  await positioned(5);
  Object.assign(log, { head: 2, events: [event(2)] });
  await positionedAfterWake(2);
  append(event(3));
  await gotAll(['5.0', '3.0']);
  expect(said).toContain('the log ends before this endpoint had come: continuing at its end');
  Object.assign(log, { logId: 'L2', head: 1, events: [event(1)] });
  await positionedAfterWake(1);
  await gotAll(['5.0', '3.0', '1.0']);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3);
});

function positionedAfterWake(offset: number): Promise<true> {
  return until('position', () => {
    sender?.wake();
    return store.progress('one')?.offset === offset ? true : undefined;
  });
}

test('a receiver that asks for a rest gets it', async () => {
  await start((response, _message, attempt) => {
    response.writeHead(attempt === 1 ? 429 : 200, { 'retry-after': '1' }).end();
  });
  const startedAt = performance.now();
  append(event(1));
  await until('both', () => (receiver.received.length === 2 ? true : undefined));
  expect(performance.now() - startedAt).toBeGreaterThan(900);
});

test('only events that are old enough are given up, at the first failure after the time', async () => {
  await start((response) => response.writeHead(503).end(), { giveUpAfterMs: 200 });
  append(event(1, 0, Date.now() - 3_600_000), event(2, 0, Date.now() + 3_600_000));
  const letter = await until('dead', () => store.deadLetters()[0]);
  expect(letter).toMatchObject({ offset: 1, reason: 'answered 503' });
  expect(letter.attempts).toBeGreaterThan(2);
  await until('the next is tried', () =>
    got().filter((value) => value === '2.0').length > 5 ? true : undefined,
  );
  expect(store.deadLetters()).toHaveLength(1);
  // A re-sent letter that fails again stays one, with what is known now.
  store.markDue('all', 'one');
  await restart({ giveUpAfterMs: 200 });
  const again = await until('again', () => {
    const [one] = store.deadLetters();
    return one?.attempts === letter.attempts + 1 ? one : undefined;
  });
  expect(again.state).toBe('dead');
});

test('a log that cannot be read is tried again', async () => {
  await start();
  log.fails = true;
  append(event(1));
  await until('said', () => (said.includes('webhook endpoint cannot go on') ? true : undefined));
  log.fails = false;
  await gotAll(['1.0']);
});

test('a receiver that is away for long costs a page of memory, not a queue', async () => {
  log.pageEntries = 50;
  await start((response) => response.writeHead(503).end());
  append(...Array.from({ length: 20_000 }, (_, index) => event(index + 1)));
  await until('it fails', () => (receiver.received.length > 3 ? true : undefined));
  const { reads } = log;
  for (let round = 0; round < 1_000; round += 1) sender?.wake();
  await until('still trying', () => (receiver.received.length > 8 ? true : undefined));
  // Nothing is read ahead of what is delivered.
  expect(log.reads).toBe(reads);
  expect(new Set(got()).size).toBe(1);
});
