const DAY_MS = 86_400_000;

/** How long what is kept for looking back. The log itself is kept whole. */
export interface HistorySettings {
  /** Facts of machines; older ones are dropped, their hours stay. */
  readonly factsKeptMs: number;
  /** Telemetry by minute, then by hour. */
  readonly minutesKeptMs: number;
  readonly hoursKeptMs: number;
  /** A simulation that takes longer is given up. */
  readonly simulationMs: number;
}

export const DEFAULT_HISTORY: HistorySettings = {
  factsKeptMs: 400 * DAY_MS,
  minutesKeptMs: 14 * DAY_MS,
  hoursKeptMs: 730 * DAY_MS,
  simulationMs: 30_000,
};
