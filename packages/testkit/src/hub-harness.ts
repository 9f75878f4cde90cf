import type { Json, Lane, LogId, OutcomeStatus } from '@ms5/wire';
import { createFakeClock, settlePromises, type FakeClock } from './fake-clock.ts';
import { createReferenceClient, type ReferenceClient } from './reference-client.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import type { ModelChange, ModelEntry, ModelImage } from './simulation/plant-model.ts';
import { createSocketPair, type PairConnection, type PairTransport, type SocketPair } from './socket-pair.ts';

/** A hub, by its shape. */
export interface HarnessHub {
  load(image: ModelImage): void;
  append(log: LogId, entries: readonly ModelEntry[]): void;
  signal(
    changes: readonly { readonly topic: string; readonly at: number; readonly value: Uint8Array }[],
  ): void;
  connect(
    endpoint: string,
    transport: PairTransport & { ping(): void },
    token?: string,
  ): PairConnection & { ponged(): void };
}

export interface HarnessIdentity {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly expiresAt: number;
  readonly tokenId?: string;
  readonly firstTokenId?: string;
  readonly permissions: {
    readonly subscribe: readonly string[];
    readonly publish: readonly string[];
    readonly command: readonly string[];
  };
}

export interface HarnessCommand {
  readonly command: string;
  readonly data: Json;
  readonly key: { readonly clientId: string; readonly counter: number };
}
export interface HarnessOutcome {
  readonly status: OutcomeStatus;
  readonly offset?: number;
  readonly data?: Json;
}

/** What a hub under test is made of. */
export interface HarnessParts {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly authenticator: { authenticate(token: string): Promise<HarnessIdentity> };
  readonly commands: { execute(command: HarnessCommand): Promise<HarnessOutcome> };
}

/** A connection driven by hand: what arrives is kept, nothing is answered. */
export interface RawLink {
  readonly connection: PairConnection & { ponged(): void };
  readonly pair: SocketPair;
  /** Sends text as it is, anything else as JSON, and lets everything settle. */
  send(message: Json): Promise<void>;
  /** Messages received, arrays taken apart. */
  readonly received: readonly Record<string, Json>[];
  ofType(type: string): readonly Record<string, Json>[];
  /** WebSocket messages received, as they came. */
  readonly texts: readonly string[];
  /** WebSocket Pings received and not answered. */
  pings(): number;
  /** Answers all Pings. */
  pong(): Promise<void>;
  closed(): { readonly code: number; readonly reason: string } | null;
}

export interface ClientLink {
  readonly client: ReferenceClient;
  readonly pair: SocketPair;
}

export interface HubHarness<Hub extends HarnessHub> {
  readonly hub: Hub;
  readonly clock: FakeClock;
  /** By token; any other token is that of a user of the same name who may do everything. */
  readonly identities: Map<string, Partial<HarnessIdentity> | Error>;
  /** Commands received; each waits until it is answered. */
  readonly commands: readonly {
    readonly command: HarnessCommand;
    resolve(outcome: HarnessOutcome): void;
    reject(error: Error): void;
  }[];
  /** Appends one entry to log `s`; returns its offset. Delivers nothing. */
  readonly publish: (...changes: readonly ModelChange[]) => number;
  readonly signal: (topic: string, value: Json) => void;
  /** A reference client, connected and settled. */
  readonly join: (id: string, options?: JoinOptions) => Promise<ClientLink>;
  /** The same client on a new connection. */
  readonly rejoin: (client: ReferenceClient) => Promise<ClientLink>;
  readonly raw: (endpoint: string, token?: string) => RawLink;
  /** Runs what is due, delivers everything on all open links, lets promises settle, until nothing moves. */
  readonly settle: () => Promise<void>;
  /** Moves time on in steps of at most a second, settling after each. */
  readonly pass: (ms: number) => Promise<void>;
}

export interface JoinOptions {
  readonly filters?: readonly string[];
  readonly acknowledges?: boolean;
  readonly token?: string;
  readonly endpoint?: 'ms5.v1.json' | 'ms5.v1.msgpack';
}

const encoder = new TextEncoder();
const encode = (value: Json): Uint8Array => encoder.encode(JSON.stringify(value));
const encodeAll = (set: Readonly<Record<string, Json>>): (readonly [string, Uint8Array])[] =>
  Object.entries(set).map(([key, value]) => [key, encode(value)]);

/** Changes as a hub takes them. */
export const change = {
  stream: (topic: string, entry: Json, lane: Lane = 'normal'): ModelChange => ({
    kind: 'stream',
    topic,
    lane,
    entry: encode(entry),
  }),
  record: (topic: string, set: Readonly<Record<string, Json>>, lane: Lane = 'high'): ModelChange => ({
    kind: 'record',
    topic,
    lane,
    set: encodeAll(set),
    remove: [],
  }),
  collection: (
    topic: string,
    set: Readonly<Record<string, Json>>,
    remove: readonly string[] = [],
    lane: Lane = 'high',
  ): ModelChange => ({ kind: 'collection', topic, lane, set: encodeAll(set), remove }),
  removed: (topic: string): ModelChange => ({ kind: 'removed', topic }),
};

