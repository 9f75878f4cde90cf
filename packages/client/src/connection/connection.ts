import type { ClientMessage, ServerMessage, WelcomeMessage } from '@ms5/wire';
import { byteLengthOf, type Codec, type Encoding } from '../encoding.ts';
import { isUnauthorizedError, messageOf } from '../errors.ts';
import type { Clock, OpenSocket, Random, Socket, Surroundings } from '../ports.ts';
import type { ConnectionState, Transition } from '../types.ts';
import { isSameState, publicState } from './public-state.ts';
import { reasonFor } from './reasons.ts';
import type { ConnectionEvent, Effect, State } from './states.ts';
import { nextDeadline, transition } from './transitions.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly encoding: Encoding;
  readonly getToken: () => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  readonly surroundings: Surroundings;
  /** The first message on a socket; asked anew for each. */
  readonly greeting: (token: string) => ClientMessage;
  readonly onWelcome: (welcome: WelcomeMessage) => void;
  /** Each protocol message after the welcome. */
  readonly onMessage: (message: ServerMessage) => void;
  /** After all protocol messages of one WebSocket message: its size, and whether it is more than a sign of life. */
  readonly onBatch: (bytes: number, isData: boolean) => void;
  /** The socket is gone or given up. */
  readonly onDown: () => void;
  readonly onProbe: () => void;
  readonly nextId: () => number;
  /** A socket is asked for or given up: what counts by connection begins anew. */
  readonly onSocket: () => void;
  readonly onState: (state: ConnectionState) => void;
  readonly onTransition?: ((transition: Transition) => void) | undefined;
}

export interface Connection {
  connect(): void;
  close(): void;
  /** Ends the session; keeps the connection if it can. */
  signOut(): void;
  /** Asks for a token and starts a session, on the connection there is or a new one. */
  signIn(): void;
  state(): ConnectionState;
  /**
   * Silently nothing when there is no live connection: callers send again on `onWelcome`. Acknowledgements go out
   * between two sessions too.
   */
  send(message: ClientMessage): void;
  isLive(): boolean;
  /** The server broke the protocol: start over. */
  violate(code: 'gapFound' | 'malformedMessage', message: string): void;
  /** `getToken` said, outside a connection attempt, that there is nobody to speak for. */
  unauthorized(message: string): void;
}

