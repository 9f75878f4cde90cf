import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBasicClient, type BasicClient } from './support/basic-client.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';

/** Requests under way at a time, and items of each: together more than the engine lets wait. */
const POSTERS = 64;
const ITEMS = 4_000;
/** It goes on for so long, and until so many calls were raised: a slow machine takes longer for them. */
const FLOOD_MS = 4_000;
const CALLS = 8;
const CALL_EVERY_MS = 100;

let directory = '';
let server: RunningServer;
let wall: BasicClient;
let operator: BasicClient;

beforeAll(async () => {
  directory = await temporaryDirectory('overload');
  const plantFile = await writePlant(directory, testPlant());
  server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  wall = await openBasicClient(server.webSocketUrl, await server.token('viewer'));
  wall.send({ type: 'subscribe', topics: ['works/+/+/andon'], id: 1 });
  await wall.next('subscribed', ({ type }) => type === 'subscribed');
  operator = await openBasicClient(server.webSocketUrl, await server.token('operator'));
});
afterAll(async () => {
  wall?.close();
  operator?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** What became of the requests of a flood. */
interface Flood {
  readonly accepted: number;
  readonly refused: readonly { readonly status: number; readonly retryAfter: string | null }[];
}

async function flood(token: string, isOver: () => boolean): Promise<Flood> {
  const items = Array.from({ length: ITEMS }, () => ({ equipment: 'hall/press/press', good: 1 }));
  const body = JSON.stringify(items);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const refused: { status: number; retryAfter: string | null }[] = [];
  let accepted = 0;
  const post = async (): Promise<void> => {
    while (!isOver()) {
      const response = await fetch(`${server.url}/api/v1/observations`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      if (response.ok) accepted += ITEMS;
      else refused.push({ status: response.status, retryAfter: response.headers.get('retry-after') });
    }
  };
  await Promise.all(Array.from({ length: POSTERS }, post));
  return { accepted, refused };
}

/** Raises calls and measures how long each takes to the wall screen, from the outcome on and from the command on. */
async function raiseCalls(): Promise<readonly number[]> {
  const untilMs = performance.now() + FLOOD_MS;
  const waits: number[] = [];
  for (let id = 100; performance.now() < untilMs || waits.length < CALLS; id += 1) {
    const startedAt = performance.now();
    operator.send({
      type: 'command',
      id,
      command: 'raiseCall',
      data: { line: 'hall/press', callType: 'maintenance', priority: 'high' },
    });
    const outcome = await operator.next('outcome', (message) => message['id'] === id);
    expect(outcome).toMatchObject({ type: 'outcome', status: 'applied' });
    const { callId } = outcome['data'] as { readonly callId: string };
    await wall.next(callId, (message) => message.type === 'event' && callId in setOf(message['data']));
    waits.push(performance.now() - startedAt);
    operator.send({ type: 'command', id: 10_000 + id, command: 'cancelCall', data: { callId } });
    await operator.next('cancelled', (message) => message['id'] === 10_000 + id);
    await new Promise((resolve) => setTimeout(resolve, CALL_EVERY_MS));
  }
  return waits;
}

function setOf(data: unknown): Readonly<Record<string, unknown>> {
  return (data as { readonly set?: Readonly<Record<string, unknown>> }).set ?? {};
}

test('G9: under a flood of observations they are refused with a retry hint, and calls still reach the screens', async () => {
  const token = await server.token('device');
  let isOver = false;
  const calls = raiseCalls().finally(() => (isOver = true));
  const [{ accepted, refused }, waits] = await Promise.all([flood(token, () => isOver), calls]);
  const sorted = waits.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  expect(waits.length).toBeGreaterThanOrEqual(CALLS);
  expect(refused.length).toBeGreaterThan(0);
  expect(accepted).toBeGreaterThan(0);
  for (const { status, retryAfter } of refused) {
    expect(status).toBe(503);
    expect(Number(retryAfter)).toBeGreaterThan(0);
  }
  expect(median).toBeLessThan(1_000);
});
