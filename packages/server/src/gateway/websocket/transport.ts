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
      else socket.write(frame(messages));
    },
    ping() {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.ping();
    },
    close(code, reason) {
      webSocket.close(code, truncateReason(reason));
    },
  };
}

function truncateReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.byteLength <= MAX_REASON_BYTES) return reason;
  // `fatal: false` would show a cut character as U+FFFD, three bytes long; streaming leaves it out.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true });
}
