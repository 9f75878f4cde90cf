import type { SeededRandom } from '@ms5/testkit';

/** Written into JSON texts as it stands: what `JSON.stringify` would not write. */
const RAW_VALUES = [
  '1e999',
  '-1e999',
  '-0',
  '9007199254740993',
  '0.1e-400',
  '123456789012345678901234567890',
  '01',
  '+1',
  'NaN',
  'Infinity',
  'undefined',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"a":1,"a":2}',
  '"\\ud800"',
  '"\\u0000"',
  '[,]',
  '{,}',
  '"',
  '\u2028',
];

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\u0000',
  '#',
  'type',
];
const TEXTS = [
  '',
  ' ',
  '#',
  '+',
  'a/#/b',
  '+/+/+/#',
  '$SYS/#',
  '/',
  '//',
  'works/#',
  'app/#',
  'user/fuzz-1/#',
  '\u0000',
  '\ud800',
  '\u202e',
  '__proto__',
  '../../etc/passwd',
  '%00',
  '{{7*7}}',
];
/** Stands for a raw value in a text. */
const MARK = '\u0001raw';

function hostileValue(random: SeededRandom): unknown {
  switch (random.int(0, 9)) {
    case 0:
      return null;
    case 1:
      return random.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324]);
    case 2:
      return random.pick([true, false]);
    case 3:
      return random.pick(TEXTS);
    case 4:
      return 'x'.repeat(random.pick([1, 127, 129, 256, 257, 1_000, 20_000, 70_000]));
    case 5:
      return [];
    case 6:
      return {};
    case 7:
      return Array.from({ length: random.pick([1, 16, 501, 2_001, 5_000]) }, () => 0);
    case 8:
      return nested(random.pick([2, 31, 32, 33, 100, 1_000]), random.chance(0.5));
    default:
      return `${MARK}${random.int(0, RAW_VALUES.length - 1)}`;
  }
}

function nested(depth: number, isArray: boolean): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = isArray ? [value] : { a: value };
  return value;
}

/** A copy in which some value, key or element is another one. */
export function mutateValue(random: SeededRandom, value: unknown): unknown {
  if (Array.isArray(value)) return mutateArray(random, value);
  if (typeof value === 'object' && value !== null && random.chance(0.9)) return mutateObject(random, value);
  return random.chance(0.2) ? value : hostileValue(random);
}

function mutateArray(random: SeededRandom, items: readonly unknown[]): unknown {
  if (items.length === 0 || random.chance(0.2)) return [...items, hostileValue(random)];
  if (random.chance(0.1)) return hostileValue(random);
  if (random.chance(0.1)) return Array.from({ length: random.int(2, 600) }, () => items[0]);
  const index = random.int(0, items.length - 1);
  return items.map((item, at) => (at === index ? mutateValue(random, item) : item));
}

function mutateObject(random: SeededRandom, value: object): unknown {
  const entries = Object.entries(value) as [string, unknown][];
  if (entries.length === 0 || random.chance(0.15))
    return fromEntries([...entries, [random.pick(KEYS), hostileValue(random)]]);
  const index = random.int(0, entries.length - 1);
  if (random.chance(0.15)) return fromEntries(entries.filter((_, at) => at !== index));
  return fromEntries(
    entries.map(([key, each], at): [string, unknown] => [
      key,
      at === index ? mutateValue(random, each) : each,
    ]),
  );
}

/** With `__proto__` as a key of its own. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const made: Record<string, unknown> = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

/** JSON of a value, with what cannot be said by values written in. */
export function hostileJson(random: SeededRandom, value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  const written = text.replace(/"\\u0001raw(\d+)"/g, (_, index: string) => RAW_VALUES[Number(index)] ?? '');
  return random.chance(0.05) ? written.slice(0, random.int(0, written.length)) : written;
}

/** Some bytes changed, left out, doubled, or put in. */
export function mutateBytes(random: SeededRandom, bytes: Uint8Array): Buffer {
  const changed = Buffer.from(bytes);
  for (let left = random.int(1, 4); left > 0 && changed.length > 0; left -= 1)
    changed[random.int(0, changed.length - 1)] = random.int(0, 255);
  const at = random.int(0, changed.length);
  const head = changed.subarray(0, at);
  switch (random.int(0, 3)) {
    case 0:
      return head;
    case 1:
      return Buffer.concat([head, noise(random, random.int(1, 40)), changed.subarray(at)]);
    case 2:
      return Buffer.concat([changed, changed.subarray(at)]);
    default:
      return changed;
  }
}

export function noise(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.int(0, 255)));
}
