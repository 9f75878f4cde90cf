import { change, createHubHarness, createSeededRandom, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const CONNECT = { type: 'connect', token: 'ann', client: { id: 'c1', name: 'test', version: '1' } };

test('X1: what is wrong is named by path, and the connection goes on', async () => {
  const link = start().raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send('{"type":');
  await link.send('[]');
  await link.send({ type: 'explode', id: 4 });
  await link.send({ type: 'subscribe', id: 5, filters: ['a', 7] });
  await link.send({ type: 'subscribe', id: 6, filters: ['a'], resume: { marks: [{ lane: 'express' }] } });
  link.connection.receive(new Uint8Array([1, 2, 3]));
  await link.send({ type: 'probe', id: 7 });
  expect(link.ofType('error').map(({ id, code, message }) => [id, code, message])).toEqual([
    [undefined, 100, 'expected a JSON object, found text that is not JSON'],
    [undefined, 100, 'expected an object, found an array of 0'],
    [4, 100, expect.stringContaining('type: expected one of connect, subscribe,')],
    [5, 100, 'filters[1]: expected a string of 1 to 256 characters, found 7'],
    [
      6,
      100,
      'resume.marks[0].lane: expected one of critical, high, normal, low, found a string of 7 characters',
    ],
    [undefined, 100, 'expected a text message, found a binary one'],
  ]);
  expect(link.ofType('probed')).toHaveLength(1);
});

test('X2: twenty are tolerated, one more every 10 s; none before authentication', async () => {
  const { raw, clock, settle } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  for (let count = 0; count < 20; count += 1) await link.send('?');
  clock.elapse(10_000);
  await link.send('?');
  expect(link.closed()).toBeNull();
  await link.send('?');
  expect(link.closed()?.code).toBe(4500);
  const unknown = raw('ms5.v1.json');
  await unknown.send('GET / HTTP/1.1');
  await settle();
  expect(unknown.closed()?.code).toBe(4500);
});

test('X3: a message that is too large is refused unparsed', async () => {
  const { raw } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send('x'.repeat(65_537));
  const deep = `${'['.repeat(33)}${']'.repeat(33)}`;
  await link.send(
    `{"type":"command","id":1,"command":"c","key":{"clientId":"c1","counter":1},"data":${deep}}`,
  );
  expect(link.ofType('error')).toMatchObject([
    { name: 'messageTooLarge' },
    { id: 1, message: 'data: expected JSON nested at most 32 deep, found an array of 1' },
  ]);
  const unknown = raw('ms5.v1.json');
  await unknown.send('x'.repeat(65_537));
  expect(unknown.closed()?.code).toBe(4500);
});

test('X4: hostile frames on every endpoint never throw and never reach another session', async () => {
  const { raw, join, publish, settle, hub } = start();
  const { client } = await join('good', { filters: ['s/#'] });
  const random = createSeededRandom(7);
  const pieces =
    '{ } [ ] " : , null -1 1e999 {} \u0000 \ud800 __proto__ "type" "subscribe" "connect" "ack" "filters" "resume" ' +
    '"topics" "#" "auth" "id" 9007199254740993 "received" "token" "command" "key" "data" true';
  const valid = [
    JSON.stringify(CONNECT),
    '{"type":"auth","token":"x"}',
    '{"type":"subscribe","id":1,"filters":["#"],"resume":{"marks":[],"topics":{"__proto__":{"epoch":"e","offset":0}}}}',
    '{"type":"subscribe","topics":["#"],"batch":true}',
    '{"type":"unsubscribe","id":2,"filters":["#"]}',
    '{"type":"ack","received":1}',
  ];
  const hostile = (): string => {
    if (random.chance(0.3)) return random.pick(valid);
    if (random.chance(0.5)) {
      const text = random.pick(valid);
      const at = random.int(0, text.length - 1);
      return text.slice(0, at) + random.pick(pieces.split(' ')) + text.slice(at + random.int(0, 3));
    }
    return Array.from({ length: random.int(1, 12) }, () => random.pick(pieces.split(' '))).join('');
  };
  for (let link = 0; link < 300; link += 1) {
    const { connection } = raw(random.pick(['basic', 'ms5.v1.json']), random.chance(0.3) ? 'tok' : undefined);
    for (let count = random.int(1, 40); count > 0; count -= 1) {
      const message = hostile();
      expect(() =>
        connection.receive(random.chance(0.05) ? new TextEncoder().encode(message) : message),
      ).not.toThrow();
      if (random.chance(0.2)) await settle();
    }
    if (random.chance(0.5)) connection.closed(1006);
  }
  publish(change.record('s/l/status', { a: 1 }));
  await settle();
  expect(client.topics.get('s/l/status')?.values.get('a')).toBe(1);
  expect(client.closedWith()).toBeNull();
  hub.close();
});
