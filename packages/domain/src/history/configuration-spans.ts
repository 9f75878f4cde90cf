import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { currentShift } from '../shift/calendar.ts';
import type { Interval } from '../time/interval.ts';

/** A configuration and when it was put in force. */
export interface LoadedConfiguration {
  readonly at: EpochMs;
  readonly config: PlantConfig;
}

export interface ConfigurationSpan extends Interval {
  readonly config: PlantConfig;
}

/**
 * `[from, to)` by the configuration its figures are computed with. One that is loaded during a shift holds for the
 * whole of it, as it does live; before the first, the first one holds. `loaded` is in the order of the log.
 */
export function configurationSpans(
  loaded: readonly LoadedConfiguration[],
  line: LinePath,
  { from, to }: Interval,
): readonly ConfigurationSpan[] {
  const spans: { from: EpochMs; to: EpochMs; config: PlantConfig }[] = [];
  for (const [index, { at, config }] of loaded.entries()) {
    const holdsFrom = index === 0 ? -Infinity : Math.min(at, currentShift(config, line, at)?.from ?? at);
    // A later one may reach back over those before it.
    while ((spans.at(-1)?.from ?? -Infinity) >= holdsFrom && spans.length > 0) spans.pop();
    const last = spans.at(-1);
    if (last !== undefined) last.to = holdsFrom;
    spans.push({ from: holdsFrom, to: Infinity, config });
  }
  return spans
    .map(({ config, ...span }) => ({
      from: Math.max(from, span.from),
      to: Math.min(to, span.to),
      config,
    }))
    .filter((span) => span.to > span.from);
}
