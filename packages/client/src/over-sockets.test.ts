import { createSeededRandom } from '@ms5/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createPlantModel } from '../test-support/plant-model.ts';
import { startSocketServer, type SocketServer } from '../test-support/socket-server.ts';
import { createClient } from './client.ts';
import { json, type Encoding } from './encoding.ts';
import { messagePack } from './msgpack/index.ts';
import { openByWebSocket, systemClock } from './system-ports.ts';
import type { WebSocketConstructor } from './ports.ts';
import type { Client } from './types.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** One plant, its server that can be killed and started again on the same port, and what it was asked to do. */
async function createSite() {
  const model = createPlantModel();
  const random = createSeededRandom(7);
  const applied: number[] = [];
  const known = new Set<string>();
  let beforeOutcome = (): void => {};
  const commands = {
    execute: async ({ data, key }: { readonly data: unknown; readonly key: object }) => {
      const id = JSON.stringify(key);
      const isNew = !known.has(id);
      known.add(id);
      if (isNew) applied.push(data as number);
      beforeOutcome();
      await Promise.resolve();
      return { status: isNew ? 'applied' : 'duplicate', offset: 1 } as const;
    },
  };
  let server: SocketServer = await startSocketServer({ image: model.image(), commands });
  closing.push(() => server.kill());
  const port = Number(new URL(server.url).port);
  return {
    url: server.url,
    model,
    applied,
    /** Runs between a command's effect and its outcome. */
    onExecuted(task: () => void) {
      beforeOutcome = task;
    },
    commit(count: number) {
      server.hub.append(
        'plant',
        Array.from({ length: count }, () => model.commit(random, systemClock.now())),
      );
    },
    cut() {
      for (const socket of server.sockets()) socket.terminate();
    },
    async restart() {
      await server.kill();
      server = await startSocketServer({ image: model.image(), commands, port });
    },
  };
}
type Site = Awaited<ReturnType<typeof createSite>>;

function connect(
  { url }: Site,
  openSocket = openByWebSocket(),
  encoding = json,
  getToken = () => Promise.resolve('anna'),
): Client {
  const client = createClient({
    url,
    encoding,
    getToken,
    ports: { openSocket, random: { next: () => 0 } },
  });
  closing.push(() => client.close());
  client.connect();
  return client;
}

const isLive = (client: Client): Promise<void> =>
  vi.waitFor(() => expect(client.state().status).toBe('live'), { timeout: 10_000, interval: 5 });

/** Other tests may keep the machine busy. */
const WHEN_BUSY = { timeout: 10_000 };

const WAYS: readonly (readonly [string, WebSocketConstructor | undefined, Encoding])[] = [
  ['the runtime’s WebSocket', undefined, json],
  ['the runtime’s WebSocket, packed', undefined, messagePack()],
  ['ws', WebSocket, json],
  ['ws, packed', WebSocket, messagePack()],
];

