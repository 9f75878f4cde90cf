import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EquipmentTimeline, ObservationInput, ObservationsReply } from '@ms5/wire/factory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBasicClient, type BasicClient } from './support/basic-client.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, writePlant } from './support/plant.ts';

// A machine that speaks PackML and one that only counts, from what they post to topics and history.

const WRAPPER = 'hall/wrap/wrapper';
const PRESS = 'hall/press/press';
const now = Date.now();
/** Half a day from now, so that no shift ends while the test runs. */
const edge = `${String((new Date(now).getUTCHours() + 12) % 24).padStart(2, '0')}:00`;
const PLANT = `site: { id: works, name: Test Works, timeZone: Etc/UTC }
areas:
  - id: hall
    name: Hall
    lines:
      - id: wrap
        name: Wrapping
        equipment:
          - { id: wrapper, name: Wrapper, states: packml, silentAfter: never, latenessWindow: 1h, product: bolt }
      - id: press
        name: Press
        equipment:
          - { id: press, name: Press 1, pulse: { stoppedAfterCycles: 5 }, latenessWindow: 1h, product: bolt }
products:
  - { id: bolt, name: Bolt, idealCycle: 1s }
shifts:
  - { id: day, name: Day, days: [mon, tue, wed, thu, fri, sat, sun], from: '${edge}', to: '${edge}' }
modeTimes: { maintenance: plannedDowntime }
`;

let directory = '';
let server: RunningServer;
let client: BasicClient;

beforeAll(async () => {
  directory = await temporaryDirectory('machine-states');
  const plantFile = await writePlant(directory, PLANT);
  server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  client = await openBasicClient(server.webSocketUrl, await server.token('viewer'));
  const topics = [`works/${WRAPPER}/status`, `works/${PRESS}/status`, 'works/hall/wrap/events'];
  client.send({ type: 'subscribe', topics, id: 1 });
  await client.next('subscribed', (message) => message.type === 'subscribed');
});
afterAll(async () => {
  client?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function post(observations: readonly ObservationInput[]): Promise<ObservationsReply> {
  const response = await fetch(`${server.url}/api/v1/observations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token('device')}`, 'content-type': 'application/json' },
    body: JSON.stringify(observations),
  });
  return (await response.json()) as ObservationsReply;
}

async function timeline(path: string): Promise<EquipmentTimeline> {
  const response = await fetch(`${server.url}/api/v1/${path}from=${now - 120_000}&to=${now}`, {
    headers: { authorization: `Bearer ${await server.token('viewer')}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as EquipmentTimeline;
}

/** Waits for a message of a topic that holds a text. */
function told(topic: string, text: string): Promise<unknown> {
  return client.next(
    `${text} on ${topic}`,
    (message) => message['topic'] === `works/${topic}` && JSON.stringify(message).includes(text),
  );
}

test('a transition that PackML does not have is recorded and shown, and a mode changes the plan', async () => {
  const { results } = await post([
    { equipment: WRAPPER, at: now - 60_000, state: 'Execute', mode: 'Production' },
    { equipment: WRAPPER, at: now - 50_000, state: '11' },
    { equipment: WRAPPER, at: now - 40_000, mode: '2' },
  ]);
  expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  const illegal = JSON.stringify({ at: now - 50_000, fromState: 'Execute', toState: 'Held' });
  await told(`${WRAPPER}/status`, `"illegal":[${illegal}]`);
  await told(`${WRAPPER}/status`, '"name":"maintenance"');
  await told('hall/wrap/events', 'illegalTransitionRecorded');
  await told('hall/wrap/events', 'equipmentModeChanged');
  for (const path of [`equipment/${WRAPPER}/timeline?`, `timelines?equipment=${WRAPPER}&`]) {
    const found = await timeline(path);
    expect(found.intervals.slice(-2)).toMatchObject([
      { state: 'running', raw: 'Execute' },
      { state: 'stopped', raw: '11', illegalFrom: 'Execute' },
    ]);
    expect(found.modes).toMatchObject([
      { mode: 'production', from: now - 60_000, to: now - 40_000 },
      { mode: 'maintenance', from: now - 40_000, to: now },
    ]);
  }
});

test('a machine that only counts stands since its last pulse', async () => {
  const { results } = await post([
    { equipment: PRESS, at: now - 60_000, good: 1 },
    { equipment: PRESS, at: now - 58_000, good: 1 },
    { equipment: PRESS, at: now - 58_000, state: 'running' },
  ]);
  expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'rejected']);
  await told(`${PRESS}/status`, `"name":"stopped","since":${now - 58_000}`);
  for (const path of [`equipment/${PRESS}/timeline?`, `timelines?equipment=${PRESS}&`])
    expect((await timeline(path)).intervals.slice(-2)).toMatchObject([
      { state: 'running', from: now - 60_000, to: now - 58_000 },
      { state: 'stopped', from: now - 58_000, raw: 'noPulse' },
    ]);
});
