import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBasicMessage } from './basic.ts';
import type { ClientMessage } from './messages.ts';
import { parseClientMessage } from './parse-client.ts';

const MESSAGES: readonly ClientMessage[] = [
  { type: 'connect', token: 'abc', client: { id: 'tablet-7', name: 'dashboard', version: '1.0.0' } },
  { type: 'connect', client: { id: 'tablet-7', name: 'dashboard', version: '1.0.0' } },
  { type: 'subscribe', id: 1, filters: ['s/#'] },
  {
    type: 'subscribe',
    id: 2,
    filters: ['s/#', 'user/ann/inbox'],
    resume: {
      marks: [{ lane: 'high', log: 's', epoch: 'e1', offset: 12 }],
      topics: { 's/a/status': { epoch: 'e1', offset: 13 } },
    },
  },
  { type: 'unsubscribe', id: 3, filters: ['s/#'] },
  {
    type: 'command',
    id: 4,
    command: 'raiseCall',
    data: { line: 'a/l1', note: null },
    key: { clientId: 'tablet-7', counter: 9 },
    deadline: 1_750_000_000_000.5,
  },
  { type: 'ack', received: 0 },
  { type: 'pong', at: 1_750_000_000_000.25 },
  { type: 'probe', id: 5 },
  { type: 'refresh', id: 6, token: 'def' },
];

test('E2: every message is read, and what is not known is left out', () => {
  for (const message of MESSAGES)
    expect(parseClientMessage(JSON.stringify({ ...message, colour: 'green' }))).toEqual({
      ok: true,
      message,
    });
});

test('X1: faults name path, expectation and finding', () => {
  const faults: readonly (readonly [object, string])[] = [
    [{ type: 'connect' }, 'client: expected an object, found nothing'],
    [
      { type: 'connect', client: { id: '' } },
      'client.id: expected a string of 1 to 128 characters, found a string of 0 characters',
    ],
    [{ type: 'subscribe', filters: ['a'] }, 'id: expected an integer from 0, found nothing'],
    [
      { type: 'subscribe', id: 1, filters: [] },
      'filters: expected at least one topic filter, found an array of 0',
    ],
    [{ type: 'subscribe', id: 1.5, filters: ['a'] }, 'id: expected an integer from 0, found 1.5'],
    [
      { type: 'subscribe', id: 1, filters: ['a'], resume: { marks: [], topics: { 'a b': { epoch: 'e' } } } },
      'resume.topics["a b"].offset: expected an integer from 0, found nothing',
    ],
    [
      { type: 'command', id: 1, command: 'c', key: 'k' },
      'key: expected an object, found a string of 1 characters',
    ],
    [{ type: 'ack', received: -1 }, 'received: expected an integer from 0, found -1'],
    [{ type: 'pong', at: null }, 'at: expected a number, found null'],
    [
      { type: 'refresh', id: 1, token: true },
      'token: expected a string of 1 to 16384 characters, found true',
    ],
  ];
  for (const [message, expected] of faults) {
    const parsed = parseClientMessage(JSON.stringify(message));
    expect(parsed.ok ? null : parsed.error.message).toBe(expected);
  }
});

test('X1: whatever the text, parsing answers', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(...MESSAGES).map((message) => JSON.stringify(message)),
  );
  const mangled = fc.tuple(text, fc.nat(), fc.string({ maxLength: 3 })).map(([whole, at, piece]) => {
    const cut = whole.length === 0 ? 0 : at % whole.length;
    return whole.slice(0, cut) + piece + whole.slice(cut + 1);
  });
  fc.assert(
    fc.property(fc.oneof(text, mangled), (given) => {
      expect(typeof parseClientMessage(given).ok).toBe('boolean');
      expect(typeof parseBasicMessage(given).ok).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});

test('E2: names of properties cannot reach prototypes', () => {
  const parsed = parseClientMessage(
    '{"type":"subscribe","id":1,"filters":["a"],"resume":{"marks":[],"topics":{"__proto__":{"epoch":"e","offset":1}}}}',
  );
  expect(parsed.ok && Object.keys(parsed.message)).toEqual(['type', 'id', 'filters', 'resume']);
  expect(Object.hasOwn(Object.prototype, 'epoch')).toBe(false);
  expect(parseClientMessage('{"type":"constructor"}').ok).toBe(false);
});

test('B2, B5: basic messages are read with their defaults', () => {
  expect(parseBasicMessage('{"type":"subscribe","topics":["a"]}')).toEqual({
    ok: true,
    message: { type: 'subscribe', topics: ['a'], batch: false },
  });
  expect(parseBasicMessage('{"type":"command","command":"c","key":"k","id":1}')).toEqual({
    ok: true,
    message: { type: 'command', command: 'c', data: null, key: 'k', id: 1 },
  });
  expect(parseBasicMessage('{"type":"subscribe","topics":["a"],"batch":1}')).toMatchObject({
    error: { message: 'batch: expected true or false, found 1' },
  });
});
