import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseBasicMessage } from './basic.ts';
import { canReconnect, CLOSE_CODES, findCloseCode } from './close-codes.ts';
import { parseCloudEvent } from './cloud-events.ts';
import { decodeEventId, encodeEventId } from './event-id.ts';
import type { Json } from './messages.ts';
import { createPackedReader, pack, parsePackedClientMessage } from './msgpack/index.ts';
import { parseClientMessage, type ParsedMessage } from './parse-client.ts';
import type { Mark } from './position.ts';
import { matchesTopic, parseTopicFilter, permitFilter, type TopicFilter } from './topic-filter.ts';
import { isTopic } from './topic.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

interface MessageVectors {
  readonly accepted: readonly { readonly name: string; readonly message: Json }[];
  readonly refused: readonly {
    readonly name: string;
    readonly message?: Json;
    readonly text?: string;
    readonly error: { readonly code: number; readonly path: string; readonly id?: number };
  }[];
}

const PARSERS: Readonly<Record<string, (text: string) => ParsedMessage<unknown>>> = {
  'ms5.v1.json': parseClientMessage,
  basic: parseBasicMessage,
  'cloudevents.json': parseCloudEvent,
};

describe.each(Object.entries(read('client-messages') as Record<string, MessageVectors>))(
  'messages to the server, %s',
  (endpoint, { accepted, refused }) => {
    const parse = PARSERS[endpoint] ?? (() => expect.unreachable(`no parser of ${endpoint}`));

    test.each(accepted.map((vector) => [vector.name, vector] as const))('%s', (_, { message }) => {
      expect(parse(JSON.stringify(message))).toMatchObject({ ok: true });
    });

    test.each(refused.map((vector) => [vector.name, vector] as const))('refused: %s', (_, vector) => {
      const parsed = parse(vector.text ?? JSON.stringify(vector.message));
      expect(parsed.ok ? null : [parsed.error.path, parsed.error.id]).toEqual([
        vector.error.path,
        vector.error.id,
      ]);
      expect(vector.error.code).toBe(100);
    });
  },
);

interface PackedVectors {
  readonly toServer: readonly { readonly base64: string; readonly message: Json }[];
  readonly toClient: readonly { readonly base64: readonly string[]; readonly messages: readonly Json[] }[];
  readonly refused: readonly { readonly name: string; readonly base64: string }[];
}

test('MessagePack stands for the messages of ms5.v1.json', () => {
  const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  const { toServer, toClient, refused } = read('msgpack') as PackedVectors;
  for (const { base64, message } of toServer) {
    const parsed = parsePackedClientMessage(bytes(base64));
    expect(parsed).toEqual(parseClientMessage(JSON.stringify(message)));
    expect(parsePackedClientMessage(pack(message))).toEqual(parsed);
  }
  for (const { base64, messages } of toClient) {
    const reader = createPackedReader();
    const decoded = base64.flatMap((one) => {
      const result = reader(bytes(one));
      return result.ok ? result.messages : expect.unreachable(result.error);
    });
    expect(decoded).toEqual(messages);
  }
  for (const { base64 } of refused) expect(parsePackedClientMessage(bytes(base64)).ok).toBe(false);
});

interface TopicVectors {
  readonly topics: readonly { readonly text: string; readonly isValid: boolean }[];
  readonly filters: readonly { readonly text: string; readonly isValid: boolean }[];
  readonly matches: readonly { readonly filter: string; readonly topic: string; readonly matches: boolean }[];
  readonly permitted: readonly {
    readonly requested: string;
    readonly permissions: readonly string[];
    readonly effective: readonly string[];
  }[];
}

function filterOf(text: string): TopicFilter {
  const parsed = parseTopicFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  return parsed.filter;
}

test('topics and topic filters', () => {
  const { topics, filters, matches, permitted } = read('topics') as TopicVectors;
  for (const { text, isValid } of topics) expect([text, isTopic(text)]).toEqual([text, isValid]);
  for (const { text, isValid } of filters) expect([text, parseTopicFilter(text).ok]).toEqual([text, isValid]);
  for (const vector of matches)
    expect({ ...vector, matches: matchesTopic(filterOf(vector.filter), vector.topic) }).toEqual(vector);
  for (const { requested, permissions, effective } of permitted) {
    const left = permitFilter(filterOf(requested), permissions.map(filterOf));
    expect(left.map(({ text }) => text).toSorted()).toEqual([...effective].sort());
  }
});

interface EventIdVectors {
  readonly valid: readonly {
    readonly filters: readonly string[];
    readonly marks: readonly Mark[];
    readonly id: string;
  }[];
  readonly refused: readonly {
    readonly filters: readonly string[];
    readonly id: string;
    readonly error: string;
  }[];
}

test('event ids', () => {
  const { valid, refused } = read('event-ids') as EventIdVectors;
  for (const { filters, marks, id } of valid) {
    expect(encodeEventId(marks, filters)).toBe(id);
    expect(decodeEventId(id, filters)).toEqual({ ok: true, marks });
  }
  for (const { filters, id, error } of refused)
    expect(decodeEventId(id, filters)).toEqual({ ok: false, error });
});

interface CloseCodeVectors {
  readonly codes: readonly { readonly code: number; readonly name: string; readonly reconnects: boolean }[];
  readonly others: readonly { readonly code: number; readonly reconnects: boolean }[];
}

test('close codes', () => {
  const { codes, others } = read('close-codes') as CloseCodeVectors;
  const all = Object.values(CLOSE_CODES).map(({ code, name }) => ({
    code,
    name,
    reconnects: canReconnect(code),
  }));
  expect(all.toSorted((a, b) => a.code - b.code)).toEqual(codes);
  for (const { code, reconnects } of others) {
    expect([code, canReconnect(code)]).toEqual([code, reconnects]);
    expect(findCloseCode(code)).toBeUndefined();
  }
});
