import {
  decodeServerMessages,
  type ClientMessage,
  type CommandKey,
  type Json,
  type Mark,
  type Resume,
  type ServerMessage,
  type SubscribedMessage,
} from '@ms5/wire';
import { createReferenceTopics, type ReferenceTopics } from './reference-topics.ts';
import type { PairSocketEvents } from './socket-pair.ts';

export interface ReferenceClientOptions {
  readonly clientId: string;
  readonly token?: string;
  /** Acknowledges by itself, after each message; else only by `ack()`. */
  readonly acknowledges?: boolean;
}

/**
 * A client of `ms5.v1.json` for tests: it follows PROTOCOL.md to the letter, keeps everything it got, and notes
 * whatever a server must not do in `violations`.
 */
export interface ReferenceClient {
  /** Starts on a new connection; what is known is kept, and recovered from. */
  attach(send: (message: string) => void): PairSocketEvents;
  /** Subscribes, now and on every later connection. */
  subscribe(...filters: readonly string[]): void;
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
  isSynced: boolean;
  id: number;
  /** `subscribed` came on this connection, so its marks count. */
  isInForce: boolean;
  /** The marks that stood when it was in force last. */
  marks: readonly Mark[];
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
  let write: (text: string) => void = () => {};

  const send = (message: ClientMessage): void => write(JSON.stringify(message));

  function sendSubscribe(request: Request, isUnderWay: boolean): void {
    request.id = nextId++;
    const { id, filters } = request;
    const resume = resumeOf(request, isUnderWay);
    send({ type: 'subscribe', id, filters, ...(resume === null ? {} : { resume }) });
  }

  function resumeOf({ filters, isSynced, marks: own }: Request, isUnderWay: boolean): Resume | null {
    const usable = isSynced ? own : [];
    const exceptions = topics.positions(filters, usable, isUnderWay);
    return usable.length === 0 && Object.keys(exceptions).length === 0
      ? null
      : { marks: usable, topics: exceptions };
  }

  function setMark({ lane, log, epoch, offset }: Mark): void {
    marks.set(`${log} ${lane}`, { lane, log, epoch, offset });
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
    else if (message.type === 'mark') setMark(message);
    else if (message.type === 'ping') send({ type: 'pong', at: message.at });
    else topics.take(message);
  }

  function filtersInForce(): readonly string[] {
    return requests.filter(({ isInForce }) => isInForce).flatMap(({ filters }) => filters);
  }

  function noteSubscribed({ id, marks: told, reset }: SubscribedMessage): void {
    for (const mark of told) setMark(mark);
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    const before = filtersInForce();
    request.isInForce = true;
    if (reset === undefined) return;
    topics.noteReset(reset, request.filters, before);
    request.isSynced = false;
  }

  function noteSynced(id: number): void {
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    request.isSynced = true;
    topics.finishReset(request.filters);
  }

  return {
    attach(writeText) {
      write = writeText;
      received = [];
      receivedCount = 0;
      isLive = false;
      closed = null;
      topics.interrupt();
      for (const request of requests) {
        if (request.isInForce) request.marks = [...marks.values()];
        request.isInForce = false;
      }
      return {
        opened() {
          const client = { id: options.clientId, name: 'reference', version: '1' };
          send({ type: 'connect', token: options.token ?? options.clientId, client });
        },
        message(text) {
          const decoded = decodeServerMessages(text);
          if (!decoded.ok) violations.push(`undecodable: ${decoded.error}`);
          else for (const message of decoded.messages) take(message);
          receivedCount += 1;
          if (options.acknowledges !== false) send({ type: 'ack', received: receivedCount });
        },
        closed(code, reason) {
          isLive = false;
          closed = { code, reason };
        },
      };
    },
    subscribe(...filters) {
      const request = { filters, isSynced: false, id: 0, isInForce: false, marks: [] };
      requests.push(request);
      if (isLive) sendSubscribe(request, true);
    },
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
