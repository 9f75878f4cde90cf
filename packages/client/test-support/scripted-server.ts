import type { ClientMessage, ServerMessage, SnapshotMessage } from '@ms5/wire';
import { createFakeClock, createSeededRandom, settlePromises, type FakeClock } from '@ms5/testkit';
import {
  createClient,
  type Client,
  type ClientOptions,
  type SocketEvents,
  type SurroundingEvents,
  type Transition,
} from '@ms5/client';

/** The server's end of one socket; the test says every word it speaks. */
export interface ScriptedSocket {
  readonly received: ClientMessage[];
  isClosed(): boolean;
  open(): void;
  push(...messages: readonly ServerMessage[]): void;
  pushText(text: string): void;
  drop(code?: number, reason?: string): void;
  /** Opens, unless it is, welcomes, and lets the client react. */
  accept(userId?: string, on?: 'sameSocket'): Promise<void>;
  /** The newest message of a type. */
  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { readonly type: T }>;
  all<T extends ClientMessage['type']>(type: T): readonly Extract<ClientMessage, { readonly type: T }>[];
}

export interface Stage {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly sockets: readonly ScriptedSocket[];
  readonly transitions: readonly Transition[];
  readonly surroundings: SurroundingEvents;
  readonly socket: () => ScriptedSocket;
  /** Connects and welcomes. */
  live(): Promise<ScriptedSocket>;
}

function createScriptedSocket(
  events: SocketEvents,
  clock: FakeClock,
): [ScriptedSocket, (text: string) => void, () => void] {
  const received: ClientMessage[] = [];
  let isClosed = false;
  const socket: ScriptedSocket = {
    received,
    isClosed: () => isClosed,
    open: () => events.opened(),
    push(...messages) {
      events.message(JSON.stringify(messages.length === 1 ? messages[0] : messages));
    },
    pushText: (text) => events.message(text),
    drop(code = 1006, reason = '') {
      isClosed = true;
      events.closed(code, reason);
    },
    async accept(userId = 'anna', on) {
      if (on === undefined) socket.open();
      socket.push(welcome(clock.now(), userId));
      await settle();
    },
    last(type) {
      const found = socket.all(type).at(-1);
      if (found === undefined) throw new Error(`no ${type} was sent`);
      return found;
    },
    all: <T extends ClientMessage['type']>(type: T) =>
      received.filter(
        (message): message is Extract<ClientMessage, { readonly type: T }> => message.type === type,
      ),
  };
  return [
    socket,
    (text) => {
      received.push(JSON.parse(text) as ClientMessage);
    },
    () => {
      isClosed = true;
    },
  ];
}

/** Lets chains of promises run to their end, as long as those of an outbox over a slow store are. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await settlePromises();
}

export function welcome(timeMs: number, userId = 'anna'): ServerMessage {
  return {
    type: 'welcome',
    session: 's1',
    user: { id: userId, name: userId, roles: ['operator'] },
    server: { version: '0.1.0', timeMs },
    expiresAt: timeMs + 3_600_000,
    pingIntervalMs: 25_000,
    pongTimeoutMs: 8_000,
    windowBytes: 8_192,
    ackDelayMs: 500,
  };
}

export function snapshot(
  topic: string,
  offset: number,
  set: SnapshotMessage['set'],
  more: Partial<SnapshotMessage> = {},
): SnapshotMessage {
  return {
    type: 'snapshot',
    topic,
    kind: 'record',
    lane: 'high',
    log: 'plant',
    epoch: 'e1',
    offset,
    begin: true,
    end: true,
    at: 1_000,
    set,
    ...more,
  };
}

export const mark = (offset: number, epoch = 'e1', lane: 'high' | 'normal' | 'critical' = 'high') =>
  ({ lane, log: 'plant', epoch, offset }) as const;

type SubscribedReply = Partial<Extract<ServerMessage, { readonly type: 'subscribed' }>>;

/** Answers the newest `subscribe`: granted, then `messages`, then synced. All in one WebSocket message. */
export function serve(
  socket: ScriptedSocket,
  messages: readonly ServerMessage[],
  reply: SubscribedReply = {},
): void {
  const { id, filters, resume } = socket.last('subscribe');
  const wasRecovering = resume !== undefined;
  socket.push(
    { type: 'subscribed', id, filters, wasRecovering, recovered: wasRecovering, marks: [], ...reply },
    ...messages,
    { type: 'synced', id },
  );
}

export function createStage(options: Partial<ClientOptions> = {}): Stage {
  const clock = createFakeClock();
  const sockets: ScriptedSocket[] = [];
  const transitions: Transition[] = [];
  let surroundings: SurroundingEvents | null = null;
  const client = createClient({
    url: 'ws://plant.test/ws',
    getToken: () => Promise.resolve('token'),
    ...options,
    onTransition: (transition) => transitions.push(transition),
    ports: {
      clock,
      random: createSeededRandom(1),
      openSocket(_url, _protocols, events) {
        const [socket, send, close] = createScriptedSocket(events, clock);
        sockets.push(socket);
        return { send: (data) => send(String(data)), close };
      },
      surroundings: {
        watch(events) {
          surroundings = events;
          return () => {
            surroundings = null;
          };
        },
      },
      ...options.ports,
    },
  });
  const stage: Stage = {
    client,
    clock,
    sockets,
    transitions,
    surroundings: {
      online: () => surroundings?.online(),
      offline: () => surroundings?.offline(),
      foreground: () => surroundings?.foreground(),
    },
    socket() {
      const newest = sockets.at(-1);
      if (newest === undefined) throw new Error('no socket was opened');
      return newest;
    },
    async live() {
      client.connect();
      await settle();
      const socket = stage.socket();
      await socket.accept();
      return socket;
    },
  };
  return stage;
}
