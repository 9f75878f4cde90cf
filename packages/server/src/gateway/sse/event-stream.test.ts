import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHub } from '@ms5/hub';
import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../../../test/support/until.ts';
import { openEvents, type EventReader } from '../../../test-support/event-source.ts';
import { createEventIds } from './event-ids.ts';
import { createEventStream } from './event-stream.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/**
 * A hub under a clock of its own behind a real HTTP server; `advance` moves time while the sockets move by themselves.
 */
async function start({ bytesPerSecond = 1e9, expiresInMs = Infinity } = {}) {
  const harness = createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
  const { clock, hub } = harness;
  harness.identities.set('ann', { expiresAt: clock.now() + expiresInMs });
  let waiting = (): number => 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    waiting = () => response.writableLength;
    const stream = createEventStream({
      response,
      remoteAddress: '127.0.0.1',
      clock,
      bytesPerSecond,
      heartbeatMs: 15_000,
      closeTimeoutMs: 5_000,
      ids: createEventIds(null),
      retryMs: 2_000,
    });
    const connection = hub.connect('sse', stream.transport, 'ann');
    stream.attach(connection, () => {
      connection.receive(JSON.stringify({ type: 'subscribe', id: 1, filters: ['s/#'] }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const opening = openEvents(`http://127.0.0.1:${port}/`);
  const moving = async <Found>(what: string, probe: () => Found | undefined): Promise<Found> =>
    until(what, async () => {
      await harness.settle();
      return probe();
    });
  const reader: EventReader = await opening;
  await moving('synced', () => reader.named('synced')[0]);
  /** Time passes while the sockets have their turns. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      await harness.pass(1_000);
      await new Promise(setImmediate);
    }
  };
  return { harness, reader, moving, pass, waiting: () => waiting() };
}

test('Y5: what waits for a reader that does not read is the window, and nothing is lost', async () => {
  const { harness, reader, moving, waiting } = await start();
  reader.pause();
  let most = 0;
  for (let n = 0; n < 300; n += 1) {
    harness.publish(change.stream('s/l/events', { n, text: 'x'.repeat(100_000) }));
    await harness.settle();
    await new Promise(setImmediate);
    most = Math.max(most, waiting());
  }
  expect(most).toBeLessThan(1_048_576 + 200_000);
  expect(harness.hub.sessions()[0]?.bytesHeld).toBeLessThan(4_096);
  reader.resume();
  const numbers = (): readonly number[] =>
    reader
      .named('entries')
      .flatMap(({ data }) => data['entries'] as { data: { n: number } }[])
      .map(({ data: { n } }) => n);
  await moving('all entries', () => {
    harness.clock.advance(10);
    return numbers().length >= 300 ? true : undefined;
  });
  expect(numbers()).toEqual(Array.from({ length: 300 }, (_, n) => n));
});

test('Y5: the stream carries what its rate allows', async () => {
  const { harness, reader, moving } = await start({ bytesPerSecond: 100_000 });
  const startedAt = harness.clock.now();
  for (let n = 0; n < 100; n += 1) harness.publish(change.stream('s/l/events', 'x'.repeat(2_000)));
  await moving('all entries', () => {
    harness.clock.advance(20);
    const entries = reader.named('entries').flatMap(({ data }) => data['entries'] as unknown[]);
    return entries.length === 100 ? true : undefined;
  });
  // 200 kB at 100 kB/s, of which the last window is not waited for.
  expect(harness.clock.now() - startedAt).toBeGreaterThan(1_000);
});

test('Y7: a comment goes out when nothing else did for 15 s', async () => {
  const { harness, reader, moving, pass } = await start();
  expect(reader.retries).toEqual([2_000]);
  await pass(14_000);
  expect(reader.comments()).toBe(0);
  await pass(2_000);
  await moving('a comment', () => (reader.comments() === 1 ? true : undefined));
  for (let second = 0; second < 60; second += 15) {
    await pass(15_000);
    await moving('the socket', () => (reader.comments() > 1 ? true : undefined));
  }
  expect(harness.hub.sessions()).toHaveLength(1);
});

test('Y8: expiry is announced, and the stream ends with an event that says so', async () => {
  const { reader, moving, pass } = await start({ expiresInMs: 70_000 });
  await pass(11_000);
  await moving('the announcement', () => reader.named('expiring')[0]);
  await pass(86_000);
  const closed = await moving('the end', () => reader.named('closed')[0]);
  expect(closed.data).toEqual({
    type: 'closed',
    code: 4002,
    name: 'tokenExpired',
    reconnect: true,
    message: 'the token has expired; come back with a new one',
  });
  await reader.ended;
});

test('Y7, Y8: a drain tells when to come back', async () => {
  const { harness, reader, moving } = await start();
  const drained = harness.hub.drain({ windowMs: 1_000 });
  const drain = await moving('drain', () => reader.named('drain')[0]);
  expect(reader.retries.at(-1)).toBe(Math.ceil(Number(drain.data['retryAfterMs'])));
  const closed = await moving('closed', () => reader.named('closed')[0]);
  expect(closed.data).toMatchObject({ type: 'closed', code: 4000, name: 'draining', reconnect: true });
  await Promise.all([drained, reader.ended]);
});