/** The error an authenticator rejects with. */
export function authenticationError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: 'AuthenticationError', code });
}

export const emptyImage: ModelImage = {
  log: 's',
  epoch: 'e1',
  offset: 0,
  topics: [],
  removed: [],
  removalHorizon: 0,
};

/** A hub with a log `s`, driven step by step. */
export function createHubHarness<Hub extends HarnessHub>(
  createHub: (parts: HarnessParts) => Hub,
  image: ModelImage = emptyImage,
): HubHarness<Hub> {
  const clock = createFakeClock();
  const identities = new Map<string, Partial<HarnessIdentity> | Error>();
  const commands: {
    command: HarnessCommand;
    resolve(outcome: HarnessOutcome): void;
    reject(error: Error): void;
  }[] = [];
  const pairs = new Set<SocketPair>();
  let offset = image.offset;
  const hub = createHub({
    clock,
    random: createSeededRandom(1),
    authenticator: {
      authenticate(token) {
        const known = identities.get(token);
        if (known instanceof Error) return Promise.reject(known);
        return Promise.resolve({ ...defaultIdentity(token), ...known });
      },
    },
    commands: {
      execute(command) {
        const { promise, resolve, reject } = Promise.withResolvers<HarnessOutcome>();
        commands.push({ command, resolve, reject });
        return promise;
      },
    },
  });
  hub.load(image);

  async function settle(): Promise<void> {
    // What promises bring about in the last turn is delivered in one more.
    for (let idleTurns = 0; idleTurns < 2;) {
      clock.run();
      let moved = 0;
      for (const pair of pairs) moved += pair.deliverToServer() + pair.deliverToClient();
      await settlePromises();
      for (const pair of pairs) if (!pair.isOpen()) pairs.delete(pair);
      if ((clock.nextAt() ?? Infinity) <= clock.now()) moved += 1;
      idleTurns = moved === 0 ? idleTurns + 1 : 0;
    }
  }

  async function rejoin(client: ReferenceClient): Promise<ClientLink> {
    const pair = createSocketPair(undefined, client.endpoint === 'ms5.v1.msgpack');
    pairs.add(pair);
    const connection = hub.connect(client.endpoint, { ...pair.transport, ping() {} });
    pair.open(
      connection,
      client.attach((text) => pair.socket.send(text)),
    );
    await settle();
    return { client, pair };
  }

  function raw(endpoint: string, token?: string): RawLink {
    const pair = createSocketPair();
    pairs.add(pair);
    const received: Record<string, Json>[] = [];
    const texts: string[] = [];
    let pings = 0;
    let closed: { readonly code: number; readonly reason: string } | null = null;
    const transport = {
      ...pair.transport,
      ping() {
        pings += 1;
      },
    };
    const connection = hub.connect(endpoint, transport, token);
    pair.open(connection, {
      opened() {},
      message(text) {
        texts.push(text);
        received.push(...[JSON.parse(text) as Record<string, Json>[] | Record<string, Json>].flat());
      },
      closed(code, reason) {
        closed = { code, reason };
      },
    });
    return {
      connection,
      pair,
      send(message) {
        pair.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
        return settle();
      },
      received,
      ofType: (type) => received.filter((message) => message['type'] === type),
      texts,
      pings: () => pings,
      async pong() {
        await settle();
        while (pings > 0) {
          pings -= 1;
          connection.ponged();
          await settle();
        }
      },
      closed: () => closed,
    };
  }

  return {
    hub,
    clock,
    identities,
    commands,
    publish(...changes) {
      offset += 1;
      hub.append('s', [{ offset, at: clock.now(), changes }]);
      return offset;
    },
    signal: (topic, value) => hub.signal([{ topic, at: clock.now(), value: encode(value) }]),
    join(id, { filters = [], ...options } = {}) {
      const client = createReferenceClient({ clientId: id, ...options });
      if (filters.length > 0) client.subscribe(...filters);
      return rejoin(client);
    },
    rejoin,
    raw,
    settle,
    async pass(ms) {
      for (let left = ms; left > 0; left -= 1_000) {
        clock.advance(Math.min(1_000, left));
        await settle();
      }
    },
  };
}

function defaultIdentity(userId: string): HarnessIdentity {
  return {
    userId,
    name: userId,
    roles: ['operator'],
    expiresAt: Infinity,
    permissions: { subscribe: ['#'], publish: [], command: ['#'] },
  };
}
