import type { Socket } from 'node:net';
import type { Timers } from './system-timers.ts';

/** What a link does to the bytes of one direction. */
export interface LinkFaults {
  /** Each byte arrives this much later. */
  readonly delayMs: number;
  /** And by up to so much more, by chance; order is kept. */
  readonly jitterMs: number;
  /** `Infinity`: as fast as the sockets take it. */
  readonly bytesPerSecond: number;
  /** Nothing arrives until it is lifted; then everything does. */
  readonly isFrozen: boolean;
}

export const NO_FAULTS: LinkFaults = { delayMs: 0, jitterMs: 0, bytesPerSecond: Infinity, isFrozen: false };

/** One direction of one connection. */
export interface FaultLink {
  setFaults(faults: Partial<LinkFaults>): void;
  /** From now on bytes vanish while both ends see an open connection. There is no way back. */
  swallow(): void;
  /** Bytes delivered so far. */
  bytes(): number;
  stop(): void;
}

/** A link holds about this much; more waits at the sender, whose socket feels it. */
const LINK_BYTES = 16_384;
/** A throttled link delivers in slices of this time. */
const SLICE_MS = 5;

interface Held {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

export interface FaultLinkParts {
  readonly from: Socket;
  readonly to: Socket;
  readonly timers: Timers;
  readonly random: { next(): number };
  readonly faults: LinkFaults;
}

/** Carries bytes from one socket to the other as the faults say. Ends and errors are the proxy's. */
export function createFaultLink({ from, to, timers, random, faults: initial }: FaultLinkParts): FaultLink {
  let faults = initial;
  const held: Held[] = [];
  let heldBytes = 0;
  let delivered = 0;
  /** When the throttled link is free again. */
  let freeAt = 0;
  let isSwallowing = false;
  let cancel: (() => void) | undefined;

  from.on('data', (bytes: Buffer) => {
    if (isSwallowing) return;
    const lateMs = faults.delayMs + faults.jitterMs * random.next();
    held.push({ bytes, dueAt: Math.max(held.at(-1)?.dueAt ?? 0, timers.now() + lateMs) });
    heldBytes += bytes.byteLength;
    if (heldBytes > LINK_BYTES && isLimited()) from.pause();
    deliver();
  });
  to.on('drain', deliver);

  const isLimited = (): boolean => faults.isFrozen || faults.bytesPerSecond < Infinity;

  function deliver(): void {
    cancel?.();
    cancel = undefined;
    if (faults.isFrozen || isSwallowing) return;
    for (let first = held[0]; first !== undefined && !to.destroyed; first = held[0]) {
      if (to.writableNeedDrain) {
        from.pause();
        return;
      }
      const now = timers.now();
      const readyAt = Math.max(first.dueAt, freeAt);
      if (readyAt > now) {
        cancel = timers.after(readyAt - now, deliver);
        break;
      }
      send(first, now);
    }
    if (heldBytes <= LINK_BYTES) from.resume();
  }

  function send(first: Held, now: number): void {
    const most = Math.max(1, Math.floor((faults.bytesPerSecond * SLICE_MS) / 1_000));
    const slice = first.bytes.subarray(0, most);
    if (slice.byteLength === first.bytes.byteLength) held.shift();
    else held[0] = { bytes: first.bytes.subarray(most), dueAt: first.dueAt };
    heldBytes -= slice.byteLength;
    delivered += slice.byteLength;
    freeAt = Math.max(freeAt, now - SLICE_MS) + (slice.byteLength * 1_000) / faults.bytesPerSecond;
    to.write(slice);
  }

  return {
    setFaults(changed) {
      faults = { ...faults, ...changed };
      freeAt = timers.now();
      deliver();
    },
    swallow() {
      isSwallowing = true;
      held.length = 0;
      heldBytes = 0;
      from.resume();
    },
    bytes: () => delivered,
    stop() {
      cancel?.();
      held.length = 0;
    },
  };
}
