import type { HistorySettings } from '../history/settings.ts';
import type { ServeOptions } from './program.ts';

/** What is named on the command line; the rest as usual. */
export function historySettings(options: ServeOptions): Partial<HistorySettings> {
  const { keepFacts, keepTelemetry, keepTelemetryHours } = options;
  return {
    ...(keepFacts === undefined ? {} : { factsKeptMs: keepFacts }),
    ...(keepTelemetry === undefined ? {} : { minutesKeptMs: keepTelemetry }),
    ...(keepTelemetryHours === undefined ? {} : { hoursKeptMs: keepTelemetryHours }),
  };
}
