import { createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { HookName, Hooks, HookVerdict } from '../ports.ts';

const CONNECT = { type: 'connect', token: 'ann', client: { id: 'c1', name: 'test', version: '1' } };
const command = (id: number) => ({
  type: 'command',
  id,
  command: 'raiseCall',
  data: {},
  key: { clientId: 'c1', counter: id },
});

interface Question {
  readonly name: HookName;
  decide(verdict: HookVerdict): void;
}

/** Hooks that wait for the test's verdict where `asks` says so, and note everything else. */
function start(asks: readonly HookName[]) {
  const questions: Question[] = [];
  const after: unknown[] = [];
  /** Ends the check of the token `slow`. */
  const checks: (() => void)[] = [];
  const hooks: Hooks = {
    before(name) {
      if (!asks.includes(name)) return undefined;
      return new Promise((decide) => questions.push({ name, decide }));
    },
    after: (name, _act, result) => after.push([name, result]),
    disconnected: (_session, identity, code) => after.push(['disconnected', identity?.userId ?? null, code]),
  };
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      authenticator: {
        async authenticate(token) {
          if (token === 'slow') await new Promise<void>((resolve) => checks.push(resolve));
          return parts.authenticator.authenticate(token === 'slow' ? 'ann' : token);
        },
      },
      hooks,
      publishing: {
        publish: () => Promise.resolve({ status: 'published', offset: 1, isDuplicate: false }),
      },
    }),
  );
  harness.identities.set('ann', {
    permissions: { subscribe: ['s/#'], publish: ['app/#'], command: ['#'] },
  });
  /** `null`: go on; else why not. */
  const decide = async (refusal: string | null): Promise<void> => {
    const question = questions.shift();
    if (question === undefined) throw new Error('nothing was asked');
    question.decide(refusal === null ? { verdict: 'continue' } : { verdict: 'refuse', message: refusal });
    await harness.settle();
  };
  return { ...harness, questions, after, checks, decide };
}

test('W6: while a plugin decides, later requests wait in their order', async () => {
  const { raw, questions, decide, commands, settle } = start(['subscribe', 'command']);
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'] });
  await link.send(command(2));
  await link.send({ type: 'unsubscribe', id: 3, filters: ['s/#'] });
  await link.send({ type: 'publish', id: 4, topic: 'app/x', data: 1 });
  await link.send({ type: 'probe', id: 5 });
  await link.send({ type: 'ack', received: link.texts.length });
  expect(link.received.map(({ type }) => type)).toEqual(['welcome', 'probed']);
  expect(questions.map(({ name }) => name)).toEqual(['subscribe']);
  await decide(null);
  expect(link.received.map(({ type }) => type)).toEqual(['welcome', 'probed', 'subscribed', 'synced']);
  expect(commands).toEqual([]);
  await decide(null);
  expect(commands).toHaveLength(1);
  expect(link.received.slice(4).map(({ type }) => type)).toEqual(['unsubscribed', 'published']);
  commands[0]?.resolve({ status: 'applied', offset: 1 });
  await settle();
  expect(link.received.at(-1)).toMatchObject({ type: 'outcome', id: 2 });
});

test('W6: a token that is checked meanwhile does not let later requests pass', async () => {
  const { raw, questions, decide, commands, checks, settle } = start(['authenticate', 'command']);
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await decide(null);
  await link.send({ type: 'refresh', id: 1, token: 'slow' });
  await link.send(command(2));
  await link.send(command(3));
  for (const check of checks) check();
  await settle();
  expect(questions.map(({ name }) => name)).toEqual(['command', 'authenticate']);
  questions.reverse();
  await decide(null);
  expect(link.ofType('refreshed')).toHaveLength(1);
  expect(questions.map(({ name }) => name)).toEqual(['command']);
  await decide(null);
  await decide(null);
  expect(commands.map((asked) => asked.command.key.counter)).toEqual([2, 3]);
});

test('W6: a refusal is told with its message, and nothing is done', async () => {
  const { raw, decide, commands, after, hub } = start(['subscribe', 'publish', 'command']);
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'subscribe', id: 1, filters: ['s/#'] });
  await decide('not on Sundays');
  await link.send({ type: 'publish', id: 2, topic: 'app/x', data: 1 });
  await decide('no recipes');
  await link.send(command(3));
  await decide('no calls');
  expect(link.ofType('error')).toMatchObject([
    { id: 1, code: 151, name: 'refusedByPlugin', message: 'not on Sundays', temporary: false },
    { id: 2, name: 'refusedByPlugin', message: 'no recipes' },
    { id: 3, name: 'refusedByPlugin', message: 'no calls' },
  ]);
  expect(commands).toEqual([]);
  expect(hub.sessions()).toMatchObject([{ subscriptions: 0 }]);
  expect(after).toEqual([
    ['connect', {}],
    ['authenticate', {}],
  ]);
});

