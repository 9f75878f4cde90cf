import { topicsOfSlot, type TopicSet } from '../topics/interests.ts';
import { createLaneLatencies } from '../health/lane-latency.ts';
import type { Log } from '../topics/log.ts';
import { buildBatch } from './batch.ts';
import type { Stepper } from './catch-up.ts';
import type { DeliveryContext } from './delivery.ts';
import type { DataEncoding } from './encoding.ts';
import type { FrameCounts } from './frame-counts.ts';

/** Batches are kept for the sessions of one round; beyond this they are built again. */
const MAX_BATCH_CACHE_BYTES = 16_777_216;

/** Steps on links that take little are smaller, so that what is urgent waits less behind them. */
const CHUNK_BYTES = 8_192;
const SMALL_CHUNK_BYTES = 2_048;

export interface SharedContext extends DeliveryContext {
  /** Batches built since the start. */
  batches(): number;
  /** Forgets the batches: the round is over. */
  endRound(): void;
}

export function createContext(logs: readonly Log[], counts: FrameCounts): SharedContext {
  const steppers = new Map<DataEncoding, { readonly large: Stepper; readonly small: Stepper }>();
  const holders = new Set<TopicSet>();
  let heldBytes = 0;
  let batches = 0;

  function endRound(): void {
    for (const { batches: built } of holders) built.clear();
    holders.clear();
    heldBytes = 0;
  }

  function steppersOf(encoding: DataEncoding) {
    let pair = steppers.get(encoding);
    if (pair === undefined) {
      pair = {
        large: { encoding, counts, chunkBytes: CHUNK_BYTES },
        small: { encoding, counts, chunkBytes: SMALL_CHUNK_BYTES },
      };
      steppers.set(encoding, pair);
    }
    return pair;
  }

  return {
    logs,
    latencies: createLaneLatencies(),
    stepperFor({ encoding, window }) {
      const { large, small } = steppersOf(encoding);
      return window.bulkBytes < CHUNK_BYTES ? small : large;
    },
    batchFor(encoding, { topics, cursors }, log, slot, isMarked) {
      const from = cursors[slot] ?? 0;
      const key = `${slot} ${from} ${log.head} ${encoding.id}${isMarked ? '' : ' unmarked'}`;
      const known = topics.batches.get(key);
      if (known !== undefined) return known;
      const { large } = steppersOf(encoding);
      const batch = buildBatch(topicsOfSlot(topics, slot), { log, slot, from, isMarked }, large);
      batches += 1;
      heldBytes += batch.bytes;
      if (heldBytes > MAX_BATCH_CACHE_BYTES) endRound();
      topics.batches.set(key, batch);
      holders.add(topics);
      return batch;
    },
    batches: () => batches,
    endRound,
  };
}
