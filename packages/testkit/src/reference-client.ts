import {
  decodeServerMessages,
  type DecodedServerMessages,
  type ClientMessage,
  type CommandKey,
  type Json,
  type Mark,
  type Rate,
  type Resume,
  type ServerMessage,
  type SubscribedMessage,
} from '@ms5/wire';
import { createPackedReader, pack } from '@ms5/wire/msgpack';
import { createReferenceTopics, type ReferenceTopics } from './reference-topics.ts';
import type { PairSocketEvents } from './socket-pair.ts';

export interface ReferenceClientOptions {
  readonly clientId: string;
  readonly token?: string;
  /** Acknowledges by itself, after each message; else only by `ack()`. */
  readonly acknowledges?: boolean;
  /** The subprotocol it speaks; omitted: `ms5.v1.json`. */
  readonly endpoint?: 'ms5.v1.json' | 'ms5.v1.msgpack';
  /** Stands between each message and what it does: `apply` does it. */
  readonly observe?: (message: ServerMessage, apply: () => void) => void;
}

/**
 * A client of `ms5.v1.json` for tests: it follows PROTOCOL.md to the letter, keeps everything it got, and notes
 * whatever a server must not do in `violations`.
 */
export interface ReferenceClient {
  /** Starts on a new connection; what is known is kept, and recovered from. */
  attach(send: (message: string | Uint8Array) => void): PairSocketEvents;
  readonly endpoint: 'ms5.v1.json' | 'ms5.v1.msgpack';
  /** Subscribes, now and on every later connection. */
  subscribe(...filters: readonly string[]): void;
  /** The same, at a rate; without one where that is refused. */
  subscribeAt(rate: Rate, ...filters: readonly string[]): void;
  unsubscribe(...filters: readonly string[]): void;
  command(command: string, data: Json, key?: CommandKey): number;
  send(message: ClientMessage): void;
  ack(): void;
  readonly topics: ReferenceTopics;
  /** All filters subscribed to. */
  filters(): readonly string[];
  readonly marks: ReadonlyMap<string, Mark>;
  /** Everything received since the last `attach`. */
  readonly received: readonly ServerMessage[];
  /** WebSocket messages received since the last `attach`. */
  receivedCount(): number;
  receivedOf<Type extends ServerMessage['type']>(
    type: Type,
  ): readonly Extract<ServerMessage, { type: Type }>[];
  /** How the last connection ended. */
  closedWith(): { readonly code: number; readonly reason: string } | null;
  readonly violations: string[];
}

interface Request {
  readonly filters: readonly string[];
  /** `null`: live. */
  rate: Rate | null;
  isSynced: boolean;
  id: number;
  /** `subscribed` came on this connection, so its marks count. */
  isInForce: boolean;
  /** The marks told while it was in force, by log and lane. */
  readonly marks: Map<string, Mark>;
  /** What was in force when it was synced, and has been since. */
  effective: readonly string[];
  isRefused: boolean;
  /** What `subscribed` said last. */
  granted: readonly string[];
}

