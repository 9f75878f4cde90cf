import type { EpochMs, LinePath } from '../plant/plant.ts';

/** The change of a line from one product to another. */
export interface Changeover {
  readonly id: string;
  readonly line: LinePath;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs | null;
}
