import type { CloudEvent, EndpointName, Json } from '@ms5/wire';
import { createPackedReader, pack } from '@ms5/wire/msgpack';

type Fields = Readonly<Record<string, Json>>;

/** What one message says, whatever its form. */
export type Told =
  | { readonly what: 'welcome' }
  | { readonly what: 'subscribed'; readonly filters: readonly string[] }
  | { readonly what: 'problem'; readonly name: string }
  /** What is held of the topic is void, unless it is among the keys; omitted: all is. */
  | { readonly what: 'whole'; readonly topic: string; readonly keys?: readonly string[] }
  | { readonly what: 'set'; readonly topic: string; readonly set: Fields; readonly remove: readonly string[] }
  | { readonly what: 'entry'; readonly topic: string; readonly entry: Json }
  | { readonly what: 'gone'; readonly topic: string; readonly reason: string }
  | { readonly what: 'nothing' };

/** How a client of one endpoint speaks, as the contract of endpoints needs it. */
export interface Dialect {
  /** The message that carries the token; `null`: it comes with the upgrade. */
  authenticate(token: string): string | Uint8Array | null;
  subscribe(filters: readonly string[]): string | Uint8Array;
  /** A further token of the same user; `null`: the endpoint has no way to take one. */
  refresh(token: string): string | Uint8Array | null;
  /** Acknowledges so many messages; `null`: the transport's Ping asks for it. */
  acknowledge(received: number): string | Uint8Array | null;
  /** A message with a wrong field. */
  readonly malformed: string | Uint8Array;
  read(message: Uint8Array): readonly Told[];
}

const decoder = new TextDecoder();
const parse = (message: Uint8Array): readonly Fields[] =>
  [JSON.parse(decoder.decode(message)) as Fields | readonly Fields[]].flat();

// ---- ms5.v1.json, and what says the same in another form ------------------------------------------------

const fieldsOf = (value: Json | undefined): Fields => (value ?? {}) as Fields;
const listOf = (value: Json | undefined): readonly string[] => (value ?? []) as readonly string[];
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export function readEnhanced(message: Fields): readonly Told[] {
  const topic = textOf(message['topic']);
  const set = fieldsOf(message['set']);
  switch (textOf(message['type'])) {
    case 'welcome':
      return [{ what: 'welcome' }];
    case 'subscribed':
      return [{ what: 'subscribed', filters: listOf(message['filters']) }];
    case 'error':
      return [{ what: 'problem', name: textOf(message['name']) }];
    case 'snapshot': {
      const part = { what: 'set', topic, set, remove: [] } as const;
      return message['begin'] === true ? [{ what: 'whole', topic }, part] : [part];
    }
    case 'delta':
      return [{ what: 'set', topic, set, remove: listOf(message['remove']) }];
    case 'entries':
      return (message['entries'] as readonly Fields[]).map(({ data = null }) => ({
        what: 'entry',
        topic,
        entry: data,
      }));
    case 'signal':
      return [{ what: 'set', topic, set: { value: message['value'] ?? null }, remove: [] }];
    case 'gone':
      return [{ what: 'gone', topic, reason: textOf(message['reason']) }];
    default:
      return [{ what: 'nothing' }];
  }
}

const ENHANCED: Dialect = {
  authenticate: (token) =>
    JSON.stringify({ type: 'connect', token, client: { id: 'contract', name: 'contract', version: '1' } }),
  subscribe: (filters) => JSON.stringify({ type: 'subscribe', id: 1, filters }),
  refresh: (token) => JSON.stringify({ type: 'refresh', id: 2, token }),
  acknowledge: (received) => JSON.stringify({ type: 'ack', received }),
  malformed: JSON.stringify({ type: 'subscribe', id: 1, filters: 7 }),
  read: (message) => parse(message).flatMap(readEnhanced),
};

// ---- basic ----------------------------------------------------------------------------------------------

function readEvent(topic: string, kind: string, data: Json, isWhole: boolean): readonly Told[] {
  switch (kind) {
    case 'stream':
      return [{ what: 'entry', topic, entry: data }];
    case 'record':
      return [
        { what: 'whole', topic },
        { what: 'set', topic, set: fieldsOf(data), remove: [] },
      ];
    case 'collection': {
      const { set, remove } = data as { set: Fields; remove: string[] };
      const change: Told = { what: 'set', topic, set, remove };
      return isWhole ? [{ what: 'whole', topic }, change] : [change];
    }
    default:
      return [{ what: 'set', topic, set: { value: data }, remove: [] }];
  }
}

