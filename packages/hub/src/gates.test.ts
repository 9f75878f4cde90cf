import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from './create-hub.ts';

// Counts that cannot vary with the machine: what fan-out costs besides the write of each session.

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const ENDPOINTS = ['ms5.v1.json', 'ms5.v1.msgpack'] as const;

/** Sessions on all of log `s`, half of each encoding, and every buffer that was written to any of them. */
async function crowd(count: number) {
  const harness = start();
  const { publish, join, settle, hub } = harness;
  const buffers: Uint8Array[][] = [];
  const connect = hub.connect.bind(hub);
  hub.connect = (endpoint, transport, token) => {
    const written: Uint8Array[] = [];
    buffers.push(written);
    const write = (messages: readonly Uint8Array[]): void => {
      written.push(...messages);
      transport.write(messages);
    };
    return connect(endpoint, { ...transport, write }, token);
  };
  publish(change.stream('s/l/events', 'first'), change.record('s/l/status', { a: 0 }));
  for (let index = 0; index < count; index += 1) {
    const endpoint = ENDPOINTS[index % 2] ?? 'ms5.v1.json';
    await join(`c${index}`, { filters: ['s/#'], endpoint });
  }
  // The first message of a connection of numbers tells the numbers.
  publish(change.stream('s/l/events', 'second'), change.record('s/l/status', { a: 1 }));
  await settle();
  for (const written of buffers) written.length = 0;
  return { ...harness, buffers };
}

test.each([4, 200])(
  'one publication to %i sessions: a frame, a batch per encoding; a write per session',
  async (count) => {
    const { publish, clock, hub, buffers } = await crowd(count);
    const before = hub.figures();
    publish(change.stream('s/l/events', 'third'));
    clock.advance(1_000);
    const after = hub.figures();
    expect(after.encodes - before.encodes).toBe(ENDPOINTS.length);
    expect(after.batches - before.batches).toBe(ENDPOINTS.length);
    expect(after.writes - before.writes).toBe(count);
    expect(after.messagesSent - before.messagesSent).toBe(count);
    // No session has a buffer of its own.
    expect(new Set(buffers.flat()).size).toBe(ENDPOINTS.length);
  },
);

test('however much is due in a flush, each session is written to once, and each frame built once', async () => {
  const { publish, clock, hub, buffers } = await crowd(100);
  clock.advance(1_000);
  const before = hub.figures();
  for (let index = 0; index < 50; index += 1)
    publish(change.stream('s/l/events', index), change.record('s/l/status', { a: index }));
  publish(change.collection('s/l/andon', { c1: {} }, [], 'critical'));
  clock.run();
  const after = hub.figures();
  // Of each encoding: entries, the state of the record, the announcement of the calls and the call.
  expect(after.encodes - before.encodes).toBe(4 * ENDPOINTS.length);
  expect(after.writes - before.writes).toBe(100);
  // One message per lane, and in one encoding the number of the new topic, which is a session's own.
  const own = buffers.filter((_, index) => index % 2 === 1).length;
  expect(new Set(buffers.flat()).size).toBe(3 * ENDPOINTS.length + own);
});

test('sessions that stand at different places share what is built for the head', async () => {
  const { publish, join, settle, hub } = start();
  publish(change.record('s/l/status', { a: 0 }));
  for (let index = 0; index < 40; index += 1) {
    publish(change.record('s/elsewhere/status', { index }));
    await join(`c${index}`, { filters: ['s/l/#'] });
  }
  const before = hub.figures().encodes;
  publish(change.record('s/l/status', { a: 1 }));
  await settle();
  expect(hub.figures().encodes - before).toBe(1);
});

test('an idle session holds little, before it was sent anything and after', async () => {
  const { publish, join, settle, hub } = start();
  for (let index = 0; index < 500; index += 1) publish(change.record(`s/l${index}/status`, { index }));
  const { client } = await join('ann', { filters: ['s/a', 's/b', 's/c', 's/d', 's/#'], acknowledges: false });
  for (let round = 0; round < 30; round += 1) {
    client.ack();
    await settle();
  }
  const held = (): number => hub.sessions()[0]?.bytesHeld ?? Infinity;
  const idle = held();
  expect(idle).toBeLessThanOrEqual(4_096);
  for (let index = 0; index < 500; index += 1) publish(change.record(`s/l${index}/status`, { index: -1 }));
  await settle();
  expect(held()).toBeLessThanOrEqual(idle + 500 * 120 + 1_024);
  for (let round = 0; round < 30; round += 1) {
    client.ack();
    await settle();
  }
  expect(held()).toBe(idle);
  expect(client.topics.all().every(({ values }) => values.get('index') === -1)).toBe(true);
});

test('a session that reads nothing holds no more the longer it does not', async () => {
  const { publish, join, settle, hub } = start();
  await join('ann', { filters: ['s/#'], acknowledges: false });
  const held: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 2_000; index += 1)
      publish(change.record('s/l/status', { index }), change.stream('s/l/events', index));
    await settle();
    held.push(hub.sessions()[0]?.bytesHeld ?? Infinity);
  }
  // The window may take some messages more; there is no queue.
  expect(held[2]).toBeLessThan((held[0] ?? 0) + 256);
});

test('the regular look at sessions leaves those that wait to the flusher, and the others alone', async () => {
  const { publish, join, settle, clock, hub } = start();
  const { client } = await join('ann', { filters: ['s/#'], acknowledges: false });
  for (let index = 0; index < 40; index += 1) publish(change.stream('s/l/events', 'x'.repeat(1_024)));
  await settle();
  const slicesOfSecond = (): number => {
    const before = hub.figures().slices;
    clock.advance(1_000);
    return hub.figures().slices - before;
  };
  expect(slicesOfSecond()).toBe(1);
  for (let round = 0; round < 10; round += 1) {
    client.ack();
    await settle();
  }
  expect(client.topics.get('s/l/events')?.entries).toHaveLength(40);
  expect(slicesOfSecond()).toBe(0);
});
