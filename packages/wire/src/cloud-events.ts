import { parseBasicMessage, type BasicClientMessage } from './basic.ts';
import { LIMITS } from './limits.ts';
import type { Json } from './messages.ts';
import type { MessageFault, ParsedMessage } from './parse-client.ts';
import { asObject, asText, fail, FaultFound, type Fields } from './parse-fields.ts';
import type { Lane } from './lane.ts';
import type { TopicKind } from './topic-kind.ts';

/** Version of the CloudEvents specification whose JSON format this is (1.0.2 kept the name of 1.0). */
export const CLOUD_EVENTS_VERSION = '1.0';

/** Types of our own begin so; what follows is the `type` of a message of the basic endpoint, or one of the below. */
export const CLOUD_EVENT_PREFIX = 'ms5.';

/** What the events about topics are; each is one change, or one statement about a topic as a whole. */
export const TOPIC_EVENT_TYPES = {
  /** `data`: an entry of a stream. */
  entry: 'ms5.entry',
  /** `data`: a record's whole document. */
  record: 'ms5.record',
  /** `data`: the document of a collection that `ms5key` names. */
  document: 'ms5.document',
  /** The document that `ms5key` names is no more. */
  documentRemoved: 'ms5.document.removed',
  /** `data.keys`: all keys the collection has; what is held under others is no more. */
  collection: 'ms5.collection',
  /** `data`: a signal's value. */
  signal: 'ms5.signal',
  /** `data.reason`: the topic was removed, or is no longer permitted. */
  gone: 'ms5.gone',
  /** Changes after the offset `data.after`, up to `ms5offset`, are lost; `data.ended`: keys that were removed since. */
  lost: 'ms5.lost',
} as const;

/** One CloudEvent in the JSON event format, as the server sends it. Integers of ours are texts: theirs have 32 bits. */
export interface CloudEvent {
  readonly specversion: typeof CLOUD_EVENTS_VERSION;
  /** With `source` unique, and the same whenever the same change is sent. */
  readonly id: string;
  /** `/topics/{topic}`, each level percent-encoded; of answers and notices `/gateways/{id}`. */
  readonly source: string;
  readonly type: string;
  /** The topic. */
  readonly subject?: string;
  /** RFC 3339; omitted where the change's own time is not known any more. */
  readonly time?: string;
  readonly datacontenttype?: 'application/json';
  readonly ms5kind?: TopicKind;
  readonly ms5lane?: Lane;
  readonly ms5epoch?: string;
  /** Decimal digits. */
  readonly ms5offset?: string;
  /** Key of a collection's document. */
  readonly ms5key?: string;
  readonly data?: Json;
}

/** Characters of `source` and `type` of a client's event. */
const MAX_ATTRIBUTE_LENGTH = 1_024;
const JSON_CONTENT = /^[^;]*[/+]json\s*(?:;|$)/i;

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

function asEnvelope(value: unknown): Fields {
  const event = asObject(value, '');
  if (event['specversion'] !== CLOUD_EVENTS_VERSION)
    return fail('specversion', `"${CLOUD_EVENTS_VERSION}"`, event['specversion']);
  asText(event['id'], 'id');
  asText(event['source'], 'source', MAX_ATTRIBUTE_LENGTH);
  asText(event['type'], 'type', MAX_ATTRIBUTE_LENGTH);
  const content = event['datacontenttype'];
  if (isSet(content) && !(typeof content === 'string' && JSON_CONTENT.test(content)))
    return fail('datacontenttype', 'a JSON media type', content);
  if (isSet(event['data_base64'])) return fail('data_base64', 'data as JSON in "data"', event['data_base64']);
  return event;
}

/** Our own types wrap a message of the basic endpoint. */
function wrappedMessage(event: Fields, type: string): Fields {
  const data = isSet(event['data']) ? asObject(event['data'], 'data') : {};
  return { ...data, type: type.slice(CLOUD_EVENT_PREFIX.length) };
}

/** Any other event is a publication to the topic that its subject names; its identity is the key. */
function publication(event: Fields): Fields {
  const topic = asText(event['subject'], 'subject', LIMITS.topicBytes);
  const key = asText(`${String(event['source'])} ${String(event['id'])}`, 'source and id together');
  const { ms5kind: kind, ms5lane: lane, ms5id: id } = event;
  return {
    type: 'publish',
    topic,
    data: event['data'],
    key,
    ...(isSet(kind) ? { kind } : {}),
    ...(isSet(lane) ? { lane } : {}),
    ...(isSet(id) ? { id } : {}),
  };
}

/** Names the place as the client knows it. */
function inData({ error }: { readonly error: MessageFault }): MessageFault {
  const path = `data${error.path === '' ? '' : `.${error.path}`}`;
  return { ...error, path, message: `${path}: expected ${error.expected}, found ${error.found}` };
}

function faultOf(error: unknown): MessageFault {
  if (!(error instanceof FaultFound)) throw error;
  const { path, expected, found } = error.fault;
  return { path, expected, found, message: `${path || 'the event'}: expected ${expected}, found ${found}` };
}

/** Reads one CloudEvent of a client of `cloudevents.json` as the message of the basic endpoint it stands for. */
export function parseCloudEvent(text: string): ParsedMessage<BasicClientMessage> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const found = { path: '', expected: 'a CloudEvent', found: 'text that is not JSON' };
    return { ok: false, error: { ...found, message: 'expected a CloudEvent, found text that is not JSON' } };
  }
  try {
    const event = asEnvelope(value);
    const type = String(event['type']);
    const isOurs = type.startsWith(CLOUD_EVENT_PREFIX);
    const message = isOurs ? wrappedMessage(event, type) : publication(event);
    const parsed = parseBasicMessage(JSON.stringify(message));
    return parsed.ok || !isOurs ? parsed : { ok: false, error: inData(parsed) };
  } catch (error) {
    return { ok: false, error: faultOf(error) };
  }
}
