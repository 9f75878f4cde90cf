import type { EpochMs, LinePath } from '../plant/plant.ts';

/** The change of a line from one product to another. */
export interface Changeover {
  readonly id: string;
  readonly line: LinePath;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs | null;
  /** It was meant to be, rather than forced by what went wrong. */
  readonly planned: boolean;
  /** Steps of the checklist that are done, by id. */
  readonly done: Readonly<Record<string, { readonly at: EpochMs; readonly by: string }>>;
}

/** From the last good part of the one product to the first of the other. */
export interface Measured {
  readonly lastGoodAt: EpochMs;
  readonly firstGoodAt: EpochMs;
  /** Planned time between: breaks do not count. */
  readonly durationMs: number;
  /** All time between. */
  readonly elapsedMs: number;
}
