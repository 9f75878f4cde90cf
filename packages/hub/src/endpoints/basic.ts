import { parseBasicMessage, type BasicClientMessage, type BasicServerMessage } from '@ms5/wire';
import { createBasicEncoding } from './encoding-basic.ts';
import { NO_ID, type Endpoint, type Reply, type Request } from './endpoint.ts';

const encoder = new TextEncoder();

type Requests = {
  readonly [Type in BasicClientMessage['type']]: (
    message: Extract<BasicClientMessage, { type: Type }>,
  ) => Request;
};

const REQUESTS: Requests = {
  auth: ({ token }) => ({ type: 'connect', token, client: { id: '', name: '', version: '' } }),
  subscribe: ({ id = NO_ID, topics: filters, batch, rate }) => ({
    type: 'subscribe',
    id,
    filters,
    batch,
    ...(rate === undefined ? {} : { rate }),
  }),
  unsubscribe: ({ id = NO_ID, topics: filters }) => ({ type: 'unsubscribe', id, filters }),
  publish: ({ id = NO_ID, ...publication }) => ({ ...publication, id }),
  command: ({ type, id = NO_ID, command, data, key = null, deadline, expected }) => ({
    type,
    id,
    command,
    data,
    key,
    ...(deadline === undefined ? {} : { deadline }),
    ...(expected === undefined ? {} : { expected }),
  }),
  ping: ({ id = NO_ID }) => ({ type: 'probe', id }),
};

/** What a message of the basic endpoint asks. */
export function toRequest(message: BasicClientMessage): Request {
  const convert = REQUESTS[message.type] as (message: BasicClientMessage) => Request;
  return convert(message);
}

const idOf = (id: number | undefined): { readonly id?: number } =>
  id === undefined || id === NO_ID ? {} : { id };

type Messages = {
  readonly [Type in Reply['type']]: (reply: Extract<Reply, { type: Type }>) => BasicServerMessage | null;
};

const none = (): null => null;

const MESSAGES: Messages = {
  welcome: ({ type, user }) => ({ type, user: { id: user.id, name: user.name } }),
  subscribed: ({ type, filters: topics, id }) => ({ type, topics, ...idOf(id) }),
  unsubscribed: ({ type, filters: topics, id }) => ({ type, topics, ...idOf(id) }),
  outcome: ({ id, ...outcome }) => ({ ...outcome, ...idOf(id) }),
  published: ({ id, ...published }) => ({ ...published, ...idOf(id) }),
  signedOut: none,
  probed: ({ id }) => ({ type: 'pong', ...idOf(id) }),
  expiring: (reply) => reply,
  drain: (reply) => reply,
  error: ({ type, name: code, message, retryAfterMs, id }) => ({
    type,
    code,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...idOf(id),
  }),
  synced: none,
  window: none,
  ping: none,
  refreshed: none,
};

/** The basic endpoint's form of an answer or notice; `null`: it has none. */
export function toBasicMessage(reply: Reply): BasicServerMessage | null {
  const convert = MESSAGES[reply.type] as (reply: Reply) => BasicServerMessage | null;
  return convert(reply);
}

/** `basic`: plain JSON for any WebSocket tool; no positions, paced by WebSocket Pings. */
export function createBasicEndpoint(): Endpoint {
  return {
    name: 'basic',
    capabilities: { needsConnect: false, pacing: 'pong' },
    parse(text) {
      const parsed = parseBasicMessage(text);
      return parsed.ok ? { ok: true, request: toRequest(parsed.message) } : parsed;
    },
    encode(reply) {
      const message = toBasicMessage(reply);
      return message === null ? null : encoder.encode(JSON.stringify(message));
    },
    encodings: { single: createBasicEncoding(false), batch: createBasicEncoding(true) },
  };
}
