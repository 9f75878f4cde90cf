import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';

/** MTConnect adapter protocol: how often a client should send PING; it takes the adapter for dead after twice that. */
const HEARTBEAT_MS = 10_000;
/** Clients only ever send `* PING`; more than this without an end of line is not a client. */
const MAX_CLIENT_LINE_CHARS = 1_024;
/** A client that has left this much unread is cut off, as adapters do. */
const MAX_UNREAD_BYTES = 8 * 1_024 * 1_024;
/** Above this `drained` waits, and PINGs go unanswered. */
const HIGH_WATER_BYTES = 256 * 1_024;

type ClientLeaving = 'closed' | 'slow' | 'malformed' | 'cut';
export type AdapterEvent =
  | { readonly type: 'clientConnected'; readonly clients: number }
  | { readonly type: 'clientLeft'; readonly clients: number; readonly reason: ClientLeaving };

export interface AdapterServer {
  readonly port: number;
  clientCount(): number;
  /** To every client; `text` ends with a newline. */
  send(text: string): void;
  /** Resolves when no client has much unread; one that reads nothing for `patienceMs` is cut off. */
  drained(patienceMs: number): Promise<void>;
  /** Cuts all clients off. Who connects then is kept waiting, without a greeting or a PONG, until `resume`. */
  suspend(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface AdapterServerOptions {
  readonly clock: Clock;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What a client is sent first. */
  readonly greeting: () => string;
  readonly onEvent: (event: AdapterEvent) => void;
}

/** The TCP side of an MTConnect adapter: greets, sends lines, answers `* PING` with `* PONG 10000`. */
export async function createAdapterServer(options: AdapterServerOptions): Promise<AdapterServer> {
  const sockets = new Set<Socket>();
  let status: 'serving' | 'suspended' | 'closed' = 'serving';

  const leave = (socket: Socket, reason: ClientLeaving) => {
    socket.destroy();
    if (sockets.delete(socket)) options.onEvent({ type: 'clientLeft', clients: sockets.size, reason });
  };
  const cutAll = () => {
    for (const socket of sockets) leave(socket, 'cut');
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => leave(socket, 'closed'));
    socket.on('error', () => leave(socket, 'closed'));
    socket.setEncoding('latin1');
    onLines(
      socket,
      (line) => {
        const answers = status === 'serving' && socket.writableLength < HIGH_WATER_BYTES;
        if (answers && line.trim() === '* PING') socket.write(`* PONG ${HEARTBEAT_MS}\n`);
      },
      () => leave(socket, 'malformed'),
    );
    const greeting = status === 'serving' ? options.greeting() : '';
    if (greeting !== '') socket.write(greeting);
    options.onEvent({ type: 'clientConnected', clients: sockets.size });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    clientCount: () => sockets.size,
    send(text) {
      for (const socket of sockets) {
        if (socket.writableLength > MAX_UNREAD_BYTES) leave(socket, 'slow');
        else socket.write(text);
      }
    },
    async drained(patienceMs) {
      const full = [...sockets].filter((socket) => socket.writableLength > HIGH_WATER_BYTES);
      await Promise.all(
        full.map((socket) => drainedOrCut(options.clock, socket, patienceMs, () => leave(socket, 'slow'))),
      );
    },
    suspend() {
      if (status === 'serving') status = 'suspended';
      cutAll();
    },
    resume() {
      if (status === 'suspended') status = 'serving';
    },
    async close() {
      if (status === 'closed') return;
      status = 'closed';
      const closed = once(server, 'close');
      server.close();
      cutAll();
      await closed;
    },
  };
}

function onLines(socket: Socket, onLine: (line: string) => void, onTooLong: () => void): void {
  let pending = '';
  socket.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > MAX_CLIENT_LINE_CHARS) onTooLong();
    else for (const line of lines) onLine(line);
  });
}

function drainedOrCut(clock: Clock, socket: Socket, patienceMs: number, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    const cancel = clock.after(patienceMs, cut);
    socket.on('drain', done);
    socket.on('close', done);
  });
}