describe.each(WAYS)('over %s', (_name, constructor, encoding) => {
  const openSocket = openByWebSocket(constructor);

  it('every entry of a stream comes once and in order through cuts and restarts, and states converge', async () => {
    const site = await createSite();
    const client = connect(site, openSocket, encoding);
    const seen = new Map<string, number[]>();
    const lost = vi.fn();
    client.stream<number>(
      'plant/#',
      ({ topic, data }) => {
        seen.set(topic, [...(seen.get(topic) ?? []), data]);
      },
      lost,
    );
    const calls = client.collection<number>('plant/a/l1/andon');
    calls.subscribe(() => {});
    const all = client.records('plant/#');
    all.subscribe(() => {});
    await vi.waitFor(() => expect(all.get().freshness).toBe('live'), WHEN_BUSY);
    for (let round = 0; round < 4; round += 1) {
      site.commit(100);
      if (round === 2) await site.restart();
      else site.cut();
      // On a busy machine it may be back before anybody looked.
      await vi.waitFor(
        () =>
          expect(client.state().status === 'reconnecting' || client.statistics().reconnects > round).toBe(
            true,
          ),
        { ...WHEN_BUSY, interval: 5 },
      );
      site.commit(200);
      await isLive(client);
    }
    await vi.waitFor(
      () => {
        for (const topic of ['plant/a/l1/events', 'plant/a/l2/events'])
          expect(seen.get(topic)).toEqual(site.model.entriesOf(topic));
        expect(calls.get().freshness).toBe('live');
        expect(Object.fromEntries(calls.get().value)).toEqual(site.model.keysOf('plant/a/l1/andon'));
        expect(all.get().value.get('plant/a/l2/status')?.value).toEqual(
          site.model.keysOf('plant/a/l2/status'),
        );
      },
      { timeout: 10_000 },
    );
    expect(lost).not.toHaveBeenCalled();
    expect(client.statistics().reconnects).toBe(4);
  }, 30_000);

  it('A9: the next user signs in on the same connection, begins anew, and misses nothing', async () => {
    const site = await createSite();
    site.commit(50);
    let token = 'anna';
    const client = connect(site, openSocket, encoding, () => Promise.resolve(token));
    const status = client.record('plant/a/l1/status', { rate: 10 });
    status.subscribe(() => {});
    const events: number[] = [];
    client.stream<number>('plant/a/l1/events', ({ data }) => events.push(data));
    await vi.waitFor(() => expect(status.get().freshness).toBe('live'), WHEN_BUSY);
    for (const next of ['bert', 'carla', 'anna']) {
      site.commit(200);
      client.signOut();
      expect([status.get().value, status.get().position]).toEqual([{}, null]);
      token = next;
      client.signIn({ userId: next });
      await vi.waitFor(() => expect(status.get().freshness).toBe('live'), { timeout: 10_000, interval: 5 });
      expect(client.state().user?.id).toBe(next);
    }
    const before = site.model.entriesOf('plant/a/l1/events').length;
    site.commit(2_000);
    await vi.waitFor(() => {
      expect(status.get().value).toEqual(site.model.keysOf('plant/a/l1/status'));
      const since = site.model.entriesOf('plant/a/l1/events').slice(before);
      expect(events.slice(-since.length)).toEqual(since);
    }, WHEN_BUSY);
    expect(client.statistics().reconnects).toBe(0);
  }, 30_000);

  it('a command whose outcome was lost is sent again and counts once', async () => {
    const site = await createSite();
    const client = connect(site, openSocket, encoding);
    await isLive(client);
    let cuts = 2;
    site.onExecuted(() => {
      if (cuts > 0) site.cut();
      cuts -= 1;
    });
    const outcomes = await Promise.all([1, 2, 3, 4].map((n) => client.command('enterCount', n)));
    expect(site.applied).toEqual([1, 2, 3, 4]);
    expect(outcomes.map(({ status }) => status)).toEqual(['duplicate', 'applied', 'applied', 'applied']);
  }, 30_000);
});

describe('over loopback', () => {
  it('knows the server’s clock within the round trip', async () => {
    const client = connect(await createSite());
    await isLive(client);
    await vi.waitFor(() => expect(client.statistics().roundTripMs).not.toBeNull(), WHEN_BUSY);
    const { roundTripMs, skewMs } = client.statistics();
    const errorMs = (roundTripMs ?? 0) + 1;
    expect(Math.abs(skewMs ?? Infinity)).toBeLessThanOrEqual(errorMs);
    const before = systemClock.now();
    const serverTime = client.serverTime();
    expect(serverTime).toBeGreaterThanOrEqual(before - errorMs);
    expect(serverTime).toBeLessThanOrEqual(systemClock.now() + errorMs);
  });

  it('reports a server that is not there, and finds it when it is', async () => {
    const site = await createSite();
    const client = createClient({ url: 'ws://127.0.0.1:1/ws', getToken: () => Promise.resolve('anna') });
    closing.push(() => client.close());
    client.connect();
    await vi.waitFor(
      () => expect(client.state()).toMatchObject({ status: 'connecting', attempt: 1 }),
      WHEN_BUSY,
    );
    expect(client.state().reason.code).toBe('socketClosed');
    await isLive(connect(site));
  });

  it('ten thousand entries arrive while acknowledgements keep the window open', async () => {
    const site = await createSite();
    site.commit(200);
    const earlier = site.model.entriesOf('plant/a/l1/events').length;
    const client = connect(site);
    const seen: number[] = [];
    client.stream<number>('plant/a/l1/events', ({ data }) => seen.push(data));
    const status = client.record('plant/a/l1/status');
    status.subscribe(() => {});
    // Both are asked for at once: when one is there, entries of the other come.
    await vi.waitFor(() => expect(status.get().freshness).toBe('live'), WHEN_BUSY);
    for (let round = 0; round < 20; round += 1) site.commit(500);
    const committed = site.model.entriesOf('plant/a/l1/events').slice(earlier);
    await vi.waitFor(() => expect(seen.length).toBe(committed.length), WHEN_BUSY);
    expect(seen).toEqual(committed);
  });
});
