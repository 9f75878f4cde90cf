import type { EpochMs, LinePath } from '../plant/plant.ts';

/** A run of a work order on a line. */
export interface Job {
  readonly id: string;
  readonly line: LinePath;
  readonly workOrder: string;
  readonly product: string;
  readonly targetCount: number;
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs | null;
  /** Good parts up to `carriedTo`, taken over when their facts were dropped. */
  readonly carriedGood: number;
  readonly carriedTo: EpochMs;
}
