import { readFileSync } from 'node:fs';
import { CLOSE_CODE_RANGES, CLOSE_CODES } from '../../packages/wire/src/close-codes.ts';
import { CLOUD_EVENT_PREFIX, TOPIC_EVENT_TYPES } from '../../packages/wire/src/cloud-events.ts';
import { REQUEST_ERRORS } from '../../packages/wire/src/error-codes.ts';
import { LANE_BUDGET_MS } from '../../packages/wire/src/lane.ts';
import { HISTORY, LIMITS, TIMES, WINDOW } from '../../packages/wire/src/limits.ts';
import { RATES } from '../../packages/wire/src/rate.ts';
import { matchesAny } from '../../packages/wire/src/topic-filter.ts';
import { ROLES } from '../../packages/server/src/config/roles.ts';
import { permissionsOf } from '../../packages/server/src/gateway/auth/roles.ts';
import type { Schema, Schemas } from './schema.ts';
import { EVENT_SCHEMA, generateSchemas } from './schemas.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../packages/wire/package.json', import.meta.url), 'utf8'),
) as { version: string };

const schemaRef = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const refTo = (...path: readonly string[]): Schema => ({ $ref: `#/${path.join('/')}` });

const descriptionOf = ({ description }: Schema): string =>
  typeof description === 'string' ? description : '';

/** The `type` that a message's schema fixes. */
function typeOf(schema: Schema): string {
  const { type } = schema['properties'] as { type: { const?: string; enum?: string[] } };
  return type.const ?? type.enum?.[0] ?? '';
}

/** Members of a union of messages: by reference, or written out in it. */
function membersOf(
  schemas: Schemas,
  union: string,
): readonly { type: string; payload: Schema; about: string }[] {
  const list = schemas[union]?.['anyOf'] as Schema[];
  return list.map((item, index) => {
    const name = typeof item['$ref'] === 'string' ? (item['$ref'].split('/').at(-1) ?? '') : null;
    const schema = name === null ? item : (schemas[name] ?? {});
    const payload =
      name === null ? refTo('components', 'schemas', union, 'anyOf', String(index)) : schemaRef(name);
    return { type: typeOf(schema), payload, about: descriptionOf(schema) };
  });
}

interface Channel {
  readonly messages: Record<string, Schema>;
  readonly channel: Schema;
  readonly operations: Record<string, Schema>;
}

interface EndpointText {
  readonly key: string;
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly bindings: Schema;
  /** Omitted: JSON. */
  readonly contentType?: string;
}

/** One way to speak to the server: its messages by direction, from the application's (the server's) point of view. */
function endpointChannel(
  schemas: Schemas,
  { key, address, title, description, bindings, contentType = 'application/json' }: EndpointText,
  unions: { readonly receive?: string; readonly send: string },
): Channel {
  const messages: Record<string, Schema> = {};
  const operations: Record<string, Schema> = {};
  const channelMessages: Record<string, Schema> = {};
  for (const [action, union] of Object.entries(unions)) {
    const references: Schema[] = [];
    for (const { type, payload, about } of membersOf(schemas, union)) {
      const name = `${key}-${action}-${type}`;
      messages[name] = {
        name: type,
        contentType,
        ...(about === '' ? {} : { summary: about }),
        payload,
      };
      channelMessages[name] = refTo('components', 'messages', name);
      references.push(refTo('channels', key, 'messages', name));
    }
    operations[`${key}-${action}`] = { action, channel: refTo('channels', key), messages: references };
  }
  return {
    messages,
    operations,
    channel: { address, title, description, messages: channelMessages, bindings },
  };
}

/** Addresses, kind and lane in the comment of a document: "`a` and `b`, record, lane high". */
const PLACES =
  /((?:`[^`]+`(?:\s+and\s+)?)+),\s+(stream|record|collection|signal)\b(?:[^.`]|`[^`]*`)*?,\s+lane\s+(critical|high|normal|low)/;

/** Topics of the plant, as the documents' own comments place them. */
function topicChannels(schemas: Schemas): Channel {
  const messages: Record<string, Schema> = {};
  const channels: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const description = descriptionOf(schema);
    const [, addresses = '', kind, lane] = PLACES.exec(description) ?? [];
    if (kind === undefined || lane === undefined) continue;
    const isItem = description.startsWith('An item of an entry');
    const payload = isItem ? { type: 'array', items: itemOf(name) } : schemaRef(name);
    messages[name] = { name, contentType: 'application/json', payload };
    for (const [, address = ''] of addresses.matchAll(/`([^`]+)`/g)) {
      channels[`topic-${address.replaceAll(/[^A-Za-z]+/g, '-').replaceAll(/^-|-$/g, '')}`] = {
        address,
        description,
        'x-ms5-kind': kind,
        'x-ms5-lane': lane,
        'x-ms5-roles': rolesOf(address),
        messages: { [name]: refTo('components', 'messages', name) },
        ...parametersOf(address),
      };
    }
  }
  return { messages, channel: channels, operations: {} };
}

