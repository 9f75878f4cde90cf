import { createHubHarness, createSeededRandom, type HarnessParts, type RawLink } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { Hooks, HookVerdict, PublishResult } from '../ports.ts';

const SEEDS = 300;
const STEPS = 200;
/** What the runs bring about, by message, error and close code. */
const EXPECTED = [
  'welcome',
  'subscribed',
  'outcome',
  'published',
  'refreshed',
  'signedOut',
  'tooManySessions',
  'refusedByPlugin',
  'commandFailed',
  'publishFailed',
  'draining',
  'refreshUnavailable',
  4000,
  4006,
  4007,
  4500,
  4501,
  4502,
  4504,
];

/** Everything the hub waits for, in the order it was asked; the test decides when and how each ends. */
function createWaiting(seed: number) {
  const random = createSeededRandom(seed);
  const waiting: (() => void)[] = [];
  const opened = new Set<string>();
  const ended: string[] = [];
  const hooks: Hooks = {
    before(name, act) {
      if (name === 'connect' && 'session' in act) opened.add(act.session);
      if (random.chance(0.5)) return undefined;
      const verdict: HookVerdict = random.chance(0.8)
        ? { verdict: 'continue' }
        : { verdict: 'refuse', message: 'no' };
      return new Promise((resolve) => waiting.push(() => resolve(verdict)));
    },
    after() {},
    disconnected: (session) => ended.push(session),
  };
  const later = <Value>(value: Value): Promise<Value> => {
    if (random.chance(0.02)) throw new Error('broken');
    return new Promise((resolve, reject) =>
      waiting.push(() => (random.chance(0.9) ? resolve(value) : reject(new Error('lost')))),
    );
  };
  return {
    random,
    hooks,
    opened,
    ended,
    later,
    release: (all: boolean): boolean => {
      const count = all ? waiting.length : Math.min(1, waiting.length);
      for (const settle of waiting.splice(0, count)) settle();
      return count > 0;
    },
  };
}

function start(seed: number) {
  const waiting = createWaiting(seed);
  const harness = createHubHarness((parts: HarnessParts) =>
    createHub({
      ...parts,
      version: 'test',
      hooks: waiting.hooks,
      limits: { sessionsPerUser: 3 },
      authenticator: {
        authenticate: async (token) =>
          waiting.later({ ...(await parts.authenticator.authenticate(token)), tokenId: token }),
      },
      commands: { execute: () => waiting.later({ status: 'applied', offset: 1 }) },
      publishing: {
        publish: () => waiting.later<PublishResult>({ status: 'published', offset: 1, isDuplicate: false }),
      },
    }),
  );
  const permissions = { subscribe: ['#'], publish: ['#'], command: ['#'] };
  for (const user of ['ann', 'bob']) harness.identities.set(user, { permissions });
  return { ...harness, ...waiting };
}

/** One thing that may happen to a connection. */
function act(run: ReturnType<typeof start>, link: RawLink): Promise<void> {
  const { random } = run;
  const id = random.int(1, 5);
  const client = { id: 'c', name: 'n', version: '1' };
  const user = random.pick(['ann', 'bob']);
  const connect = (): Promise<void> => link.send({ type: 'connect', token: user, client });
  const acts: (() => Promise<void>)[] = [
    connect,
    () => link.send({ type: 'subscribe', id, filters: [random.pick(['s/#', 's/a/+', 't'])] }),
    () => link.send({ type: 'unsubscribe', id, filters: ['s/#'] }),
    () => link.send({ type: 'command', id, command: 'x', data: {}, key: { clientId: 'c', counter: id } }),
    () => link.send({ type: 'publish', id, topic: 'app/x', data: id }),
    () => link.send({ type: 'refresh', id, token: user }),
    () => link.send({ type: 'signOut', id }),
    () => link.send({ type: 'ack', received: random.int(0, link.texts.length) }),
    () => link.send(random.pick(['nonsense', { type: 'probe', id }, { type: 'auth', token: user }])),
  ];
  const isKnown = link.ofType('welcome').length > link.ofType('signedOut').length;
  return !isKnown && random.chance(0.95) ? connect() : random.pick(acts)();
}

async function live(
  seed: number,
): Promise<ReturnType<typeof start> & { readonly links: readonly RawLink[] }> {
  const run = start(seed);
  const { random, hub, raw, release, pass, publish, settle } = run;
  const links: RawLink[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const kind = random.int(1, 20);
    const link = links.length === 0 ? undefined : random.pick(links);
    if (kind <= 3 || link === undefined)
      links.push(random.chance(0.8) ? raw('ms5.v1.json') : raw('basic', random.pick(['ann', 'bob'])));
    else if (kind <= 11) await act(run, link);
    else if (kind <= 15) release(random.chance(0.5));
    else if (kind === 16) link.pair.drop();
    else if (kind === 17 && random.chance(0.3)) hub.revoke({ userIds: [random.pick(['ann', 'bob'])] });
    else if (kind === 18 && random.chance(0.03)) void hub.drain();
    else if (kind === 19) await pass(random.pick([10, 1_000, 12_000]));
    else publish({ kind: 'removed', topic: 's/none' });
    await settle();
  }
  for (const link of links) if (random.chance(0.5)) link.pair.drop();
  await settle();
  if (random.chance(0.5)) hub.close();
  else void hub.drain();
  while (release(true)) await settle();
  await pass(12_000);
  return { ...run, links };
}

test('whatever happens to sessions, in the end nothing of them is left', async () => {
  const seen = new Map<string, number>();
  const note = (name: string): unknown => seen.set(name, (seen.get(name) ?? 0) + 1);
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { hub, opened, ended, links } = await live(seed);
    for (const link of links) {
      for (const { type, name } of link.received)
        note(type === 'error' ? JSON.stringify(name) : JSON.stringify(type));
      note(JSON.stringify(link.closed()?.code ?? null));
    }
    const { sessions, users, interests, commandsInFlight, publishesInFlight } = hub.figures();
    expect(
      { sessions, users, interests, commandsInFlight, publishesInFlight, ended: ended.toSorted() },
      `seed ${seed}`,
    ).toEqual({
      sessions: 0,
      users: 0,
      interests: 0,
      commandsInFlight: 0,
      publishesInFlight: 0,
      ended: [...opened].toSorted(),
    });
  }
  // Otherwise the runs would say little.
  for (const name of EXPECTED) expect(seen.get(JSON.stringify(name)) ?? 0, String(name)).toBeGreaterThan(5);
}, 60_000);
