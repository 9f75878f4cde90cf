import { topicsOfSlot, type TopicSet } from '../topics/interests.ts';
import { createLaneLatencies } from '../health/lane-latency.ts';
import { slotOf, type Log } from '../topics/log.ts';
import { buildBatch, type Batch } from './batch.ts';
import type { Stepper } from './catch-up.ts';
import type { DeliveryContext, Reach } from './delivery.ts';
import type { DataEncoding } from './encoding.ts';
import type { FrameCounts } from './frame-counts.ts';
import { shareEncoding } from './shared-encoding.ts';

/** A batch is built up to this size for whoever has room for more than `SMALL_BATCH_BYTES`. */
const LARGE_BATCH_BYTES = 1_048_576;
const SMALL_BATCH_BYTES = 65_536;

/** Batches are kept for the sessions of one round; beyond this they are built again. */
const MAX_BATCH_CACHE_BYTES = 33_554_432;

/** Steps on links that take little are smaller, so that what is urgent waits less behind them. */
const LARGE_CHUNK_BYTES = 65_536;
const CHUNK_BYTES = 8_192;
const SMALL_CHUNK_BYTES = 2_048;

/** The batch that was asked for last: the next session mostly stands at the same place. */
interface LastBatch {
  readonly topics: TopicSet;
  readonly encoding: DataEncoding;
  readonly slot: number;
  readonly from: number;
  readonly head: number;
  readonly reach: Reach;
  readonly batch: Batch;
}

interface BatchAsked {
  readonly log: Log;
  readonly slot: number;
  readonly from: number;
  readonly head: number;
  readonly isMarked: boolean;
  readonly room: number;
}

interface Steppers {
  readonly large: Stepper;
  readonly medium: Stepper;
  readonly small: Stepper;
  readonly forget: () => void;
}

export interface SharedContext extends DeliveryContext {
  /** Batches built since the start. */
  batches(): number;
  /** A group of sessions has its turn: in these lanes it is due what changed until now. */
  beginGroup(lanes: readonly number[]): void;
  /** Forgets the batches: the round is over. */
  endRound(): void;
}

export function createContext(logs: readonly Log[], counts: FrameCounts): SharedContext {
  const steppers = new Map<DataEncoding, Steppers>();
  const holders = new Set<TopicSet>();
  let heldBytes = 0;
  let batches = 0;
  let last: LastBatch | null = null;
  /** By slot: the log's head when the present group had its turn. Batches lead there, or further. */
  const groupHeads: number[] = [];

  function endRound(): void {
    for (const { batches: built } of holders) built.clear();
    holders.clear();
    heldBytes = 0;
    last = null;
    for (const { forget } of steppers.values()) forget();
  }

  function steppersOf(given: DataEncoding): Steppers {
    let known = steppers.get(given);
    if (known === undefined) {
      const { encoding, forget } = shareEncoding(given);
      known = {
        large: { encoding, counts, chunkBytes: LARGE_CHUNK_BYTES },
        medium: { encoding, counts, chunkBytes: CHUNK_BYTES },
        small: { encoding, counts, chunkBytes: SMALL_CHUNK_BYTES },
        forget,
      };
      steppers.set(given, known);
    }
    return known;
  }

  return {
    logs,
    latencies: createLaneLatencies(),
    stepperFor({ encoding, window }) {
      const { large, medium, small } = steppersOf(encoding);
      if (window.bulkBytes < CHUNK_BYTES) return small;
      return window.bulkBytes < 2 * LARGE_CHUNK_BYTES ? medium : large;
    },
    taken: { messages: [], own: null },
    batchFor(encoding, { topics, cursors }, log, slot, reach, room) {
      const from = cursors[slot] ?? 0;
      // Negative, so that they are not mistaken for each other: of the others some lead further.
      const head = reach.isToHead ? -log.head : (groupHeads[slot] ?? 0);
      if (
        last !== null &&
        last.topics === topics &&
        last.from === from &&
        last.head === head &&
        last.slot === slot &&
        last.encoding === encoding &&
        last.reach === reach &&
        last.batch.rest.length === 0
      )
        return last.batch;
      const batch = findBatch(encoding, topics, { log, slot, from, head, isMarked: reach.isMarked, room });
      last = { topics, encoding, slot, from, head, reach, batch };
      return batch;
    },
    batches: () => batches,
    batchBytes: () => heldBytes,
    beginGroup(lanes) {
      for (const log of logs) for (const lane of lanes) groupHeads[slotOf(log, lane)] = log.head;
    },
    endRound,
  };

  function findBatch(
    encoding: DataEncoding,
    topics: TopicSet,
    { log, slot, from, head, isMarked, room }: BatchAsked,
  ): Batch {
    const key = `${slot} ${from} ${head} ${encoding.id}${isMarked ? '' : ' unmarked'}`;
    const known = topics.batches.get(key);
    // One that ended early for want of room is built again for whoever has more.
    const hasRoom = room > SMALL_BATCH_BYTES;
    if (known !== undefined && (known.rest.length === 0 || known.bytes > SMALL_BATCH_BYTES * 2 || !hasRoom))
      return known;
    const range = { log, slot, from, isMarked, maxBytes: hasRoom ? LARGE_BATCH_BYTES : SMALL_BATCH_BYTES };
    const batch = buildBatch(topicsOfSlot(topics, slot), range, steppersOf(encoding).medium);
    batches += 1;
    heldBytes += batch.bytes;
    if (heldBytes > MAX_BATCH_CACHE_BYTES) endRound();
    topics.batches.set(key, batch);
    holders.add(topics);
    return batch;
  }
}
