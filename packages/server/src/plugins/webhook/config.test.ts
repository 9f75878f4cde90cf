import { expect, test } from 'vitest';
import { parseWebhookConfig } from './config.ts';

const SECRET = 'MS5_TEST_CONFIG_SECRET';
process.env[SECRET] = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
process.env['MS5_TEST_SHORT_SECRET'] = 'short';

const parse = (endpoint: object): ReturnType<typeof parseWebhookConfig> =>
  parseWebhookConfig({
    endpoints: [{ id: 'one', url: 'http://127.0.0.1:1/', secret: { env: SECRET }, ...endpoint }],
  });

test('what is left out has a default, a Standard Webhooks secret is base64', () => {
  expect(parse({})).toEqual([
    {
      id: 'one',
      url: 'http://127.0.0.1:1/',
      topics: ['#'],
      secret: Buffer.alloc(32, 7),
      timeoutMs: 10_000,
      retryFromMs: 1_000,
      retryToMs: 300_000,
      giveUpAfterMs: 86_400_000,
    },
  ]);
  expect(parse({ types: ['callRaised'], timeout: '1m30s' })).toMatchObject([
    { types: ['callRaised'], timeoutMs: 90_000 },
  ]);
});

test.each([
  [{ url: 'ftp://example.com/' }, 'endpoints.0.url: expected an http or https URL'],
  [{ url: 'http://me:pass@example.com/' }, 'endpoints.0.url: a user name or password'],
  [{ secret: { env: 'MS5_NOT_SET' } }, 'endpoints.0.secret: environment variable MS5_NOT_SET: it is not set'],
  [{ secret: { env: 'MS5_TEST_SHORT_SECRET' } }, 'expected a secret of 24 bytes or more, found 5'],
  [{ secret: { file: '/nowhere/secret' } }, 'file /nowhere/secret: ENOENT'],
  [{ secret: 'a secret in the file itself' }, 'expected { file: PATH } or { env: NAME }'],
  [{ timeout: '10 seconds' }, 'endpoints.0.timeout: expected a duration'],
  [{ topics: ['a/#/b'] }, 'endpoints.0.topics.0: expected a topic filter'],
  [{ retries: 3 }, 'retries'],
  [{ id: 'One' }, 'endpoints.0.id: expected lower-case letters'],
])('a wrong configuration is said clearly: %j', (endpoint, message) => {
  expect(() => parse(endpoint)).toThrow(message);
});

test('no endpoints, and two of one id, are refused', () => {
  expect(() => parseWebhookConfig(undefined)).toThrow('expected { endpoints');
  const one = { id: 'one', url: 'http://127.0.0.1:1/', secret: { env: SECRET } };
  expect(() => parseWebhookConfig({ endpoints: [one, one] })).toThrow('two have the same id');
});
