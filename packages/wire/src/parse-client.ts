import { LANES } from './lane.ts';
import { LIMITS } from './limits.ts';
import type { ClientMessage, CommandKey, ExpectedState, Json, PublishLane, Resume } from './messages.ts';
import {
  asArray,
  asCount,
  asJson,
  asNumber,
  asObject,
  asText,
  fail,
  FaultFound,
  isFields,
  type Fault,
  type Fields,
} from './parse-fields.ts';
import type { Mark } from './position.ts';
import { RATES, type Rate } from './rate.ts';
import { TOPIC_KINDS, type TopicKind } from './topic-kind.ts';

/** What is wrong, where, and which request it was where that can be told. */
export interface MessageFault extends Fault {
  /** The request's `id`, when it has a usable one. */
  readonly id?: number;
  /** For people: path, expected, found. */
  readonly message: string;
}

export type ParsedMessage<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly error: MessageFault };

/** Topic filters as texts; their syntax is checked one by one by whoever serves the request. */
export function asFilters(value: unknown, path: string): readonly string[] {
  const list = asArray(value, path, LIMITS.filtersPerRequest);
  if (list.length === 0) return fail(path, 'at least one topic filter', value);
  return list.map((item, index) => asText(item, `${path}[${index}]`, LIMITS.topicBytes));
}

export function asToken(value: unknown, path: string): string {
  return asText(value, path, LIMITS.tokenLength);
}

export function asKey(value: unknown, path: string): CommandKey {
  const key = asObject(value, path);
  return {
    clientId: asText(key['clientId'], `${path}.clientId`),
    counter: asCount(key['counter'], `${path}.counter`),
  };
}

function asMark(value: unknown, path: string): Mark {
  const mark = asObject(value, path);
  const lane = LANES.find((name) => name === mark['lane']);
  return {
    lane: lane ?? fail(`${path}.lane`, `one of ${LANES.join(', ')}`, mark['lane']),
    log: asText(mark['log'], `${path}.log`),
    epoch: asText(mark['epoch'], `${path}.epoch`),
    offset: asCount(mark['offset'], `${path}.offset`),
  };
}

function asResume(value: unknown, path: string): Resume {
  const resume = asObject(value, path);
  const marks = asArray(resume['marks'], `${path}.marks`, LIMITS.filtersPerRequest).map((mark, index) =>
    asMark(mark, `${path}.marks[${index}]`),
  );
  const filters = resume['filters'];
  const inForce = filters === undefined ? {} : { filters: asFilters(filters, `${path}.filters`) };
  if (resume['topics'] === undefined) return { marks, ...inForce };
  const given = Object.entries(asObject(resume['topics'], `${path}.topics`));
  const topics = given.map(([topic, value]) => {
    const at = `${path}.topics[${JSON.stringify(topic)}]`;
    const position = asObject(value, at);
    const epoch = asText(position['epoch'], `${at}.epoch`);
    return [topic, { epoch, offset: asCount(position['offset'], `${at}.offset`) }] as const;
  });
  return { marks, topics: Object.fromEntries(topics), ...inForce };
}

function asTopicName(value: unknown, path: string): string {
  return asText(value, path, LIMITS.topicBytes);
}

export function asRate(value: unknown, path: string): Rate {
  return RATES.find((rate) => rate === value) ?? fail(path, `one of ${RATES.join(', ')}`, value);
}

export function asExpected(value: unknown, path: string): ExpectedState {
  const expected = asObject(value, path);
  return {
    topic: asTopicName(expected['topic'], `${path}.topic`),
    offset: asCount(expected['offset'], `${path}.offset`),
    ...(expected['key'] === undefined ? {} : { key: asText(expected['key'], `${path}.key`) }),
  };
}

const PUBLISH_LANES: readonly PublishLane[] = ['high', 'normal', 'low'];

interface Publication {
  readonly topic: string;
  readonly kind?: TopicKind;
  readonly lane?: PublishLane;
  readonly data: Json;
  readonly key?: string;
}

/** What `publish` has on every endpoint. */
export function asPublication(fields: Fields): Publication {
  const kind = TOPIC_KINDS.find((name) => name === fields['kind']);
  const lane = PUBLISH_LANES.find((name) => name === fields['lane']);
  if (fields['kind'] !== undefined && kind === undefined)
    return fail('kind', `one of ${TOPIC_KINDS.join(', ')}`, fields['kind']);
  if (fields['lane'] !== undefined && lane === undefined)
    return fail('lane', `one of ${PUBLISH_LANES.join(', ')}`, fields['lane']);
  return {
    topic: asTopicName(fields['topic'], 'topic'),
    ...(kind === undefined ? {} : { kind }),
    ...(lane === undefined ? {} : { lane }),
    data: asJson(fields['data'], 'data'),
    ...(fields['key'] === undefined ? {} : { key: asText(fields['key'], 'key') }),
  };
}

