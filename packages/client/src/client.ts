import type { ClientMessage, ErrorMessage, ServerMessage, WelcomeMessage } from '@ms5/wire';
import { createAcks } from './acks.ts';
import { json, type Encoding } from './encoding.ts';
import { createConnection } from './connection/connection.ts';
import { createListeners } from './listeners.ts';
import { createMemoryOutbox } from './outbox/memory-storage.ts';
import { createOutbox } from './outbox/outbox.ts';
import type { OutboxStorage } from './outbox/storage.ts';
import type { Clock, OpenSocket, Random, Surroundings } from './ports.ts';
import { createServerClock } from './server-clock.ts';
import { createPublications } from './publications.ts';
import { createMeter } from './statistics.ts';
import { openByWebSocket, systemClock, systemRandom, systemSurroundings } from './system-ports.ts';
import { createTokenRefresh } from './token-refresh.ts';
import { createRegistry, type Handlers } from './topics/registry.ts';
import { createStores } from './topics/stores.ts';
import { positionOf } from './topics/topic.ts';
import type { Client, ConnectionState, Outcome, PendingCommand, Transition } from './types.ts';
import { version } from './version.ts';

/** What the client needs of its surroundings; each has a default that fits browsers and Node. */
export interface ClientPorts {
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: memory, so what waits dies with the page. */
  readonly storage: OutboxStorage;
  readonly surroundings: Surroundings;
}

export interface ClientOptions {
  /** `ws://…/ws` or `wss://…/ws`. */
  readonly url: string;
  /** A token that is valid now. An `UnauthorizedError` ends the client; any other failure is tried again. */
  readonly getToken: () => Promise<string>;
  /** The id that command keys carry; default: the storage's own. No two clients may use one at the same time. */
  readonly clientId?: string;
  /**
   * Who is signed in here, as the token says: commands given before the first connection are then sent for nobody else.
   */
  readonly userId?: string;
  /** Shown to those who look after the server. */
  readonly name?: string;
  /** Default: JSON. `messagePack()` of `@ms5/client/msgpack` makes messages smaller. */
  readonly encoding?: Encoding;
  /** Commands that may wait; one more is refused with `outboxFull`. Default 1,000. */
  readonly outboxLimit?: number;
  readonly ports?: Partial<ClientPorts>;
  /** Told of every step of the connection's life. */
  readonly onTransition?: (transition: Transition) => void;
}

/** Measured again when a ping comes this long after the last measurement, ms. */
const MEASURE_EVERY_MS = 120_000;
const OUTBOX_LIMIT = 1_000;

/** 122 random bits: `crypto.randomUUID` is missing on plain http, where many shop floors are. */
function createId(random: Random): string {
  const part = (): string =>
    Math.floor(random.next() * 2 ** 30)
      .toString(36)
      .padStart(6, '0');
  return part() + part() + part() + part();
}

