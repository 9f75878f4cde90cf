import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openBasicClient, type BasicMessage } from './support/basic-client.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';
import { until } from './support/until.ts';

let server: RunningServer | undefined;
let directory = '';

afterEach(async () => {
  await server?.kill();
  await rm(directory, { recursive: true, force: true });
});

interface ObserveItem {
  readonly index: number;
  readonly status: string;
}

/** Posts one part after the other until the server is gone; tells of each that was acknowledged. */
async function postUntilGone(
  url: string,
  token: string,
  keyPrefix: string,
  onAcknowledged: () => void,
): Promise<void> {
  for (let index = 0; ; index += 1) {
    const item = {
      equipment: 'hall/press/press',
      state: 'running',
      good: 1,
      scrap: 0,
      key: `${keyPrefix}-${index}`,
    };
    try {
      const response = await fetch(`${url}/api/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify([item]),
      });
      const body = (await response.json()) as { results: readonly ObserveItem[] };
      if (response.status === 207 && body.results[0]?.status === 'accepted') onAcknowledged();
    } catch {
      return;
    }
  }
}

describe('a server that is killed', () => {
  test('has lost nothing that was acknowledged, and applies a repeated command once', async () => {
    directory = await temporaryDirectory('restart');
    const plantFile = await writePlant(directory, testPlant());
    const dataDir = join(directory, 'data');
    server = await startServer({ plantFile, dataDir });
    const device = await server.token('device');
    const lead = await server.token('lead');

    let acknowledged = 0;
    const { url } = server;
    const posting = Promise.all(
      ['a', 'b', 'c', 'd'].map((prefix) => postUntilGone(url, device, prefix, () => (acknowledged += 1))),
    );
    const before = await openBasicClient(server.webSocketUrl, lead);
    before.send({ type: 'subscribe', topics: ['works/hall/press/#'], id: 1 });
    await before.next('a production update', (message) => message['topic'] === 'works/hall/press/production');
    const raise = {
      type: 'command',
      command: 'raiseCall',
      data: { line: 'hall/press', callType: 'maintenance', priority: 'high' },
      key: { clientId: 'tablet-7', counter: 1 },
      id: 2,
    };
    before.send(raise);
    const outcome = await before.next('the outcome', (message) => message.type === 'outcome');
    expect(outcome).toMatchObject({ id: 2, status: 'applied' });

    await until('more than ten acknowledged', () => (acknowledged > 10 ? true : undefined));
    await server.kill();
    await posting;

    server = await startServer({ plantFile, dataDir });
    const after = await openBasicClient(server.webSocketUrl, lead);
    after.send({ type: 'subscribe', topics: ['works/hall/press/#'], id: 1 });
    const production = await after.next(
      'the production',
      (message) => message['topic'] === 'works/hall/press/production',
    );
    const counts = (production['data'] as { counts: { good: number } }).counts;
    // A post whose answer was cut off by the kill may have been committed without our knowing: at most one each.
    expect(counts.good).toBeGreaterThanOrEqual(acknowledged);
    expect(counts.good).toBeLessThanOrEqual(acknowledged + 4);

    after.send(raise);
    const repeated = await after.next('the repeated outcome', (message) => message.type === 'outcome');
    expect(repeated).toMatchObject({ id: 2, status: 'duplicate' });
    expect(repeated['data']).toEqual(outcome['data']);
    const calls = after.messages.filter((message) => message['topic'] === 'works/hall/press/andon');
    expect(calls).toHaveLength(1);
  });

  test('has applied every command once after any number of kills', async () => {
    directory = await temporaryDirectory('restart-commands');
    const plantFile = await writePlant(directory, testPlant());
    const dataDir = join(directory, 'data');
    let counter = 0;
    let answered = 0;
    const unanswered = new Map<number, BasicMessage>();
    for (let life = 0; life < 3; life += 1) {
      server = await startServer({ plantFile, dataDir });
      const client = await openBasicClient(server.webSocketUrl, await server.token('lead'));
      const settle = async (): Promise<void> => {
        const key = await client.next(
          'an outcome',
          ({ type, id }) => type === 'outcome' && unanswered.has(Number(id)),
        );
        expect(['applied', 'duplicate']).toContain(key['status']);
        unanswered.delete(Number(key['id']));
        answered += 1;
      };
      for (const message of unanswered.values()) client.send(message);
      while (unanswered.size > 0) await settle();
      for (let index = 0; index < 20; index += 1) {
        counter += 1;
        const message = {
          type: 'command',
          command: 'enterCount',
          data: { line: 'hall/press', good: 1 },
          key: { clientId: 'tablet-7', counter },
          id: counter,
        };
        unanswered.set(counter, message);
        client.send(message);
      }
      // Killed in the midst of them, later each time; the last life answers all.
      const before = life === 2 ? 20 : life * 5;
      for (let index = 0; index < before; index += 1) await settle();
      if (life < 2) await server.kill();
    }
    expect([answered, unanswered.size]).toEqual([counter, 0]);
    const last = await openBasicClient(
      server?.webSocketUrl ?? '',
      await (server as RunningServer).token('lead'),
    );
    last.send({ type: 'subscribe', topics: ['works/hall/press/production'], id: 1 });
    await last.next('every part counted once', (message) => {
      const data = message['data'] as { counts?: { good: number } } | undefined;
      return data?.counts?.good === counter;
    });
  });

  test('repeats of observations that were acknowledged before the kill are told apart', async () => {
    directory = await temporaryDirectory('restart-keys');
    const plantFile = await writePlant(directory, testPlant());
    const dataDir = join(directory, 'data');
    server = await startServer({ plantFile, dataDir });
    const token = await server.token('device');
    const post = async (): Promise<unknown> => {
      const response = await fetch(`${server?.url}/api/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify([{ equipment: 'hall/press/press', good: 5, key: 'once' }]),
      });
      return response.json();
    };
    expect(await post()).toMatchObject({ results: [{ index: 0, status: 'accepted' }] });
    await server.kill();
    server = await startServer({ plantFile, dataDir });
    expect(await post()).toMatchObject({ results: [{ index: 0, status: 'duplicate' }] });
  });
});