const id = (fields: Fields): number => asCount(fields['id'], 'id');

type Parsers = {
  readonly [Type in ClientMessage['type']]: (fields: Fields) => Extract<ClientMessage, { type: Type }>;
};

const PARSERS: Parsers = {
  connect: (fields) => {
    const client = asObject(fields['client'], 'client');
    return {
      type: 'connect',
      ...(fields['token'] === undefined ? {} : { token: asToken(fields['token'], 'token') }),
      client: {
        id: asText(client['id'], 'client.id'),
        name: asText(client['name'], 'client.name'),
        version: asText(client['version'], 'client.version'),
      },
    };
  },
  subscribe: (fields) => ({
    type: 'subscribe',
    id: id(fields),
    filters: asFilters(fields['filters'], 'filters'),
    ...(fields['rate'] === undefined ? {} : { rate: asRate(fields['rate'], 'rate') }),
    ...(fields['resume'] === undefined ? {} : { resume: asResume(fields['resume'], 'resume') }),
  }),
  unsubscribe: (fields) => ({
    type: 'unsubscribe',
    id: id(fields),
    filters: asFilters(fields['filters'], 'filters'),
  }),
  command: (fields) => ({
    type: 'command',
    id: id(fields),
    command: asText(fields['command'], 'command'),
    data: asJson(fields['data'], 'data'),
    key: asKey(fields['key'], 'key'),
    ...(fields['deadline'] === undefined ? {} : { deadline: asNumber(fields['deadline'], 'deadline') }),
    ...(fields['expected'] === undefined ? {} : { expected: asExpected(fields['expected'], 'expected') }),
  }),
  publish: (fields) => ({ type: 'publish', id: id(fields), ...asPublication(fields) }),
  displayed: (fields) => ({
    type: 'displayed',
    topic: asTopicName(fields['topic'], 'topic'),
    key: asText(fields['key'], 'key'),
    offset: asCount(fields['offset'], 'offset'),
  }),
  signOut: (fields) => ({ type: 'signOut', id: id(fields) }),
  ack: (fields) => ({ type: 'ack', received: asCount(fields['received'], 'received') }),
  pong: (fields) => ({ type: 'pong', at: asNumber(fields['at'], 'at') }),
  probe: (fields) => ({ type: 'probe', id: id(fields) }),
  refresh: (fields) => ({ type: 'refresh', id: id(fields), token: asToken(fields['token'], 'token') }),
};

function fault(found: Fault, value: unknown): { readonly ok: false; readonly error: MessageFault } {
  const given = isFields(value) ? value['id'] : undefined;
  const where = found.path === '' ? '' : `${found.path}: `;
  const message = `${where}expected ${found.expected}, found ${found.found}`;
  const isUsable = typeof given === 'number' && Number.isSafeInteger(given) && given >= 0;
  return { ok: false, error: { ...found, message, ...(isUsable ? { id: given } : {}) } };
}

/** Reads one JSON message by a table of parsers, one per type. Unknown fields are tolerated. */
export function parseByType<Message>(
  text: string,
  parsers: Readonly<Record<string, (fields: Fields) => Message>>,
): ParsedMessage<Message> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault({ path: '', expected: 'a JSON object', found: 'text that is not JSON' }, undefined);
  }
  return parseValueByType(value, parsers);
}

function parseValueByType<Message>(
  value: unknown,
  parsers: Readonly<Record<string, (fields: Fields) => Message>>,
): ParsedMessage<Message> {
  try {
    const fields = asObject(value, '');
    const type = fields['type'];
    const parser = typeof type === 'string' && Object.hasOwn(parsers, type) ? parsers[type] : undefined;
    if (parser === undefined) return fail('type', `one of ${Object.keys(parsers).join(', ')}`, type);
    return { ok: true, message: parser(fields) };
  } catch (error) {
    if (error instanceof FaultFound) return fault(error.fault, value);
    throw error;
  }
}

/** Reads one message of a client that was decoded already. */
export function parseClientValue(value: unknown): ParsedMessage<ClientMessage> {
  return parseValueByType<ClientMessage>(value, PARSERS);
}

/** Reads one message of a client of `ms5.v1.json`. */
export function parseClientMessage(text: string): ParsedMessage<ClientMessage> {
  return parseByType<ClientMessage>(text, PARSERS);
}
