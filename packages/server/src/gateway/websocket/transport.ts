import type { Duplex } from 'node:stream';
import type { Transport } from '@ms5/hub';
import { WebSocket } from 'ws';
import type { Framer } from './frame.ts';

/** A Close frame carries two bytes of code and at most this many of reason (RFC 6455, 5.5). */
const MAX_REASON_BYTES = 123;

/**
 * More than any window, with room for single large messages. Only a peer that acknowledges what it does not read
 * lets so much pile up.
 */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/**
 * One WebSocket as the hub writes to it. Data goes to the socket directly, one write per call; Ping and
 * Close go through `ws`, which also writes whole frames at once, so the two never interleave inside a frame.
 * How much may wait in the socket is the hub's flow-control window; beyond what a window can be, the peer does
 * not keep to it and is cut.
 */
export class WebSocketTransport implements Transport {
  readonly remoteAddress: string;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #frame: Framer;

  constructor(webSocket: WebSocket, socket: Duplex, frame: Framer, remoteAddress: string) {
    this.remoteAddress = remoteAddress;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#frame = frame;
  }

  /** What was written and the kernel has not taken yet. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(messages: readonly Uint8Array[]): void {
    if (messages.length === 0 || this.#webSocket.readyState !== WebSocket.OPEN) return;
    if (this.waitingBytes > MAX_WAITING_BYTES) this.#webSocket.terminate();
    else writeFrames(this.#socket, messages, this.#frame);
  }

  ping(): void {
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, truncateReason(reason));
  }
}

/** Messages from this size on are framed once for all who get them; smaller ones are copied into one slice. */
const LARGE_BYTES = 4_096;

/** Hands the messages to the kernel at once. */
function writeFrames(socket: Duplex, messages: readonly Uint8Array[], frame: Framer): void {
  if (messages.length === 1 || !messages.some(({ byteLength }) => byteLength >= LARGE_BYTES))
    return void socket.write(frame(messages));
  socket.cork();
  let small: Uint8Array[] = [];
  for (const message of messages) {
    if (message.byteLength < LARGE_BYTES) {
      small.push(message);
      continue;
    }
    if (small.length > 0) socket.write(frame(small));
    small = [];
    socket.write(frame([message]));
  }
  if (small.length > 0) socket.write(frame(small));
  socket.uncork();
}

function truncateReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.byteLength <= MAX_REASON_BYTES) return reason;
  // `fatal: false` would show a cut character as U+FFFD, three bytes long; streaming leaves it out.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true });
}
