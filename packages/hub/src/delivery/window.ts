import { WINDOW } from '@ms5/wire';

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
  /** Bytes sent up to and with each outstanding message, and when; the first is number `acked + 1`. */
  readonly ends: number[];
  readonly times: number[];
  /** What all but `critical` may use. */
  bulkBytes: number;
  /** The size the client was told. */
  announcedBulkBytes: number;
  /** Something had to wait since the last acknowledgement, so the next one shows what the link takes. */
  wasFull: boolean;
  lastAckAt: number;
  /** From the sending of the newest message acknowledged last to its acknowledgement; `null`: none yet. */
  ackLagMs: number | null;
  /** Bytes of replies since everything was last acknowledged. */
  replyBytes: number;
}

export function createWindow(now: number): Window {
  return {
    sent: 0,
    acked: 0,
    bytesSent: 0,
    bytesAcked: 0,
    ends: [],
    times: [],
    bulkBytes: WINDOW.startBytes - WINDOW.criticalReserveBytes,
    announcedBulkBytes: WINDOW.startBytes - WINDOW.criticalReserveBytes,
    wasFull: false,
    lastAckAt: now,
    ackLagMs: null,
    replyBytes: 0,
  };
}

export const outstandingBytes = (window: Window): number => window.bytesSent - window.bytesAcked;

/** How many bytes may be sent now. */
export function roomIn(window: Window, isCritical: boolean): number {
  const reserve = isCritical ? WINDOW.criticalReserveBytes : 0;
  return window.bulkBytes + reserve - outstandingBytes(window);
}

export function noteSent(window: Window, bytes: number, now: number): void {
  window.sent += 1;
  window.bytesSent += bytes;
  window.ends.push(window.bytesSent);
  window.times.push(now);
}

export type AckVerdict = 'applied' | 'stale' | 'impossible';

/** Takes a cumulative acknowledgement of `received` messages. */
export function noteAck(window: Window, received: number, now: number): AckVerdict {
  if (received > window.sent) return 'impossible';
  const count = received - window.acked;
  if (count <= 0) return 'stale';
  const end = window.ends[count - 1] ?? window.bytesSent;
  const newest = window.times[count - 1] ?? now;
  const oldest = window.times[0] ?? now;
  const bytes = end - window.bytesAcked;
  const burst = bytesSentAt(window, newest, count);
  window.ends.splice(0, count);
  window.times.splice(0, count);
  window.acked = received;
  window.bytesAcked = end;
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

/** Bytes of the messages that were sent at that time, the first `count` being looked at. */
function bytesSentAt({ ends, times, bytesAcked }: Window, time: number, count: number): number {
  let first = count - 1;
  while (first > 0 && times[first - 1] === time) first -= 1;
  return (ends[count - 1] ?? bytesAcked) - (first > 0 ? (ends[first - 1] ?? bytesAcked) : bytesAcked);
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

/** Whether the client is to be told of a new size: when it differs by a quarter. */
export function isWorthTelling(window: Window): boolean {
  const ratio = window.bulkBytes / window.announcedBulkBytes;
  return ratio >= 1.25 || ratio <= 0.8;
}
