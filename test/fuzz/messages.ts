import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { pack } from '@ms5/wire/msgpack';
import type { Json } from '@ms5/wire';
import type { SeededRandom } from '@ms5/testkit';
import { repositoryPath } from '../support/paths.ts';
import { hostileJson, mutateBytes, mutateValue, noise } from './mutate.ts';

export const ENDPOINTS = ['basic', 'ms5.v1.json', 'ms5.v1.msgpack', 'cloudevents.json'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

interface Vectors {
  readonly accepted: readonly { readonly message: Json }[];
  readonly refused: readonly { readonly message?: Json; readonly text?: string }[];
}

const vectors = JSON.parse(
  readFileSync(repositoryPath('packages/wire/vectors/client-messages.json'), 'utf8'),
) as Readonly<Record<string, Vectors>>;

/** What clients say, and what they must not, by endpoint. */
function seedsOf(endpoint: Endpoint): readonly Json[] {
  const name = endpoint === 'ms5.v1.msgpack' ? 'ms5.v1.json' : endpoint;
  const { accepted = [], refused = [] } = vectors[name] ?? {};
  return [...accepted, ...refused].flatMap(({ message }) => message ?? []);
}

const SEEDS = new Map(ENDPOINTS.map((endpoint) => [endpoint, seedsOf(endpoint)]));

/** MessagePack that promises more than it holds, or what JSON does not have. */
const PACKED = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdf, 0xff, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xc1],
  [0xd6, 0xff, 0, 0, 0, 0],
  [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0],
  [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  [0x81, 0xa4, 0x74, 0x79, 0x70, 0x65],
  [0x81, 0x01, 0x01],
  [0xa2, 0xff, 0xfe],
];

export interface Message {
  readonly isBinary: boolean;
  readonly payload: Buffer;
}

/** What a client says to be let in. */
export function greeting(endpoint: Endpoint, token: string, client: string): Message {
  const json = (message: Json): Message => ({
    isBinary: false,
    payload: Buffer.from(JSON.stringify(message)),
  });
  const connect = { type: 'connect', token, client: { id: client, name: 'fuzz', version: '1' } };
  if (endpoint === 'basic') return json({ type: 'auth', token });
  if (endpoint === 'ms5.v1.json') return json(connect);
  if (endpoint === 'ms5.v1.msgpack') return { isBinary: true, payload: Buffer.from(pack(connect)) };
  const event = { specversion: '1.0', id: '1', source: '/fuzz', type: 'ms5.auth' };
  return json({ ...event, data: { token } });
}

/** One message: as it should be, with something wrong in its values, or with something wrong in its bytes. */
export function nextMessage(random: SeededRandom, endpoint: Endpoint): Message {
  const isPacked = endpoint === 'ms5.v1.msgpack';
  const seed = random.pick(SEEDS.get(endpoint) ?? []);
  const isAsItIs = random.chance(0.3);
  const value = isAsItIs ? seed : mutateValue(random, seed);
  let payload = isPacked ? packed(random, value) : Buffer.from(hostileJson(random, value));
  if (random.chance(0.1)) payload = mutateBytes(random, payload);
  if (random.chance(0.02)) payload = noise(random, random.int(0, 300));
  // Now and then of the wrong kind.
  const isBinary = random.chance(0.03) ? !isPacked : isPacked;
  // What is no UTF-8 ends the connection, so seldom, lest the rest is never read.
  if (!isBinary && !isUtf8(payload) && random.chance(0.95)) payload = Buffer.from(payload.toString('latin1'));
  return { isBinary, payload };
}

function packed(random: SeededRandom, value: unknown): Buffer {
  if (random.chance(0.1)) return Buffer.from(random.pick(PACKED));
  if (random.chance(0.03)) return Buffer.alloc(random.pick([10, 40, 5_000]), 0x91);
  return Buffer.from(pack(value as Json));
}
