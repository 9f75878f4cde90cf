import { readFileSync } from 'node:fs';
import { parseBasicMessage, parseClientMessage, type Json, type ParsedMessage } from '@ms5/wire';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repositoryPath } from './support/paths.ts';

// What the parsers accept is what the schemas of the AsyncAPI document accept.

const read = (path: string): unknown => JSON.parse(readFileSync(repositoryPath(path), 'utf8'));
const { components } = read('packages/wire/asyncapi.json') as { components: { schemas: object } };
const vectors = read('packages/wire/vectors/client-messages.json') as Record<
  string,
  Record<'accepted' | 'refused', readonly { readonly name: string; readonly message?: Json }[]>
>;

// Lengths count code points for the validator and UTF-16 units for the parsers: texts here are ASCII.
const ajv = new Ajv({ strict: false });
ajv.addSchema({ $id: 'ms5', components });

const ENDPOINTS: readonly (readonly [string, string, (text: string) => ParsedMessage<unknown>])[] = [
  ['ms5.v1.json', 'ClientMessage', parseClientMessage],
  ['basic', 'BasicClientMessage', parseBasicMessage],
];

type Path = readonly (string | number)[];

/** All places in a value. */
function placesOf(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value)
    ? value.map((item: Json, index): [number, Json] => [index, item])
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

/** The value with what is at the place changed; `undefined`: left out. */
function changedAt(value: Json, [step, ...rest]: Path, change: (before: Json) => Json | undefined): Json {
  if (step === undefined) return change(value) ?? null;
  const copy = structuredClone(value) as Record<string | number, Json>;
  const before = copy[step] ?? null;
  const after = rest.length === 0 ? change(before) : changedAt(before, rest, change);
  if (after !== undefined) copy[step] = after;
  else if (Array.isArray(copy)) copy.splice(Number(step), 1);
  else delete copy[step];
  return copy;
}

const odd: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<Json | undefined>(
    undefined,
    null,
    true,
    '',
    0,
    -1,
    1.5,
    2 ** 53,
    [],
    {},
    'critical',
    'stream',
  ),
  fc.constantFrom(128, 129, 256, 257, 16_384, 16_385).map((length) => 'x'.repeat(length)),
  fc.constantFrom(500, 501).map((length): Json => Array.from({ length }, () => 'a')),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom('connect', 'subscribe', 'command', 'publish', 'ack', 'auth', 'ping', 'signal'),
);

describe.each(ENDPOINTS)('%s', (endpoint, schema, parse) => {
  const { accepted = [], refused = [] } = vectors[endpoint] ?? {};
  const validate = ajv.getSchema(`ms5#/components/schemas/${schema}`);
  const bases = [...accepted, ...refused].flatMap(({ message }) => (message === undefined ? [] : [message]));
  const agree = (message: Json): void => {
    const { ok } = parse(JSON.stringify(message));
    expect({ message, ok: validate?.(message) }).toEqual({ message, ok });
  };

  test('parser and schema agree about the test vectors', () => {
    for (const message of bases) agree(message);
    expect(bases.length).toBeGreaterThan(10);
  });

  test('parser and schema agree about what is made of them', () => {
    const change = fc.tuple(fc.nat(), odd);
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        (base, changes) => {
          let message = base;
          for (const [at, value] of changes) {
            const places = placesOf(message);
            message = changedAt(message, places[at % places.length] ?? [], () => value);
          }
          agree(JSON.parse(JSON.stringify(message)) as Json);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