/** Owns the socket, the timer and the token of one connection; what happens when is `transition`'s to say. */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock } = options;
  let state: State = { name: 'idle', reason: reasonFor('notStarted'), since: clock.now() };
  let shown = publicState(state);
  let socket: Socket | null = null;
  let codec: Codec = options.encoding.open();
  let token = '';
  let heardAt = 0;
  let cancelTimer = (): void => {};
  let timerAt: number | null = null;
  let unwatch: (() => void) | null = null;
  /** Tell the present token and socket from those given up, whose answers no longer count. */
  let tokenId = 0;
  let socketId = 0;
  let signOutId: number | null = null;

  const isUp = (): boolean => state.name === 'live' || state.name === 'probing';

  function dispatch(event: ConnectionEvent): void {
    const before = state;
    const wasUp = isUp();
    const now = clock.now();
    const step = transition(state, event, { now, random: options.random.next() });
    state = step.state;
    for (const effect of step.effects) run(effect);
    arm();
    if (step.reason === null) return;
    options.onTransition?.({
      from: before.name,
      to: step.state.name,
      event: event.type,
      reason: step.reason,
      at: now,
    });
    if (wasUp && !isUp()) options.onDown();
    show();
  }

  function show(): void {
    const next = publicState(state);
    if (isSameState(shown, next)) return;
    shown = next;
    options.onState(next);
  }

  function run(effect: Effect): void {
    switch (effect) {
      case 'requestToken':
        requestToken();
        return;
      case 'openSocket':
        openSocket();
        return;
      case 'greet':
        socket?.send(codec.encode(options.greeting(token)));
        return;
      case 'probe':
        options.onProbe();
        return;
      case 'signOut':
        signOutId = options.nextId();
        socket?.send(codec.encode({ type: 'signOut', id: signOutId }));
        return;
      case 'closeSocket':
        tokenId += 1;
        socketId += 1;
        options.onSocket();
        socket?.close(1000, '');
        socket = null;
        token = '';
        if (state.name === 'closed') {
          unwatch?.();
          unwatch = null;
        }
    }
  }

  function requestToken(): void {
    tokenId += 1;
    const id = tokenId;
    const settle = (event: ConnectionEvent): void => {
      if (id === tokenId) dispatch(event);
    };
    Promise.resolve()
      .then(() => options.getToken())
      .then(
        (fresh) => {
          if (id === tokenId) token = fresh;
          settle({ type: 'tokenReady' });
        },
        (error: unknown) =>
          settle({
            type: 'tokenFailed',
            unauthorized: isUnauthorizedError(error),
            message: messageOf(error),
          }),
      );
  }

  function openSocket(): void {
    socketId += 1;
    const id = socketId;
    const whenCurrent = (task: () => void): void => {
      if (id === socketId) task();
    };
    options.onSocket();
    codec = options.encoding.open();
    try {
      socket = options.openSocket(options.url, [options.encoding.subprotocol], {
        opened: () => whenCurrent(() => dispatch({ type: 'opened' })),
        message: (data) => whenCurrent(() => receive(data)),
        closed: (code, reason) => whenCurrent(() => dispatch({ type: 'dropped', code, reason })),
      });
    } catch (error) {
      // An unusable address, or a runtime without WebSocket: reported as any other failed attempt.
      queueMicrotask(() =>
        whenCurrent(() => dispatch({ type: 'dropped', code: 1006, reason: messageOf(error) })),
      );
    }
  }

  function receive(data: string | Uint8Array): void {
    heardAt = clock.now();
    if (state.name === 'probing') dispatch({ type: 'heard' });
    const decoded = codec.decode(data);
    if (!decoded.ok) {
      dispatch({ type: 'violated', code: 'malformedMessage', message: decoded.error });
      return;
    }
    const id = socketId;
    try {
      for (const message of decoded.messages) {
        // A gap, or a listener that closed the client, ends the batch.
        if (id === socketId) take(message);
      }
    } catch (error) {
      // Listeners' failures don't come here: a message lacked what its type promises.
      dispatch({ type: 'violated', code: 'malformedMessage', message: messageOf(error) });
    }
    if (id === socketId) options.onBatch(byteLengthOf(data), decoded.messages.some(awaitsAck));
  }

  function take(message: ServerMessage): void {
    if (message.type === 'welcome') {
      dispatch({ type: 'welcomed', pingIntervalMs: message.pingIntervalMs });
      if (isUp()) options.onWelcome(message);
      return;
    }
    if (message.type === 'drain' || (message.type === 'error' && message.id === undefined))
      advise(message.retryAfterMs);
    if (message.type === 'signedOut') dispatch({ type: 'signedOut' });
    if (message.type === 'error' && message.id === signOutId) dispatch({ type: 'signOutFailed' });
    if (message.type === 'ping' && !isUp()) socket?.send(codec.encode({ type: 'pong', at: message.at }));
    if (isUp()) options.onMessage(message);
  }

  function advise(retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) dispatch({ type: 'advised', retryAfterMs });
  }

  /** One timer for whatever comes next. Set again only when it would be due sooner, or has fired. */
  function arm(): void {
    const due = nextDeadline(state, heardAt);
    if (due === timerAt) return;
    cancelTimer();
    timerAt = due;
    if (due === null) return;
    cancelTimer = clock.after(Math.max(0, due - clock.now()), () => {
      timerAt = null;
      dispatch({ type: 'deadlinePassed', heardAt });
    });
  }

  function watch(): void {
    unwatch ??= options.surroundings.watch({
      online: () => dispatch({ type: 'online' }),
      offline: () => dispatch({ type: 'offline' }),
      foreground: () => dispatch({ type: 'foreground' }),
    });
  }

  return {
    connect() {
      if (state.name !== 'idle') return;
      watch();
      dispatch({ type: 'connect' });
    },
    signOut: () => dispatch({ type: 'signOut' }),
    signIn() {
      if (state.name !== 'closed') watch();
      dispatch({ type: 'signIn' });
    },
    close: () => dispatch({ type: 'close' }),
    state: () => shown,
    send(message) {
      if (isUp() || message.type === 'ack') socket?.send(codec.encode(message));
    },
    isLive: isUp,
    violate: (code, message) => dispatch({ type: 'violated', code, message }),
    unauthorized: (message) => dispatch({ type: 'tokenFailed', unauthorized: true, message }),
  };
}

/** Signs of life are answered as such; an ack for them alone would be a waste. */
const awaitsAck = ({ type }: ServerMessage): boolean => type !== 'ping' && type !== 'probed';
