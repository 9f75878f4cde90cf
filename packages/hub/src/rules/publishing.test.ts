import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { PublishPort, PublishResult, ReceiptPort } from '../ports.ts';

const CONNECT = { type: 'connect', token: 'ann', client: { id: 'c1', name: 'test', version: '1' } };

interface Asked {
  readonly publication: Parameters<PublishPort['publish']>[0];
  readonly userId: string;
  readonly resolve: (result: PublishResult) => void;
  readonly reject: (error: Error) => void;
}

function start() {
  const asked: Asked[] = [];
  const receipts: Parameters<ReceiptPort['displayed']>[] = [];
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      publishing: {
        publish(publication, { userId }) {
          const { promise, resolve, reject } = Promise.withResolvers<PublishResult>();
          asked.push({ publication, userId, resolve, reject });
          return promise;
        },
      },
      receipts: { displayed: (...receipt) => receipts.push(receipt) },
    }),
  );
  harness.identities.set('ann', {
    permissions: { subscribe: ['s/#'], publish: ['app/ann/#', 's/#'], command: [] },
  });
  return { ...harness, asked, receipts };
}

test('W1: a publication is answered when it is durable', async () => {
  const { raw, asked, settle } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  const publication = { topic: 'app/ann/recipe', kind: 'record', lane: 'high', data: { a: 1 }, key: 'k' };
  await link.send({ type: 'publish', id: 1, ...publication });
  await link.send({ type: 'publish', id: 2, topic: 'app/ann/temperature', kind: 'signal', data: 3 });
  expect(asked.map(({ publication: given, userId }) => ({ ...given, userId }))).toEqual([
    { ...publication, userId: 'ann' },
    { topic: 'app/ann/temperature', kind: 'signal', data: 3, userId: 'ann' },
  ]);
  expect(link.ofType('published')).toEqual([]);
  asked[1]?.resolve({ status: 'published', isDuplicate: false });
  asked[0]?.resolve({ status: 'published', offset: 7, isDuplicate: false });
  await settle();
  expect(link.ofType('published')).toEqual([
    { type: 'published', id: 2 },
    { type: 'published', id: 1, offset: 7 },
  ]);
});

test('W1, W2: only valid topics below app/, and only permitted ones', async () => {
  const { raw, asked, settle } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'publish', id: 1, topic: 's/l/status', data: 1 });
  await link.send({ type: 'publish', id: 2, topic: 'app/ann/+', data: 1 });
  await link.send({ type: 'publish', id: 3, topic: 'app/bob/x', data: 1 });
  await link.send({ type: 'publish', id: 4, topic: 'app', data: 1 });
  await link.send({ type: 'publish', id: 5, topic: 'app/ann/x', kind: 'record', data: 1 });
  asked[0]?.resolve({ status: 'refused', message: 'data: expected an object, found 1' });
  await settle();
  expect(link.ofType('error')).toMatchObject([
    { id: 1, name: 'publishRefused', message: 'topic: only topics below "app/" can be published to' },
    { id: 2, name: 'publishRefused', message: 'topic: must not contain "+" or "#"' },
    { id: 3, name: 'forbidden' },
    { id: 4, name: 'publishRefused' },
    { id: 5, name: 'publishRefused', message: 'data: expected an object, found 1', temporary: false },
  ]);
  expect(asked).toHaveLength(1);
});

test('W3: a repeat is told as one, and what is not known is asked again', async () => {
  const { raw, asked, settle, hub } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  for (const id of [1, 2])
    await link.send({ type: 'publish', id, topic: 'app/ann/x', data: 1, key: 'order-1' });
  asked[0]?.resolve({ status: 'published', offset: 3, isDuplicate: true });
  asked[1]?.reject(new Error('the engine is gone'));
  await settle();
  expect(link.ofType('published')).toEqual([{ type: 'published', id: 1, offset: 3, duplicate: true }]);
  expect(link.ofType('error')).toMatchObject([{ id: 2, name: 'publishFailed', temporary: true }]);
  expect(hub.figures().publishesInFlight).toBe(0);
});

