import type { DowntimeDocument } from '@ms5/client';

export interface DowntimeList {
  /** Open ones first, then the latest. */
  readonly stops: readonly DowntimeDocument[];
  readonly minor: number;
  /** Stops, minor ones excepted, that nobody has explained. */
  readonly withoutReason: number;
}

export function sortDowntime(documents: Iterable<DowntimeDocument>): DowntimeList {
  const stops = [...documents].sort(
    (a, b) => Number(b.to === null) - Number(a.to === null) || b.from - a.from,
  );
  return {
    stops,
    minor: stops.filter((stop) => stop.minor).length,
    withoutReason: stops.filter((stop) => !stop.minor && stop.reason === undefined).length,
  };
}
