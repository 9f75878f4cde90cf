import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canReconnect, CLOSE_CODE_RANGES, CLOSE_CODES, findCloseCode } from './close-codes.ts';
import { decodeServerMessages } from './decode-server.ts';
import { REQUEST_ERRORS } from './error-codes.ts';

const protocol = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, as lists of cells. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = protocol.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

test('L4: the range of a close code says whether the client reconnects', () => {
  for (const { code, reconnect } of Object.values(CLOSE_CODES)) expect(canReconnect(code)).toBe(reconnect);
  const { reconnect, terminal } = CLOSE_CODE_RANGES;
  expect([reconnect.from, reconnect.to, 1000, 1006, 1009, 3000, 0].map(canReconnect)).not.toContain(false);
  expect([terminal.from, terminal.to].map(canReconnect)).toEqual([false, false]);
  expect(findCloseCode(4001)?.name).toBe('silent');
  expect(findCloseCode(1000)).toBeUndefined();
});

test('the catalogues and their tables in PROTOCOL.md are the same', () => {
  expect(tableUnder('Close codes')).toEqual(
    Object.values(CLOSE_CODES).map(({ code, name, reconnect, message }) => [
      String(code),
      `\`${name}\``,
      reconnect ? 'reconnects' : 'ends',
      message,
    ]),
  );
  expect(tableUnder('Errors')).toEqual(
    Object.values(REQUEST_ERRORS).map(({ code, name, temporary, message }) => [
      String(code),
      `\`${name}\``,
      temporary ? 'may succeed' : 'no',
      message,
    ]),
  );
});

test('codes and names of the catalogues are unique', () => {
  for (const catalogue of [CLOSE_CODES, REQUEST_ERRORS]) {
    const entries = Object.entries(catalogue);
    expect(new Set(entries.map(([, { code }]) => code)).size).toBe(entries.length);
    for (const [key, { name }] of entries) expect(name).toBe(key);
  }
});

test('E1, E2: one message or several are decoded, unknown types left out', () => {
  expect(decodeServerMessages('{"type":"ping","at":1}')).toEqual({
    ok: true,
    messages: [{ type: 'ping', at: 1 }],
  });
  expect(decodeServerMessages('[{"type":"ping","at":1},{"type":"sparkle"},{"type":"ping","at":2}]')).toEqual({
    ok: true,
    messages: [
      { type: 'ping', at: 1 },
      { type: 'ping', at: 2 },
    ],
  });
  for (const text of ['', '1', 'null', '[1]', '{"kind":"ping"}', '{"type":'])
    expect(decodeServerMessages(text)).toMatchObject({ ok: false });
});