/** Events of a line are those of the domain. */
function itemOf(name: string): Schema {
  return name === 'LineEvent' ? { allOf: [schemaRef(name), schemaRef(EVENT_SCHEMA)] } : schemaRef(name);
}

function parametersOf(address: string): Schema {
  const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => parameter);
  if (parameters.length === 0) return {};
  const described = parameters.map((name) => [name, { description: PARAMETERS[name] ?? name }] as const);
  return { parameters: Object.fromEntries(described) };
}

/** Who may subscribe to a topic without further permissions; below `user/` only to their own. */
function rolesOf(address: string): Schema {
  const topic = address.replaceAll(/\{(\w+)\}/g, '$1');
  return {
    subscribe: ROLES.filter((role) => matchesAny(permissionsOf([role], 'site', 'id').subscribe, topic)),
  };
}

const PARAMETERS: Readonly<Record<string, string>> = {
  site: 'id of the site',
  area: 'id of the area',
  line: 'id of the line',
  equipment: 'id of the equipment',
  name: 'name of the value',
  id: 'id of the user',
};

const query = (properties: Schema): Schema => ({ type: 'object', properties });
const TOPICS = {
  type: 'array',
  items: { type: 'string', maxLength: LIMITS.topicBytes },
  maxItems: LIMITS.filtersPerRequest,
};
const ws = (subprotocol: string | null, parameters?: Schema): Schema => ({
  ws: {
    bindingVersion: '0.1.0',
    method: 'GET',
    ...(parameters === undefined ? {} : { query: query(parameters) }),
    ...(subprotocol === null
      ? {}
      : {
          headers: {
            type: 'object',
            properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: subprotocol } },
          },
        }),
  },
});

const ENDPOINTS: readonly (EndpointText & { readonly unions: { receive?: string; send: string } })[] = [
  {
    key: 'enhanced',
    address: '/ws',
    title: 'ms5.v1.json',
    description:
      'Positions, recovery, acknowledgements: PROTOCOL.md. The server may send arrays of messages.',
    bindings: ws('ms5.v1.json'),
    unions: { receive: 'ClientMessage', send: 'ServerMessage' },
  },
  {
    key: 'msgpack',
    address: '/ws',
    title: 'ms5.v1.msgpack',
    description:
      'As ms5.v1.json in MessagePack maps, and in messages about topics a number for the name of a topic (names): PROTOCOL.md.',
    bindings: ws('ms5.v1.msgpack'),
    contentType: 'application/msgpack',
    unions: { receive: 'ClientMessage', send: 'ServerMessage' },
  },
  {
    key: 'basic',
    address: '/ws',
    title: 'basic',
    description: 'No subprotocol. Plain JSON by hand: PROTOCOL.md, section B.',
    bindings: ws(null, { topic: TOPICS }),
    unions: { receive: 'BasicClientMessage', send: 'BasicServerMessage' },
  },
];