export function createReferenceClient(options: ReferenceClientOptions): ReferenceClient {
  const violations: string[] = [];
  const topics = createReferenceTopics(violations);
  const marks = new Map<string, Mark>();
  const requests: Request[] = [];
  let received: ServerMessage[] = [];
  let receivedCount = 0;
  let nextId = 1;
  let counter = 0;
  let isLive = false;
  let closed: { readonly code: number; readonly reason: string } | null = null;
  const { endpoint = 'ms5.v1.json' } = options;
  const isPacked = endpoint === 'ms5.v1.msgpack';
  let write: (message: string | Uint8Array) => void = () => {};

  const send = (message: ClientMessage): void => write(isPacked ? pack(message) : JSON.stringify(message));
  const observe = options.observe ?? ((_message: ServerMessage, apply: () => void): void => apply());

  function sendSubscribe(request: Request, isUnderWay: boolean): void {
    request.id = nextId++;
    request.isRefused = false;
    const { id, filters, rate } = request;
    const resume = resumeOf(request, isUnderWay);
    send({
      type: 'subscribe',
      id,
      filters,
      ...(rate === null ? {} : { rate }),
      ...(resume === null ? {} : { resume }),
    });
  }

  function resumeOf(
    { filters, effective: inForce, isSynced, marks: own }: Request,
    isUnderWay: boolean,
  ): Resume | null {
    const usable = isSynced ? [...own.values()] : [];
    const isWhole = usable.length === 0 || filters.every((filter) => inForce.includes(filter));
    const exceptions = topics.positions(filters, usable, inForce, isUnderWay);
    return usable.length === 0 && Object.keys(exceptions).length === 0
      ? null
      : {
          marks: usable,
          topics: exceptions,
          ...(isWhole ? {} : { filters: inForce }),
        };
  }

  function setMark({ lane, log, epoch, offset }: Mark): void {
    const mark = { lane, log, epoch, offset };
    marks.set(`${log} ${lane}`, mark);
    for (const request of requests) if (request.isInForce) request.marks.set(`${log} ${lane}`, mark);
  }

  function take(message: ServerMessage): void {
    received.push(message);
    if (message.type === 'welcome') {
      isLive = true;
      for (const request of requests) sendSubscribe(request, false);
    } else if (message.type === 'subscribed') {
      noteSubscribed(message);
    } else if (message.type === 'synced') noteSynced(message.id);
    else if (message.type === 'unsubscribed') topics.release(filtersInForce());
    else if (message.type === 'refreshed') noteRefreshed(message.filters);
    else if (message.type === 'mark') setMark(message);
    else if (message.type === 'ping') send({ type: 'pong', at: message.at });
    else if (message.type === 'error' && message.name === 'rateRefused') goLive(message.id);
    else if (message.type === 'error') noteRefused(message.id);
    else topics.take(message);
  }

  function addRequest(rate: Rate | null, filters: readonly string[]): void {
    const request: Request = {
      filters,
      rate,
      isSynced: false,
      id: 0,
      isInForce: false,
      marks: new Map(),
      effective: [],
      granted: [],
      isRefused: false,
    };
    requests.push(request);
    if (isLive) sendSubscribe(request, true);
  }

  function goLive(id: number | undefined): void {
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    request.rate = null;
    sendSubscribe(request, true);
  }

  /** What this connection brings, or may bring once it is answered. */
  function filtersCovering(): readonly string[] {
    return requests.flatMap(({ isInForce, isRefused, granted, filters }) => {
      if (isRefused) return [];
      return isInForce ? granted : filters;
    });
  }

  /** Nobody tells what was permitted before an absence and is not any more. */
  function noteRefused(id: number | undefined): void {
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    request.isRefused = true;
    request.isSynced = false;
    topics.forbid(request.filters, filtersCovering());
  }

  function filtersInForce(): readonly string[] {
    return requests.filter(({ isInForce }) => isInForce).flatMap(({ filters }) => filters);
  }

  function noteSubscribed({ id, filters: effective, marks: told, reset }: SubscribedMessage): void {
    const request = requests.find((candidate) => candidate.id === id);
    const before = filtersInForce();
    if (request !== undefined) {
      request.isInForce = true;
      // Void marks are told no more.
      for (const [key, { log }] of request.marks)
        if (reset?.includes(log) === true) request.marks.delete(key);
    }
    for (const mark of told) setMark(mark);
    if (request === undefined) return;
    request.granted = effective;
    request.effective = request.effective.filter((filter) => effective.includes(filter));
    if (request.effective.length === 0) request.isSynced = false;
    topics.forbid(request.filters, filtersCovering());
    if (reset === undefined) return;
    topics.noteReset(reset, request.filters, before);
    request.isSynced = false;
  }

  function noteRefreshed(inForce: readonly string[] | undefined): void {
    if (inForce === undefined) return;
    for (const request of requests) {
      request.effective = request.effective.filter((filter) => inForce.includes(filter));
      request.granted = request.effective;
      if (request.effective.length === 0) request.isSynced = false;
    }
  }

  function noteSynced(id: number): void {
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    request.effective = request.granted;
    request.isSynced = request.effective.length > 0;
    topics.finishReset(request.filters);
  }

  function receive(decoded: DecodedServerMessages): void {
    if (!decoded.ok) violations.push(`undecodable: ${decoded.error}`);
    else for (const message of decoded.messages) observe(message, () => take(message));
    receivedCount += 1;
    if (options.acknowledges !== false) send({ type: 'ack', received: receivedCount });
  }

  return {
    endpoint,
    attach(writeMessage) {
      write = writeMessage;
      const readPacked = createPackedReader();
      received = [];
      receivedCount = 0;
      isLive = false;
      closed = null;
      topics.interrupt();
      for (const request of requests) request.isInForce = false;
      return {
        opened() {
          const client = { id: options.clientId, name: 'reference', version: '1' };
          send({ type: 'connect', token: options.token ?? options.clientId, client });
        },
        message: (text) => receive(decodeServerMessages(text)),
        binary: (bytes) => receive(readPacked(bytes)),
        closed(code, reason) {
          isLive = false;
          closed = { code, reason };
        },
      };
    },
    subscribe: (...filters) => addRequest(null, filters),
    subscribeAt: (rate, ...filters) => addRequest(rate, filters),
    unsubscribe(...filters) {
      for (const request of requests.splice(0)) {
        const left = request.filters.filter((filter) => !filters.includes(filter));
        if (left.length > 0) requests.push({ ...request, filters: left });
      }
      send({ type: 'unsubscribe', id: nextId++, filters });
    },
    command(command, data, key = { clientId: options.clientId, counter: (counter += 1) }) {
      const id = nextId++;
      send({ type: 'command', id, command, data, key });
      return id;
    },
    send,
    ack: () => send({ type: 'ack', received: receivedCount }),
    topics,
    filters: () => requests.flatMap((request) => request.filters),
    marks,
    get received() {
      return received;
    },
    receivedCount: () => receivedCount,
    receivedOf: (type) =>
      received.filter(
        (message): message is Extract<ServerMessage, { type: typeof type }> => message.type === type,
      ),
    closedWith: () => closed,
    violations,
  };
}