/** A client that is not connected yet: call `connect()`. */
export function createClient(options: ClientOptions): Client {
  const clock = options.ports?.clock ?? systemClock;
  const random = options.ports?.random ?? systemRandom;
  const states = createListeners<[ConnectionState]>();
  const pendings = createListeners<[readonly PendingCommand[]]>();
  const outcomes = createListeners<[PendingCommand, Outcome]>();
  const serverClock = createServerClock();
  const meter = createMeter();
  const createdAt = clock.now();
  let lastId = 0;
  const nextId = (): number => (lastId += 1);
  /** Sent probes by id, client clock. */
  const probes = new Map<number, number>();
  let measuredAt = 0;
  let user: WelcomeMessage['user'] | null = null;
  let lastUserId: string | null = null;
  /** No session began on this connection yet. */
  let isFresh = true;

  const serverTime = (): number => Math.round(clock.now() + (serverClock.skewMs() ?? 0));
  const isLive = (): boolean => user !== null;
  const send = (message: ClientMessage): void => connection.send(message);

  const acks = createAcks(clock, (received) => send({ type: 'ack', received }));
  const outbox = createOutbox({
    storage: options.ports?.storage ?? createMemoryOutbox(),
    clientId: options.clientId,
    userId: options.userId,
    newId: () => createId(random),
    clock,
    serverTime,
    nextId,
    send,
    limit: options.outboxLimit ?? OUTBOX_LIMIT,
    onChange: (pending) => pendings.call(pending),
    onOutcome: (command, outcome) => outcomes.call(command, outcome),
  });
  const publications = createPublications({ clock, nextId, send, isLive });
  const registry = createRegistry({
    clock,
    nextId,
    send,
    isLive,
    onGap: (topic) => connection.violate('gapFound', topic),
  });
  const stores = createStores({
    registry,
    isLive,
    isArriving: () => isArriving(),
  });
  const refresh = createTokenRefresh({
    clock,
    getToken: options.getToken,
    nextId,
    send,
    onUnauthorized: (message) => connection.unauthorized(message),
  });
  const connection = createConnection({
    url: options.url,
    encoding: options.encoding ?? json,
    getToken: async () => {
      await outbox.open();
      return options.getToken();
    },
    clock,
    random,
    openSocket: options.ports?.openSocket ?? openByWebSocket(),
    surroundings: options.ports?.surroundings ?? systemSurroundings,
    greeting: (token) => ({
      type: 'connect',
      token,
      client: { id: outbox.clientId(), name: options.name ?? '@ms5/client', version },
    }),
    onWelcome: welcome,
    onMessage: (message) => take(message),
    onBatch: finishBatch,
    onDown: down,
    onProbe: probe,
    nextId,
    onSocket() {
      acks.reset();
      isFresh = true;
    },
    onState: showState,
    onTransition: options.onTransition,
  });

  function publicState(state: ConnectionState): ConnectionState {
    return state.status === 'live' && user !== null ? { ...state, user } : state;
  }
  let shown = publicState(connection.state());

  function isArriving(): boolean {
    const { status, isLostForLong } = connection.state();
    return (status === 'idle' || status === 'connecting') && !isLostForLong;
  }
  let wasArriving = isArriving();

  function showState(state: ConnectionState): void {
    // Until it is known for whom: `welcome` tells at once.
    if (state.status === 'live' && user === null) return;
    shown = publicState(state);
    // What was never there turns from arriving to lost without any topic changing.
    if (wasArriving !== isArriving()) registry.refreshAll();
    wasArriving = isArriving();
    states.call(shown);
    registry.flush();
  }

  function welcome(message: WelcomeMessage): void {
    if (lastUserId !== null && lastUserId !== message.user.id) forget();
    user = message.user;
    lastUserId = user.id;
    if (isFresh) meter.connected();
    isFresh = false;
    acks.start(message.windowBytes, message.ackDelayMs);
    serverClock.check(message.server.timeMs, clock.now());
    registry.start();
    showState(connection.state());
    outbox.start(message.user.id);
    publications.start();
    probe();
  }

  function down(): void {
    user = null;
    refresh.end();
    probes.clear();
    registry.interrupt();
    outbox.interrupt();
    publications.interrupt();
  }

  /** Nothing that was known or waits here is the next user's. */
  function forget(): void {
    registry.forget();
    publications.signOut();
  }

  function probe(): void {
    const id = nextId();
    measuredAt = clock.now();
    probes.set(id, measuredAt);
    send({ type: 'probe', id });
  }

  function finishBatch(bytes: number, isData: boolean): void {
    meter.received(bytes, clock.now());
    registry.flush();
    acks.received(bytes, isData);
  }

  const handlers: Handlers = {
    ...registry.handlers,
    ping: ({ at }) => takePing(at),
    probed: ({ id, timeMs }) => takeProbed(id, timeMs),
    window: ({ windowBytes, ackDelayMs }) => acks.resize(windowBytes, ackDelayMs),
    outcome: outbox.takeOutcome,
    published: publications.take,
    expiring: refresh.begin,
    refreshed({ filters }) {
      refresh.end();
      if (filters !== undefined) registry.narrow(filters);
    },
    error: takeError,
    // The connection's own.
    welcome: () => {},
    drain: () => {},
    // Answers to what this client does not ask.
    signedOut: () => {},
    names: () => {},
  };

  function take(message: ServerMessage): void {
    const handle = handlers[message.type] as (message: ServerMessage) => void;
    handle(message);
  }

  function takeError(message: ErrorMessage): void {
    meter.failed();
    // Whoever asked takes the answer.
    void (
      registry.takeError(message) ||
      outbox.takeError(message) ||
      publications.takeError(message) ||
      refresh.takeError(message)
    );
  }

  function takePing(at: number): void {
    send({ type: 'pong', at });
    const now = clock.now();
    if (serverClock.check(at, now) || now - measuredAt >= MEASURE_EVERY_MS) probe();
  }

  function takeProbed(id: number, serverAt: number): void {
    const sentAt = probes.get(id);
    if (sentAt === undefined) return;
    probes.delete(id);
    serverClock.take({ sentAt, receivedAt: clock.now(), serverAt });
  }

  return {
    connect: () => connection.connect(),
    signOut() {
      // First, so that whoever hears of the new state finds nothing. Also once the connection has ended for good: what
      // was read until then is no less the user's.
      down();
      forget();
      outbox.signOut();
      lastUserId = null;
      connection.signOut();
      registry.flush();
    },
    signIn({ userId } = {}) {
      outbox.signIn(userId);
      connection.signIn();
    },
    close() {
      connection.close();
      outbox.close();
      publications.close();
      registry.close();
    },
    state: () => shown,
    onState: states.add,
    record: (topic, given) => stores.single('record', topic, given),
    collection: (topic, given) => stores.single('collection', topic, given),
    signal: (topic, given) => stores.single('signal', topic, given),
    records: (filter, given) => stores.many('record', filter, given),
    collections: (filter, given) => stores.many('collection', filter, given),
    signals: (filter, given) => stores.many('signal', filter, given),
    stream: (filter, onEvent, onLost) =>
      registry.listenToStream(filter, { onEvent: onEvent as (event: unknown) => void, onLost }),
    command: (name, data, given = {}) => outbox.add(name, data, given),
    confirm: (key) => outbox.confirm(key),
    discard: (key) => outbox.discard(key),
    publish: (topic, data, given = {}) => publications.publish(topic, data, given),
    displayed(topic, key) {
      const slot = registry.find(topic);
      const position = slot === undefined ? null : positionOf(slot.topic);
      // Only what is shown of the topic's present life counts, and only once the server hears of it.
      if (position === null || !isLive()) return false;
      send({ type: 'displayed', topic, key, offset: position.offset });
      return true;
    },
    pending: outbox.pending,
    onPending: pendings.add,
    onOutcome: outcomes.add,
    serverTime,
    statistics: () => ({
      roundTripMs: serverClock.roundTripMs(),
      skewMs: serverClock.skewMs(),
      watchedMs: clock.now() - createdAt,
      ...meter.read(),
      losses: registry.losses(),
      isOutboxDurable: outbox.isDurable(),
    }),
  };
}
