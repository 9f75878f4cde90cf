import type { Json, OutcomeStatus, CommandKey, ExpectedState, PublishLane } from './messages.ts';
import {
  asExpected,
  asFilters,
  asKey,
  asPublication,
  asRate,
  asToken,
  parseByType,
  type ParsedMessage,
} from './parse-client.ts';
import { asCount, asJson, asNumber, asText, fail, type Fields } from './parse-fields.ts';
import type { Rate } from './rate.ts';
import type { TopicKind } from './topic-kind.ts';

// ---- client to server: the basic endpoint, for any WebSocket tool ------------------------------------

/** `id` may be left out everywhere; the answer then carries none. */
export type BasicClientMessage =
  | { readonly type: 'auth'; readonly token: string }
  | {
      readonly type: 'subscribe';
      readonly topics: readonly string[];
      /** Several events may then come as a JSON array in one WebSocket message. */
      readonly batch: boolean;
      readonly rate?: Rate;
      readonly id?: number;
    }
  | { readonly type: 'unsubscribe'; readonly topics: readonly string[]; readonly id?: number }
  | {
      readonly type: 'publish';
      readonly topic: string;
      readonly kind?: TopicKind;
      readonly lane?: PublishLane;
      readonly data: Json;
      readonly key?: string;
      readonly id?: number;
    }
  | {
      readonly type: 'command';
      readonly command: string;
      readonly data: Json;
      /** Omitted: the command is new each time it is sent. */
      readonly key?: string | CommandKey;
      readonly deadline?: number;
      readonly expected?: ExpectedState;
      readonly id?: number;
    }
  | { readonly type: 'ping'; readonly id?: number };

// ---- server to client --------------------------------------------------------------------------------

/**
 * What a topic holds now. `data`: a record's whole document; of a collection `{ set, remove }`, what was set
 * and removed since the event before; a stream's entry; a signal's value.
 */
export interface BasicEvent {
  readonly type: 'event';
  readonly topic: string;
  readonly kind: TopicKind;
  readonly data: Json;
  readonly offset: number;
  readonly at: number;
  /** Of a collection: what was held of it before is void. */
  readonly snapshot?: true;
  /**
   * Of a part of what a collection holds: whether further parts follow. Changes between the parts, and what comes in
   * one part, have none.
   */
  readonly more?: boolean;
}

export type BasicServerMessage =
  | { readonly type: 'welcome'; readonly user: { readonly id: string; readonly name: string } }
  | { readonly type: 'subscribed'; readonly topics: readonly string[]; readonly id?: number }
  | { readonly type: 'unsubscribed'; readonly topics: readonly string[]; readonly id?: number }
  | BasicEvent
  | { readonly type: 'gone'; readonly topic: string; readonly reason: 'removed' | 'forbidden' }
  | {
      /** Changes after `after`, up to `offset`, are no longer held by the server and were not sent. */
      readonly type: 'lost';
      readonly topic: string;
      readonly after: number;
      readonly offset: number;
      /** Keys of a critical topic that were removed since, with their last documents, as far as they are known. */
      readonly ended?: Readonly<Record<string, Json>>;
    }
  | {
      readonly type: 'outcome';
      readonly status: OutcomeStatus;
      readonly offset?: number;
      readonly data?: Json;
      readonly reason?: string;
      readonly message?: string;
      readonly id?: number;
    }
  | { readonly type: 'published'; readonly offset?: number; readonly duplicate?: true; readonly id?: number }
  | { readonly type: 'pong'; readonly id?: number }
  | { readonly type: 'expiring'; readonly expiresAt: number; readonly closesAt: number }
  | { readonly type: 'drain'; readonly retryAfterMs: number }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
      readonly id?: number;
    };

const optionalId = (fields: Fields): { readonly id?: number } =>
  fields['id'] === undefined ? {} : { id: asCount(fields['id'], 'id') };

type Parsers = {
  readonly [Type in BasicClientMessage['type']]: (
    fields: Fields,
  ) => Extract<BasicClientMessage, { type: Type }>;
};

const PARSERS: Parsers = {
  auth: (fields) => ({ type: 'auth', token: asToken(fields['token'], 'token') }),
  subscribe: (fields) => {
    const { batch = false } = fields;
    return {
      type: 'subscribe',
      topics: asFilters(fields['topics'], 'topics'),
      batch: typeof batch === 'boolean' ? batch : fail('batch', 'true or false', batch),
      ...(fields['rate'] === undefined ? {} : { rate: asRate(fields['rate'], 'rate') }),
      ...optionalId(fields),
    };
  },
  unsubscribe: (fields) => ({
    type: 'unsubscribe',
    topics: asFilters(fields['topics'], 'topics'),
    ...optionalId(fields),
  }),
  publish: (fields) => ({ type: 'publish', ...asPublication(fields), ...optionalId(fields) }),
  command: (fields) => {
    const key = fields['key'];
    return {
      type: 'command',
      command: asText(fields['command'], 'command'),
      data: asJson(fields['data'], 'data'),
      ...(key === undefined ? {} : { key: typeof key === 'string' ? asText(key, 'key') : asKey(key, 'key') }),
      ...(fields['deadline'] === undefined ? {} : { deadline: asNumber(fields['deadline'], 'deadline') }),
      ...(fields['expected'] === undefined ? {} : { expected: asExpected(fields['expected'], 'expected') }),
      ...optionalId(fields),
    };
  },
  ping: (fields) => ({ type: 'ping', ...optionalId(fields) }),
};

/** Reads one message of a client of the basic endpoint. */
export function parseBasicMessage(text: string): ParsedMessage<BasicClientMessage> {
  return parseByType<BasicClientMessage>(text, PARSERS);
}
