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
export function createTransport(
  webSocket: WebSocket,
  socket: Duplex,
  frame: Framer,
  remoteAddress: string,
): Transport {
  return {
    remoteAddress,
    write(messages) {
      if (messages.length === 0 || webSocket.readyState !== WebSocket.OPEN) return;
      if (socket.writableLength > MAX_WAITING_BYTES) webSocket.terminate();
      else writeFrames(socket, messages, frame);
    },
    ping() {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.ping();
    },
    close(code, reason) {
      webSocket.close(code, truncateReason(reason));
    },
  };
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
