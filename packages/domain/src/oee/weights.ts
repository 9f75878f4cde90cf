import type { Failures } from './stops.ts';

/** What roll-ups add up. `null`: not known. */
export interface Weights {
  /** Length of the window, ms. */
  readonly calendarMs: number;
  /** Planned busy time of which something is known, and of which nothing is, ms. */
  readonly plannedMs: number;
  readonly unknownMs: number;
  /** APT, AUST, ADET, ADOT, AOET, ms. */
  readonly runMs: number;
  readonly setupMs: number;
  readonly delayMs: number;
  readonly downMs: number;
  readonly orderMs: number;
  /** Σ PRU·PQ over the running time that was counted, and that time, ms. */
  readonly idealMs: number | null;
  readonly countedRunMs: number;
  readonly produced: number | null;
  readonly good: number | null;
  readonly scrap: number | null;
  readonly rework: number | null;
  readonly failures: Failures;
}
