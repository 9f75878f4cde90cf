import { findCritical, firstSequence, lastSequence, sampleLatencies, type Counting } from './counting.ts';
import type { Dialect, DialectConnection } from './dialect.ts';
import type { LoadSocket } from './web-socket.ts';

export interface Ms5Options {
  readonly token: string;
  readonly filters: readonly string[];
  /** Where to continue; omitted: a first subscription. */
  readonly resume?: Standing;
  /** Marks are looked for in every message, to resume from. */
  readonly isMarksKept?: boolean;
  /** Looks for critical documents too. */
  readonly isCriticalCounted?: boolean;
  /** Counts values of signals, not entries of one stream: each is looked at. */
  readonly isSignalsCounted?: boolean;
  /** Sends something valid every so often, though it reads nothing: it is not taken for dead. */
  readonly keepAliveMs?: number;
}

/** Where a connection stood: its marks, and the number of the last event. */
interface Standing {
  readonly marks: readonly Mark[];
  readonly lastSequence: number;
}

interface Mark {
  readonly lane: string;
  readonly log: string;
  readonly epoch: string;
  readonly offset: number;
}

/** Payloads up to this may be notices and replies; larger ones are data. */
const MAX_NOTICE_BYTES = 2_048;
/** An event is found whole in the last so many bytes. */
const TAIL_BYTES = 1_024;
/** Acknowledged this much before it is due, because ticks are coarse. */
const TICK_MS = 60;

export interface Ms5Connection extends DialectConnection {
  standing(): Standing;
}

export const ms5Dialect = (
  options: Ms5Options,
): Dialect & { open(c: Counting, r: () => void): Ms5Connection } => ({
  path: '/ws',
  subprotocol: 'ms5.v1.json',
  open: (counting, isReady) => createConnection(options, counting, isReady),
});

let clients = 0;

