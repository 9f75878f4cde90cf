import { expect, test } from 'vitest';
import { createLogger } from './log.ts';

test('tokens, passwords and queries never reach the log', () => {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => lines.push(line) });
  const secret = 's3cr3t-value';
  log.info({ token: secret, password: secret, headers: { authorization: `Bearer ${secret}` } }, 'one');
  log.info({ req: { method: 'GET', url: `/ws?token=${secret}`, headers: { authorization: secret } } }, 'two');
  log.info({ user: { id: 'olivia', password: secret }, request: { body: { password: secret } } }, 'three');
  log.warn({ key: secret, cookie: secret, secret }, 'four');
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain(secret);
  expect(lines.join('')).toContain('"path":"/ws"');
  expect(lines.join('')).toContain('olivia');
});