test('W4: 100 publications at once, 50 a second, 64 outstanding', async () => {
  const { raw, asked, settle, clock } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  const publish = (count: number): Promise<void[]> =>
    Promise.all(
      Array.from({ length: count }, () => link.send({ type: 'publish', id: 1, topic: 'app/ann/x', data: 1 })),
    );
  await publish(65);
  expect(asked).toHaveLength(64);
  expect(link.ofType('error')).toMatchObject([{ name: 'publishesTooFast', temporary: true }]);
  for (const { resolve } of asked) resolve({ status: 'published', offset: 1, isDuplicate: false });
  await settle();
  await publish(37);
  expect(asked).toHaveLength(100);
  expect(link.ofType('error')[1]).toMatchObject({ name: 'publishesTooFast', retryAfterMs: 20 });
  clock.advance(20);
  await publish(1);
  expect(asked).toHaveLength(101);
  asked[100]?.resolve({ status: 'busy', retryAfterMs: 700 });
  await settle();
  expect(link.ofType('error')[2]).toMatchObject({
    name: 'publishesTooFast',
    temporary: true,
    retryAfterMs: 700,
  });
});

test('L3: a drain finishes publications that were accepted and refuses new ones', async () => {
  const { raw, asked, hub, settle, pass } = start();
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'publish', id: 1, topic: 'app/ann/x', data: 1 });
  const drained = hub.drain();
  await link.send({ type: 'publish', id: 2, topic: 'app/ann/x', data: 1 });
  await pass(1_000);
  expect(link.closed()).toBeNull();
  expect(link.ofType('error')).toMatchObject([{ id: 2, name: 'draining', temporary: true }]);
  asked[0]?.resolve({ status: 'published', offset: 9, isDuplicate: false });
  await settle();
  await pass(1_000);
  await drained;
  expect(link.ofType('published')).toEqual([{ type: 'published', id: 1, offset: 9 }]);
  expect(link.closed()?.code).toBe(4000);
});

test('B6: publishing by hand', async () => {
  const { raw, asked, settle } = start();
  const link = raw('basic', 'ann');
  await settle();
  await link.send({ type: 'publish', topic: 'app/ann/note', data: 'hello', id: 4 });
  await link.send({ type: 'publish', topic: 'app/ann/note', data: 'again' });
  asked[0]?.resolve({ status: 'published', offset: 1, isDuplicate: false });
  asked[1]?.resolve({ status: 'published', offset: 2, isDuplicate: false });
  await settle();
  expect(link.ofType('published')).toEqual([
    { type: 'published', id: 4, offset: 1 },
    { type: 'published', offset: 2 },
  ]);
});

test('W5: receipts are taken for critical documents that the session holds', async () => {
  const { raw, publish, settle, receipts, clock } = start();
  const offset = publish(
    change.collection('s/l/andon', { 'call-1': { state: 'raised' } }, [], 'critical'),
    change.collection('s/l/alarms', { a: 1 }),
    change.collection('t/andon', { 'call-2': {} }, [], 'critical'),
  );
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  const displayed = { type: 'displayed', topic: 's/l/andon', key: 'call-1', offset };
  await link.send(displayed);
  expect(receipts).toEqual([]);
  await link.send({ type: 'subscribe', id: 1, filters: ['#'] });
  await link.send(displayed);
  await link.send({ ...displayed, topic: 's/l/alarms', key: 'a' });
  await link.send({ ...displayed, topic: 't/andon', key: 'call-2' });
  await link.send({ ...displayed, topic: 's/none' });
  await link.send({ ...displayed, offset: offset + 1 });
  const session = link.ofType('welcome')[0]?.['session'];
  expect(receipts).toMatchObject([
    [{ topic: 's/l/andon', key: 'call-1', offset }, { userId: 'ann' }, session],
  ]);
  await Promise.all(Array.from({ length: 150 }, () => link.send(displayed)));
  expect(receipts).toHaveLength(100);
  clock.advance(1_000);
  await Promise.all(Array.from({ length: 50 }, () => link.send(displayed)));
  await settle();
  expect(receipts).toHaveLength(120);
  expect(link.ofType('error')).toEqual([]);
});
