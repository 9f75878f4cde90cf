import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlarmDocument, AlarmStatisticsDocument } from '@ms5/wire/factory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBasicClient, type BasicClient, type BasicMessage } from './support/basic-client.ts';
import { startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from './support/plant.ts';
import { startShdrAdapter, type ShdrAdapter } from './support/shdr-adapter.ts';
import { until } from './support/until.ts';

// A condition of a machine, followed from its socket to the topic, to the person who acknowledges it, and to history.

const LINE = 'hall/mill';
const EQUIPMENT = 'hall/mill/mill';
const ALARMS = `works/${EQUIPMENT}/alarms`;

let directory = '';
let adapter: ShdrAdapter;
let server: RunningServer;
let client: BasicClient;

beforeAll(async () => {
  directory = await temporaryDirectory('alarms');
  adapter = await startShdrAdapter();
  const plantFile = await writePlant(directory, testPlant({ shdrPort: adapter.port }));
  server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  client = await openBasicClient(server.webSocketUrl, await server.token('operator'));
  const topics = [ALARMS, `works/${LINE}/alarmStatistics`, `works/${LINE}/events`];
  client.send({ type: 'subscribe', topics, id: 1 });
  await client.next('subscribed', (message) => message.type === 'subscribed');
  await adapter.connected();
});
afterAll(async () => {
  client?.close();
  await server?.stop();
  await adapter?.close();
  await rm(directory, { recursive: true, force: true });
});

/** The newest document of an alarm that was told. */
function newest(alarm: string): AlarmDocument | undefined {
  const told = client.messages.filter(({ topic }) => topic === ALARMS);
  const documents = told.flatMap((message) => alarmsIn(message)).filter((each) => each.alarm === alarm);
  return documents.at(-1);
}

function alarmsIn(message: BasicMessage): readonly AlarmDocument[] {
  const found: AlarmDocument[] = [];
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('alarm' in value && 'state' in value) found.push(value as AlarmDocument);
    else for (const each of Object.values(value)) search(each);
  };
  search(message);
  return found;
}

const inState = (alarm: string, state: AlarmDocument['state']): Promise<AlarmDocument> =>
  until(`${alarm} ${state}`, () => {
    const found = newest(alarm);
    return found?.state === state ? found : undefined;
  });

async function command(role: string, name: string, data: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.url}/api/v1/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.token(role)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ command: name, data }),
  });
  return (await response.json()) as Record<string, unknown>;
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly acts: readonly { readonly type: string; readonly author?: string }[];
}

async function history(path: string): Promise<Response> {
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${await server.token('viewer')}` },
  });
  expect(response.status).toBe(200);
  return response;
}

async function rows(path: string): Promise<readonly Row[]> {
  return ((await (await history(path)).json()) as { rows: readonly Row[] }).rows;
}

describe('an alarm of a machine', () => {
  const from = Date.now() - 60_000;
  const window = `from=${from}&to=${from + 3_600_000}`;
  const say = (condition: string): void => {
    adapter.send(`${new Date().toISOString()}|${condition}\n`);
  };

  test('from the socket to the topic, to an acknowledgement, to history', async () => {
    say('coolant|FAULT|123|2|HIGH|Too hot');
    const raised = await inState('coolant/123', 'unacknowledged');
    expect(raised).toMatchObject({
      equipment: EQUIPMENT,
      item: 'coolant',
      code: '123',
      severity: 'fault',
      text: 'Too hot',
      nativeSeverity: '2',
      qualifier: 'HIGH',
    });
    const alarmId = raised.alarmId ?? '';
    await client.next('the event on the line', (message) =>
      JSON.stringify(message).includes('equipmentFaultRaised'),
    );

    const data = { line: LINE, alarmId };
    expect(await command('viewer', 'acknowledgeAlarm', data)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await command('operator', 'acknowledgeAlarm', data)).toMatchObject({ status: 'applied' });
    expect(await inState('coolant/123', 'acknowledged')).toMatchObject({ acknowledged: {} });
    expect(await command('operator', 'acknowledgeAlarm', data)).toMatchObject({
      status: 'conflict',
      reason: 'alarmAcknowledged',
    });

    say('coolant|NORMAL||||');
    expect(await inState('coolant/123', 'normal')).toMatchObject({ endedBy: 'returned' });
    const [row] = await rows(`alarms?${window}&equipment=${EQUIPMENT}&code=12*`);
    expect(row).toMatchObject({ id: alarmId, status: 'cleared', severity: 'fault', line: LINE });
    expect(row?.acts.map(({ type }) => type)).toEqual([
      'equipmentFaultRaised',
      'alarmAcknowledged',
      'equipmentFaultCleared',
    ]);
    expect(await rows(`alarms?${window}&severity=warning`)).toEqual([]);
    const events = await rows(`alarms/events?${window}&line=${LINE}&limit=2`);
    expect(events).toHaveLength(2);
    const csv = await (await history(`alarms.csv?${window}`)).text();
    expect(csv.split('\n')[0]).toContain('code');
    expect(csv).toContain('Too hot');
  });

  test('an old screen does not acknowledge what was raised again', async () => {
    say('system|WARNING|7|||Lubrication');
    const first = await inState('system/7', 'unacknowledged');
    say('system|NORMAL|7|||');
    await inState('system/7', 'returnedUnacknowledged');
    say('system|WARNING|7|||Lubrication');
    const again = await until('raised again', () => {
      const found = newest('system/7');
      return found?.state === 'unacknowledged' && found.alarmId !== first.alarmId ? found : undefined;
    });
    const old = { line: LINE, alarmId: first.alarmId };
    expect(await command('operator', 'acknowledgeAlarm', old)).toMatchObject({
      status: 'conflict',
      reason: 'alarmRaisedAgain',
      message: expect.stringContaining(again.alarmId ?? '') as string,
    });
    expect(newest('system/7')).toMatchObject({ state: 'unacknowledged' });
  });

  test('operators shelve, and do not suppress', async () => {
    const target = { line: LINE, equipment: EQUIPMENT, alarm: 'system/7' };
    expect(await command('operator', 'shelveAlarm', { ...target, forMs: 600_000 })).toMatchObject({
      status: 'applied',
    });
    await until('shelved', () => (newest('system/7')?.shelved === undefined ? undefined : true));
    for (const name of ['suppressAlarm', 'takeAlarmOutOfService'])
      expect(await command('operator', name, target)).toMatchObject({ reason: 'forbidden' });
    expect(await command('lead', 'suppressAlarm', target)).toMatchObject({ status: 'applied' });
    await until('suppressed', () =>
      newest('system/7')?.suppressedByDesign === undefined ? undefined : true,
    );
    const statistics = await until('its figures', () => {
      const told = client.messages.filter(({ topic }) => String(topic).endsWith('/alarmStatistics'));
      const last = told
        .map(({ data }) => data as Partial<AlarmStatisticsDocument>)
        .findLast((data) => data?.suppressed === 1);
      return last;
    });
    expect(statistics).toMatchObject({ suppressed: 1 });
  });
});
