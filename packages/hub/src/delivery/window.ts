import { TIMES, WINDOW } from '@ms5/wire';

/**
 * The flow-control window of one session: how much was sent and not acknowledged, and how much may be. A message
 * counts with its bytes until the client, which counts whole WebSocket messages, says that it has applied it.
 */
export interface Window {
  /** WebSocket messages sent, and acknowledged, since the start. */
  sent: number;
  acked: number;
  bytesSent: number;
  bytesAcked: number;
  /**
   * Of each outstanding message: bytes sent up to and with it, and when it was sent. A ring of pairs, a power of two of
   * them, where a message's place follows from its number: sending and acknowledging allocate nothing.
   */
  ring: number[];
  /** What all but `critical` may use. */
  bulkBytes: number;
  /** The size the client was told. */
  announcedBulkBytes: number;
  /** How long the client was told that it may wait with an acknowledgement. */
  ackDelayMs: number;
  /** Something had to wait since the last acknowledgement, so the next one shows what the link takes. */
  wasFull: boolean;
  lastAckAt: number;
  /** From the sending of the newest message acknowledged last to its acknowledgement; -1: none yet. */
  ackLagMs: number;
  /** Bytes of replies since everything was last acknowledged. */
  replyBytes: number;
}

export function createWindow(now: number): Window {
  return {
    sent: 0,
    acked: 0,
    bytesSent: 0,
    bytesAcked: 0,
    ring: [],
    bulkBytes: WINDOW.startBytes - WINDOW.criticalReserveBytes,
    announcedBulkBytes: WINDOW.startBytes - WINDOW.criticalReserveBytes,
    ackDelayMs: TIMES.ackDelayMs,
    wasFull: false,
    lastAckAt: now,
    ackLagMs: -1,
    replyBytes: 0,
  };
}

export const outstandingBytes = (window: Window): number => window.bytesSent - window.bytesAcked;

/** How many bytes may be sent now. */
export function roomIn(window: Window, isCritical: boolean): number {
  const reserve = isCritical ? WINDOW.criticalReserveBytes : 0;
  return window.bulkBytes + reserve - outstandingBytes(window);
}

/** How many messages are outstanding. */
export const outstandingMessages = ({ sent, acked }: Window): number => sent - acked;

/** When the oldest outstanding message was sent; -1: there is none. */
export function oldestSentAt(window: Window): number {
  return window.sent === window.acked ? -1 : timeOf(window, window.acked + 1);
}

/** Bytes sent up to and with an outstanding message, by its number. */
const endOf = ({ ring }: Window, message: number): number => ring[placeOf(ring, message)] ?? 0;

/** When an outstanding message was sent, by its number. */
const timeOf = ({ ring }: Window, message: number): number => ring[placeOf(ring, message) + 1] ?? 0;

const placeOf = (ring: readonly number[], message: number): number => (2 * message) & (ring.length - 1);

/** Messages that a ring has room for at least. One is made smaller where it has room for so many times as are there. */
const LEAST_IN_RING = 4;
const SPARE_IN_RING = 8;

function resizeRing(window: Window, messages: number): void {
  const ring = Array.from({ length: 2 * messages }, () => 0);
  for (let message = window.acked + 1; message <= window.sent; message += 1) {
    const place = placeOf(ring, message);
    ring[place] = endOf(window, message);
    ring[place + 1] = timeOf(window, message);
  }
  window.ring = ring;
}

export function noteSent(window: Window, bytes: number, now: number): void {
  const room = window.ring.length / 2;
  if (outstandingMessages(window) === room) resizeRing(window, Math.max(LEAST_IN_RING, 2 * room));
  window.sent += 1;
  window.bytesSent += bytes;
  const { ring, sent } = window;
  const place = placeOf(ring, sent);
  ring[place] = window.bytesSent;
  ring[place + 1] = now;
}

export type AckVerdict = 'applied' | 'stale' | 'impossible';

/** Takes a cumulative acknowledgement of `received` messages. */
export function noteAck(window: Window, received: number, now: number): AckVerdict {
  if (received > window.sent) return 'impossible';
  const count = received - window.acked;
  if (count <= 0) return 'stale';
  const end = endOf(window, received);
  const newest = timeOf(window, received);
  const oldest = timeOf(window, window.acked + 1);
  const bytes = end - window.bytesAcked;
  const burst = bytesSentAt(window, newest, received);
  window.acked = received;
  window.bytesAcked = end;
  const room = window.ring.length / 2;
  if (room > SPARE_IN_RING * Math.max(LEAST_IN_RING, outstandingMessages(window)))
    resizeRing(window, room / 2);
  if (outstandingBytes(window) === 0) window.replyBytes = 0;
  window.ackLagMs = now - newest;
  const { bulkBytes } = window;
  // A small acknowledgement says little about what the link takes, and one of a window that was not full only that
  // it takes no less than was sent.
  if (bytes >= bulkBytes / 2) {
    window.bulkBytes = window.wasFull
      ? resized(bulkBytes, bytes, now - Math.max(oldest, window.lastAckAt))
      : Math.max(bulkBytes, resized(bulkBytes, bytes, now - oldest));
  }
  // Between is also what the sender rested, which says nothing about the link. What was sent last, at once, has gone
  // over it since, behind all that was sent before; so the link takes that much at least.
  if (burst >= bulkBytes / 4)
    window.bulkBytes = Math.max(window.bulkBytes, resized(bulkBytes, burst, now - newest));
  window.wasFull = false;
  window.lastAckAt = now;
  return 'applied';
}

/** Bytes of the messages up to `received` that were sent at that time. */
function bytesSentAt(window: Window, time: number, received: number): number {
  let before = received - 1;
  while (before > window.acked && timeOf(window, before) === time) before -= 1;
  return endOf(window, received) - (before > window.acked ? endOf(window, before) : window.bytesAcked);
}

const MOST_GROWTH = 4;

/**
 * The size that drains in `WINDOW.drainMs`, judged by one acknowledgement of a full window: `bytes` went in
 * `elapsedMs`. It grows at most fourfold at a time and falls half-way to a lower judgement, so one late acknowledgement
 * does not throttle a good link.
 */
export function resized(bulkBytes: number, bytes: number, elapsedMs: number): number {
  const drained = (bytes * WINDOW.drainMs) / Math.max(1, elapsedMs);
  const wanted =
    drained >= bulkBytes ? Math.min(drained, MOST_GROWTH * bulkBytes) : (drained + bulkBytes) / 2;
  return Math.round(Math.min(WINDOW.maxBulkBytes, Math.max(WINDOW.minBulkBytes, wanted)));
}

/** Acknowledgements that a server asks for by time: one takes 12 to 15 us, so these take 3 % of a core. */
const ACKS_PER_SECOND = 2_000;

/** How long each of so many sessions may wait with an acknowledgement. */
export function ackDelayMs(sessions: number): number {
  const shared = Math.ceil((sessions * 1_000) / ACKS_PER_SECOND);
  return Math.min(TIMES.maxAckDelayMs, Math.max(TIMES.ackDelayMs, shared));
}

/** Whether the client is to be told of a new size: when it differs by a quarter. */
export function isWorthTelling(window: Window): boolean {
  const ratio = window.bulkBytes / window.announcedBulkBytes;
  return ratio >= 1.25 || ratio <= 0.8;
}
