import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { expect, test } from 'vitest';
import { ENDPOINTS, matchesAny } from '@ms5/wire';
import { ROLES } from '../packages/server/src/config/roles.ts';
import {
  AREA_TOPICS,
  EQUIPMENT_TOPICS,
  LINE_TOPICS,
  SITE_TOPICS,
  USER_TOPICS,
} from '../packages/server/src/engine/projections/topics.ts';
import { permissionsOf } from '../packages/server/src/gateway/auth/roles.ts';
import { SYSTEM_TOPICS } from '../packages/server/src/gateway/health/system-log.ts';
import { buildAsyncApi } from '../tools/spec/async-api.ts';
import { repositoryPath } from './support/paths.ts';

/** Errors and warnings of the validator; the rest is advice. */
const SERIOUS: ReadonlySet<number> = new Set([0, 1]);

const text = readFileSync(repositoryPath('packages/wire/asyncapi.json'), 'utf8');

test('packages/wire/asyncapi.json is what the types and data say: npm run spec', () => {
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(buildAsyncApi())));
});

test('it is a valid AsyncAPI 3.1 document with every endpoint and topic', async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const found = diagnostics.filter(({ severity }) => SERIOUS.has(severity));
  expect(found.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(document?.version()).toBe('3.1.0');
  const channels = document?.channels().all() ?? [];
  const addresses = new Set(channels.map((channel) => channel.address()));
  const titles = Object.values(
    (JSON.parse(text) as { channels: Record<string, { title?: string }> }).channels,
  );
  for (const endpoint of [...ENDPOINTS, 'Server-Sent Events'].filter((name) => name !== 'sse'))
    expect(titles.map(({ title }) => title)).toContain(endpoint);
  for (const address of ['/ws', '/events', '{site}/{area}/{line}/andon', '{site}/{area}/{line}/events'])
    expect(addresses).toContain(address);
  expect(channels.length).toBeGreaterThan(14);
});

interface TopicChannel {
  readonly address: string;
  readonly 'x-ms5-kind': string;
  readonly 'x-ms5-lane': string;
  readonly 'x-ms5-roles': { readonly subscribe: readonly string[] };
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
}

interface Document {
  readonly channels: Readonly<Record<string, Partial<TopicChannel>>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

const { channels, components } = JSON.parse(text) as Document;
const topics = Object.values(channels).filter(
  (channel): channel is TopicChannel => channel['x-ms5-kind'] !== undefined,
);

test('it has every topic the server publishes with its kind and lane, and no other', () => {
  const tables = [
    ['{site}/{area}/{line}', LINE_TOPICS],
    ['{site}/{area}/{line}/{equipment}', EQUIPMENT_TOPICS],
    ['{site}/{area}', AREA_TOPICS],
    ['{site}', SITE_TOPICS],
    ['user/{id}', USER_TOPICS],
    ['system', SYSTEM_TOPICS],
    ['{site}/{area}/{line}/{equipment}/telemetry', { '{name}': { kind: 'signal', lane: 'low' } }],
  ] as const;
  const published = tables.flatMap(([place, table]) =>
    Object.entries(table).map(([name, { kind, lane }]) => `${place}/${name} ${kind} ${lane}`),
  );
  const told = topics.map((topic) => `${topic.address} ${topic['x-ms5-kind']} ${topic['x-ms5-lane']}`);
  expect(told.toSorted()).toEqual(published.toSorted());
});

test('it tells of every topic its schema, and which roles may subscribe to it', () => {
  for (const topic of topics) {
    const [name = ''] = Object.keys(topic.messages);
    expect(components.messages[name]?.payload, topic.address).toBeDefined();
    expect(components.schemas[name], topic.address).toBeDefined();
    const example = topic.address.replaceAll(/[{}]/g, '');
    const roles = ROLES.filter((role) => matchesAny(permissionsOf([role], 'site', 'id').subscribe, example));
    expect(topic['x-ms5-roles'].subscribe, topic.address).toEqual(roles);
    expect(roles).toContain('admin');
  }
});

test('it has an event, or a topic, for every family', () => {
  const schemas = JSON.stringify(components.schemas);
  const addresses = new Set(topics.map(({ address }) => address));
  for (const name of ['status', 'production', 'oee', 'downtimeStatistics', 'checks', 'maintenance', 'plan'])
    expect(addresses).toContain(`{site}/{area}/{line}/${name}`);
  expect(addresses).toContain('{site}/{area}/{line}/{equipment}/alarms');
  for (const address of ['system/alerts', 'system/health', '{site}/escalations', 'user/{id}/inbox'])
    expect(addresses).toContain(address);
  const types =
    'equipmentStateChanged counted jobAssigned jobStarted jobPaused jobCompleted jobCancelled oeeUpdated ' +
    'oeeCalculated oeeThresholdCrossed downtimeStarted downtimeEnded downtimeClassified ' +
    'downtimeStatisticsCalculated callRaised callAcknowledged callResolved escalationTriggered ' +
    'escalationReminder escalationAcknowledged escalationClosed qualityCheckRecorded qualityAlertRaised ' +
    'qualityThresholdCrossed changeoverStarted changeoverCompleted maintenanceScheduled shiftStarted shiftEnded ' +
    'equipmentFaultRaised equipmentFaultCleared alarmAcknowledged alarmShelved alarmFloodStarted';
  for (const type of types.split(' ')) expect(schemas).toContain(`"${type}"`);
});