function createConnection(options: Ms5Options, counting: Counting, isReady: () => void): Ms5Connection {
  let socket: LoadSocket;
  /** What a small message or the end of a large one that a read cut holds so far. */
  let held: Buffer | null = null;
  let messages = 0;
  let unackedBytes = 0;
  let unackedSince = 0;
  let ackAtBytes = Infinity;
  let ackDelayMs = 500;
  let last = options.resume?.lastSequence ?? 0;
  let sentAt = performance.now();
  let isSynced = false;
  const marks = new Map<string, Mark>();

  function acknowledge(): void {
    unackedBytes = 0;
    unackedSince = 0;
    socket.send(`{"type":"ack","received":${messages}}`);
  }

  function countSignals(part: Buffer): void {
    for (let at = part.indexOf(SIGNAL); at !== -1; at = part.indexOf(SIGNAL, at + SIGNAL.byteLength)) {
      counting.deliveries += 1;
      sampleLatencies(counting, part, at, Math.min(part.byteLength, at + SIGNAL_BYTES));
    }
  }

  function count(bytes: Buffer, start: number, end: number): void {
    if (options.isSignalsCounted === true) return countSignals(bytes.subarray(start, end));
    const newest = lastSequence(bytes, start, end);
    if (newest === 0) return;
    counting.frames += 1;
    if (counting.frames % counting.sampleEvery === 0) sampleLatencies(counting, bytes, start, end);
    // A piece that is not the first begins in the midst of an event, which is the one after the last.
    const first = held === null ? firstSequence(bytes, start, end) : last + 1;
    if (last > 0 && first !== last + 1) counting.gaps += 1;
    counting.deliveries += newest - first + 1;
    last = newest;
  }

  function notice(text: string): void {
    const parsed = JSON.parse(text) as Notice | readonly Notice[];
    for (const message of Array.isArray(parsed) ? (parsed as readonly Notice[]) : [parsed as Notice])
      take(message);
  }

  function take(message: Notice): void {
    if (message.type === 'welcome' || message.type === 'window') {
      ackAtBytes = (message.windowBytes ?? 16_384) / 2;
      ackDelayMs = message.ackDelayMs ?? 500;
    }
    if (message.type === 'welcome') subscribe();
    else if (message.type === 'ping') socket.send(`{"type":"pong","at":${message.at}}`);
    else if (message.type === 'subscribed') for (const mark of message.marks ?? []) keep(mark);
    else if (message.type === 'mark') keep(message as unknown as Mark);
    else if (message.type === 'synced') ready();
    else if (message.type === 'error') throw new Error(`server: ${JSON.stringify(message)}`);
  }

  const keep = ({ lane, log, epoch, offset }: Mark): void => {
    marks.set(`${lane} ${log}`, { lane, log, epoch, offset });
  };

  function ready(): void {
    isSynced = true;
    isReady();
  }

  function subscribe(): void {
    const { filters, resume } = options;
    const standing = resume === undefined ? {} : { resume: { marks: resume.marks } };
    socket.send(JSON.stringify({ type: 'subscribe', id: 1, filters, ...standing }));
  }

  /** A message of moderate size, all of it. */
  function small(bytes: Buffer, start: number, end: number): void {
    const isData = lastSequence(bytes, start, end) > 0;
    if (isData) count(bytes, start, end);
    // Until it is synced the answer may come together with data.
    if (isData && isSynced && options.isMarksKept !== true) return;
    if (!bytes.subarray(start, start + 15).equals(DELTA)) notice(bytes.toString('utf8', start, end));
  }

  function large(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (!isSynced && bytes.subarray(start, end).includes('"type":"synced"')) ready();
    // Pieces are counted as they come; the end of each is kept, for the event that the cut divides.
    if (held !== null && end - start < TAIL_BYTES) {
      const joined: Buffer = Buffer.concat([held, bytes.subarray(start, end)]);
      count(joined, 0, joined.byteLength);
    } else count(bytes, start, end);
    held = isLast ? null : Buffer.from(bytes.subarray(Math.max(start, end - TAIL_BYTES), end));
  }

  return {
    sink: {
      payload(bytes, start, end, isFirst, isLast, frameBytes) {
        counting.bytes += end - start;
        // A message that is not all there is not acknowledged, and does not count towards an acknowledgement (F1).
        if (isLast) unackedBytes += frameBytes;
        if (options.isCriticalCounted === true) findCritical(counting, bytes, start, end);
        if (frameBytes > MAX_NOTICE_BYTES) large(bytes, start, end, isLast);
        else if (isFirst && isLast) small(bytes, start, end);
        else {
          const piece = bytes.subarray(start, end);
          held = isFirst || held === null ? Buffer.from(piece) : Buffer.concat([held, piece]);
          if (isLast) {
            const whole = held;
            held = null;
            small(whole, 0, whole.byteLength);
          }
        }
        if (isLast) messages += 1;
      },
      readDone() {
        if (unackedBytes >= ackAtBytes) acknowledge();
        else if (unackedSince === 0 && unackedBytes > 0) unackedSince = performance.now();
      },
      closing() {},
      closed() {},
    },
    start(opened) {
      socket = opened;
      clients += 1;
      const client = { id: `bench-${process.pid}-${clients}`, name: 'bench', version: '1' };
      socket.send(JSON.stringify({ type: 'connect', token: options.token, client }));
    },
    tick(now) {
      const { keepAliveMs } = options;
      if (keepAliveMs !== undefined && now - sentAt > keepAliveMs) {
        sentAt = now;
        socket.send('{"type":"ack","received":0}');
      }
      if (unackedSince > 0 && now - unackedSince >= ackDelayMs - TICK_MS) acknowledge();
    },
    standing: () => ({ marks: [...marks.values()], lastSequence: last }),
  };
}

const SIGNAL = Buffer.from('"type":"signal"');
/** More than the value of one, with what is before it. */
const SIGNAL_BYTES = 350;
const DELTA = Buffer.from('{"type":"delta"');

interface Notice {
  readonly type: string;
  readonly at?: number;
  readonly windowBytes?: number;
  readonly ackDelayMs?: number;
  readonly marks?: readonly Mark[];
}
