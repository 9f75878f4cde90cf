import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { expect, test } from 'vitest';
import { ENDPOINTS } from '@ms5/wire';
import { buildAsyncApi } from '../tools/spec/async-api.ts';
import { repositoryPath } from './support/paths.ts';

/** Errors and warnings of the validator; the rest is advice. */
const SERIOUS: ReadonlySet<number> = new Set([0, 1]);

const text = readFileSync(repositoryPath('packages/wire/asyncapi.json'), 'utf8');

test('packages/wire/asyncapi.json is what the types and data say: npm run spec', () => {
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(buildAsyncApi())));
});

test('it is a valid AsyncAPI 3.1 document with every endpoint and topic', async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const found = diagnostics.filter(({ severity }) => SERIOUS.has(severity));
  expect(found.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(document?.version()).toBe('3.1.0');
  const channels = document?.channels().all() ?? [];
  const addresses = new Set(channels.map((channel) => channel.address()));
  const titles = Object.values(
    (JSON.parse(text) as { channels: Record<string, { title?: string }> }).channels,
  );
  for (const endpoint of [...ENDPOINTS, 'Server-Sent Events'].filter((name) => name !== 'sse'))
    expect(titles.map(({ title }) => title)).toContain(endpoint);
  for (const address of ['/ws', '/events', '{site}/{area}/{line}/andon', '{site}/{area}/{line}/events'])
    expect(addresses).toContain(address);
  expect(channels.length).toBeGreaterThan(14);
});