test('W6: a refused connection or token is closed, a refused refresh is answered', async () => {
  const { raw, decide, settle } = start(['connect', 'authenticate']);
  const unwanted = raw('ms5.v1.json');
  await decide('this address is blocked');
  expect(unwanted.closed()).toEqual({ code: 4501, reason: 'this address is blocked' });
  const unknown = raw('basic', 'ann');
  await settle();
  await decide(null);
  await decide('nobody knows ann');
  expect(unknown.closed()).toEqual({ code: 4501, reason: 'nobody knows ann' });
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  expect(link.received).toEqual([]);
  await decide(null);
  await decide(null);
  expect(link.ofType('welcome')).toHaveLength(1);
  await link.send({ type: 'refresh', id: 1, token: 'ann' });
  await decide('too late');
  expect(link.ofType('error')).toMatchObject([{ id: 1, name: 'refreshRefused', message: 'too late' }]);
});

test('W6: at most 64 requests wait for a plugin, before authentication 16', async () => {
  const { raw, decide } = start(['connect', 'subscribe']);
  const link = raw('ms5.v1.json');
  await decide(null);
  await link.send(CONNECT);
  await link.send({ type: 'subscribe', id: 0, filters: ['s/#'] });
  for (let id = 1; id <= 65; id += 1) await link.send({ type: 'unsubscribe', id, filters: ['s/x'] });
  expect(link.ofType('error')).toMatchObject([{ id: 65, name: 'requestsTooFast', temporary: true }]);
  await decide(null);
  expect(link.ofType('unsubscribed').map(({ id }) => id)).toEqual(
    Array.from({ length: 64 }, (_, index) => index + 1),
  );
  const early = raw('ms5.v1.json');
  await early.send(CONNECT);
  for (let id = 1; id <= 15; id += 1) await early.send({ type: 'unsubscribe', id, filters: ['s/x'] });
  expect(early.closed()).toBeNull();
  await early.send({ type: 'unsubscribe', id: 16, filters: ['s/x'] });
  expect(early.closed()?.code).toBe(4500);
});

test('W6: what has ended while a plugin decided stays ended', async () => {
  const { raw, decide, commands, hub, after, pass } = start(['authenticate', 'command']);
  const gone = raw('ms5.v1.json');
  await gone.send(CONNECT);
  gone.pair.drop();
  await decide(null);
  expect(hub.sessions()).toEqual([]);
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await decide(null);
  await link.send(command(1));
  const drained = hub.drain();
  await pass(100);
  await decide(null);
  await drained;
  expect(commands).toEqual([]);
  expect(after).toEqual([
    ['connect', {}],
    ['disconnected', null, 1006],
    ['connect', {}],
    ['authenticate', {}],
    ['disconnected', 'ann', 4000],
  ]);
});

test('hooks after an act are told what came of it', async () => {
  const { raw, after, commands, settle } = start([]);
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  await link.send({ type: 'subscribe', id: 1, filters: ['#'] });
  await link.send({ type: 'publish', id: 2, topic: 'app/x', data: 1 });
  await link.send(command(3));
  commands[0]?.resolve({ status: 'applied', offset: 4 });
  await settle();
  link.pair.drop();
  expect(after).toEqual([
    ['connect', {}],
    ['authenticate', {}],
    ['subscribe', { effective: ['s/#'] }],
    ['publish', { result: { status: 'published', offset: 1, isDuplicate: false } }],
    ['command', { outcome: { status: 'applied', offset: 4 } }],
    ['disconnected', 'ann', 1006],
  ]);
});

test('C6: a user has so many sessions and no more', async () => {
  const { raw, hub, settle } = createHubHarness((parts: HarnessParts) =>
    createHub({ ...parts, version: 'test', limits: { sessionsPerUser: 2, retryAfterMs: 1_000 } }),
  );
  const links = [];
  for (let count = 0; count < 3; count += 1) {
    const link = raw('ms5.v1.json');
    await link.send(CONNECT);
    links.push(link);
  }
  const [first, , third] = links;
  expect(third?.received).toMatchObject([{ type: 'error', code: 142, name: 'tooManySessions' }]);
  expect(third?.received[0]?.['retryAfterMs']).toBeGreaterThanOrEqual(1_000);
  expect(third?.closed()?.code).toBe(4004);
  const other = raw('basic', 'bob');
  await settle();
  expect(other.ofType('welcome')).toHaveLength(1);
  first?.pair.drop();
  const fourth = raw('ms5.v1.json');
  await fourth.send(CONNECT);
  expect(fourth.ofType('welcome')).toHaveLength(1);
  expect(hub.sessions()).toHaveLength(3);
});

test('X5: 1,000 requests at once, 200 a second', async () => {
  const { raw, clock } = createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
  const link = raw('ms5.v1.json');
  await link.send(CONNECT);
  const ask = async (count: number): Promise<void> => {
    for (let id = 0; id < count; id += 100) {
      const size = Math.min(100, count - id);
      await Promise.all(
        Array.from({ length: size }, () => link.send({ type: 'unsubscribe', id: 1, filters: ['s/x'] })),
      );
      await link.send({ type: 'ack', received: link.texts.length });
    }
  };
  await ask(1_001);
  expect(link.ofType('unsubscribed')).toHaveLength(1_000);
  expect(link.ofType('error')).toMatchObject([{ id: 1, name: 'requestsTooFast', retryAfterMs: 5 }]);
  clock.advance(5);
  await ask(1);
  expect(link.ofType('unsubscribed')).toHaveLength(1_001);
});