function cloudEventsChannel(schemas: Schemas): Channel {
  const types = [
    ...membersOf(schemas, 'BasicServerMessage').map(({ type }) => `${CLOUD_EVENT_PREFIX}${type}`),
    ...Object.values(TOPIC_EVENT_TYPES),
  ].filter((type) => type !== `${CLOUD_EVENT_PREFIX}event`);
  const payload = {
    allOf: [schemaRef('CloudEvent'), { type: 'object', properties: { type: { enum: [...new Set(types)] } } }],
  };
  const envelope = (properties: Schema): Schema => ({
    type: 'object',
    required: ['specversion', 'id', 'source', 'type'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', minLength: 1, maxLength: LIMITS.nameLength },
      source: { type: 'string', minLength: 1 },
      ...properties,
    },
  });
  const asked = membersOf(schemas, 'BasicClientMessage').map(({ type }) => `${CLOUD_EVENT_PREFIX}${type}`);
  const messages = {
    'cloudEvents-send': { name: 'CloudEvent', contentType: 'application/cloudevents+json', payload },
    'cloudEvents-receive-request': {
      name: 'request',
      contentType: 'application/cloudevents+json',
      summary: 'A message of the basic endpoint: its type behind "ms5.", its other fields as data.',
      payload: envelope({ type: { enum: asked }, data: { type: 'object' } }),
    },
    'cloudEvents-receive-publication': {
      name: 'publication',
      contentType: 'application/cloudevents+json',
      summary: 'An event of any other type is published to the topic that its subject names.',
      payload: envelope({
        type: { type: 'string' },
        subject: { type: 'string', minLength: 1, maxLength: LIMITS.topicBytes },
        data: {},
      }),
    },
  };
  const refs = Object.fromEntries(
    Object.keys(messages).map((name) => [name, refTo('components', 'messages', name)]),
  );
  const operation = (action: string): Schema => ({
    action,
    channel: refTo('channels', 'cloudEvents'),
    messages: Object.keys(messages)
      .filter((name) => name.startsWith(`cloudEvents-${action}`))
      .map((name) => refTo('channels', 'cloudEvents', 'messages', name)),
  });
  return {
    messages,
    operations: { 'cloudEvents-receive': operation('receive'), 'cloudEvents-send': operation('send') },
    channel: {
      address: '/ws',
      title: 'cloudevents.json',
      description: 'CloudEvents WebSocket binding 1.0.2, one event per message: PROTOCOL.md, section V.',
      messages: refs,
      bindings: ws('cloudevents.json', { topic: TOPICS }),
    },
  };
}

const STREAM: EndpointText = {
  key: 'sse',
  address: '/events',
  title: 'Server-Sent Events',
  description:
    'The messages of ms5.v1.json as events named by their type (error as problem; window and ping are left out), ' +
    'with restart and closed of its own: PROTOCOL.md, section Y.',
  bindings: { http: { bindingVersion: '0.3.0' } },
};

/** The AsyncAPI document of everything a server offers in real time. */
export function buildAsyncApi(): Schema {
  const schemas = generateSchemas();
  const endpoints = [
    ...ENDPOINTS.map((text) => [text.key, endpointChannel(schemas, text, text.unions)] as const),
    ['cloudEvents', cloudEventsChannel(schemas)] as const,
    [STREAM.key, endpointChannel(schemas, STREAM, { send: 'ServerMessage' })] as const,
  ];
  const topics = topicChannels(schemas);
  const channels = Object.fromEntries(endpoints.map(([key, { channel }]) => [key, channel]));
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'MS5',
      version,
      license: { name: 'Apache-2.0' },
      description:
        'Real-time delivery of a factory floor. The rules are in PROTOCOL.md. Lengths of texts count UTF-16 units; ' +
        `JSON values nest at most ${LIMITS.jsonDepth} deep; a message has at most ${LIMITS.messageBytes} units.`,
    },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: '{host}',
        protocol: 'ws',
        description: 'wss behind a proxy that ends TLS.',
        variables: { host: { default: 'localhost:8080', description: 'Host and port of the server.' } },
        security: ['bearer', 'ticket', 'cookie'].map((name) => refTo('components', 'securitySchemes', name)),
      },
    },
    channels: { ...channels, ...topics.channel },
    operations: Object.assign({}, ...endpoints.map(([, { operations }]) => operations)) as Schema,
    components: {
      schemas,
      messages: Object.assign(
        {},
        topics.messages,
        ...endpoints.map(([, { messages }]) => messages),
      ) as Schema,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'On the upgrade or the request; on WebSockets the first message may carry the token instead.',
        },
        ticket: {
          type: 'httpApiKey',
          in: 'query',
          name: 'ticket',
          description: 'Server-Sent Events: good once within 30 s.',
        },
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: 'ms5_events',
          description: 'Server-Sent Events, same site.',
        },
      },
    },
    'x-ms5-close-codes': { ranges: CLOSE_CODE_RANGES, codes: Object.values(CLOSE_CODES) },
    'x-ms5-errors': Object.values(REQUEST_ERRORS),
    'x-ms5-limits': {
      ...LIMITS,
      window: WINDOW,
      history: HISTORY,
      times: TIMES,
      laneBudgetMs: LANE_BUDGET_MS,
      rates: RATES,
    },
  };
}