const BASIC: Dialect = {
  authenticate: (token) => JSON.stringify({ type: 'auth', token }),
  subscribe: (topics) => JSON.stringify({ type: 'subscribe', topics }),
  refresh: (token) => JSON.stringify({ type: 'auth', token }),
  acknowledge: () => null,
  malformed: JSON.stringify({ type: 'subscribe', topics: 7 }),
  read: (bytes) =>
    parse(bytes).flatMap((message): readonly Told[] => {
      const { type, code, data = null, kind, topics, snapshot } = message;
      if (type === 'event') return readEvent(textOf(message['topic']), textOf(kind), data, snapshot === true);
      if (type === 'subscribed') return [{ what: 'subscribed', filters: listOf(topics) }];
      return type === 'error' ? [{ what: 'problem', name: textOf(code) }] : readEnhanced(message);
    }),
};

// ---- cloudevents.json -----------------------------------------------------------------------------------

const cloudEvent = (type: string, data: Json): string =>
  JSON.stringify({ specversion: '1.0', id: '1', source: '/contract', type, data });

function readCloudEvent({ type, subject: topic = '', ms5key: key = '', data = null }: CloudEvent): Told {
  switch (type) {
    case 'ms5.entry':
      return { what: 'entry', topic, entry: data };
    case 'ms5.record':
      return { what: 'set', topic, set: fieldsOf(data), remove: [] };
    case 'ms5.document':
      return { what: 'set', topic, set: { [key]: data }, remove: [] };
    case 'ms5.document.removed':
      return { what: 'set', topic, set: {}, remove: [key] };
    case 'ms5.collection':
      return { what: 'whole', topic, keys: listOf(fieldsOf(data)['keys']) };
    case 'ms5.signal':
      return { what: 'set', topic, set: { value: data }, remove: [] };
    case 'ms5.gone':
      return { what: 'gone', topic, reason: textOf(fieldsOf(data)['reason']) };
    case 'ms5.welcome':
      return { what: 'welcome' };
    case 'ms5.subscribed':
      return { what: 'subscribed', filters: listOf(fieldsOf(data)['topics']) };
    case 'ms5.error':
      return { what: 'problem', name: textOf(fieldsOf(data)['code']) };
    default:
      return { what: 'nothing' };
  }
}

const CLOUD_EVENTS: Dialect = {
  authenticate: (token) => cloudEvent('ms5.auth', { token }),
  subscribe: (topics) => cloudEvent('ms5.subscribe', { topics }),
  refresh: (token) => cloudEvent('ms5.auth', { token }),
  acknowledge: () => null,
  malformed: cloudEvent('ms5.subscribe', { topics: 7 }),
  read: (message) => parse(message).map((event) => readCloudEvent(event as unknown as CloudEvent)),
};

// ---- sse ------------------------------------------------------------------------------------------------

const SSE: Dialect = {
  authenticate: () => null,
  subscribe: (filters) => ENHANCED.subscribe(filters),
  refresh: () => null,
  acknowledge: () => null,
  malformed: ENHANCED.malformed,
  read(message) {
    const [, name, json] =
      /^(?:retry: \d+\n)?event: (\w+)\ndata: (.*)\n\n$/.exec(decoder.decode(message)) ?? [];
    if (name === undefined || json === undefined) throw new Error('not one server-sent event');
    return readEnhanced(JSON.parse(json) as Fields);
  },
};

/** As many readers as connections: numbers of topics are told once on each. */
function createPacked(): Dialect {
  const read = createPackedReader();
  const packed = (message: string | Uint8Array | null): Uint8Array =>
    pack(typeof message === 'string' ? JSON.parse(message) : message);
  return {
    authenticate: (token) => packed(ENHANCED.authenticate(token)),
    subscribe: (filters) => packed(ENHANCED.subscribe(filters)),
    refresh: (token) => packed(ENHANCED.refresh(token)),
    acknowledge: (received) => packed(ENHANCED.acknowledge(received)),
    malformed: packed(ENHANCED.malformed),
    read(message) {
      const decoded = read(message);
      if (!decoded.ok) throw new Error(decoded.error);
      return decoded.messages.flatMap((item) => readEnhanced(item as unknown as Fields));
    },
  };
}

/** A dialect for each connection. */
export const DIALECTS: Readonly<Record<EndpointName, () => Dialect>> = {
  'ms5.v1.json': () => ENHANCED,
  'ms5.v1.msgpack': createPacked,
  basic: () => BASIC,
  'cloudevents.json': () => CLOUD_EVENTS,
  sse: () => SSE,
};
