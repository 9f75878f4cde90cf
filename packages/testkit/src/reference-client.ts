import {
  decodeServerMessages,
  type ClientMessage,
  type CommandKey,
  type Json,
  type Mark,
  type Resume,
  type ServerMessage,
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

  function sendSubscribe(request: Request): void {
    request.id = nextId++;
    const { id, filters } = request;
    const resume = resumeOf(request);
    send({ type: 'subscribe', id, filters, ...(resume === null ? {} : { resume }) });
  }

  function resumeOf({ filters, isSynced }: Request): Resume | null {
    const usable = isSynced ? [...marks.values()] : [];
    const exceptions = topics.positions(filters, usable);
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
      for (const request of requests) sendSubscribe(request);
    } else if (message.type === 'subscribed') {
      for (const mark of message.marks) setMark(mark);
      if (message.reset !== undefined) topics.noteReset(message.id, message.reset);
    } else if (message.type === 'synced') noteSynced(message.id);
    else if (message.type === 'mark') setMark(message);
    else if (message.type === 'ping') send({ type: 'pong', at: message.at });
    else topics.take(message);
  }

  function noteSynced(id: number): void {
    const request = requests.find((candidate) => candidate.id === id);
    if (request === undefined) return;
    request.isSynced = true;
    topics.finishReset(id, request.filters);
  }

  return {
    attach(writeText) {
      write = writeText;
      received = [];
      receivedCount = 0;
      isLive = false;
      closed = null;
      topics.interrupt();
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
      const request = { filters, isSynced: false, id: 0 };
      requests.push(request);
      if (isLive) sendSubscribe(request);
    },
    unsubscribe(...filters) {
      const index = requests.findIndex((request) => request.filters.join() === filters.join());
      if (index !== -1) requests.splice(index, 1);
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
