import { countSourceOf, partSteps } from '../count/count-source.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { contactSpans } from '../equipment/contact.ts';
import { effectiveSegments, horizonOf } from '../equipment/equipment-timeline.ts';
import type { ModeSpan } from '../equipment/mode-facts.ts';
import { heardModes } from '../equipment/mode-facts.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { constraintSpans } from '../oee/line-figures.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type {
  EpochMs,
  EquipmentConfig,
  EquipmentPath,
  LinePath,
  PlantConfig,
  StateName,
} from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

export interface TimelineInterval {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly state: StateName;
  readonly reason?: string;
  readonly raw?: string;
  /** The PackML state it began out of, from which no transition of the table leads here. */
  readonly illegalFrom?: string;
}

/** An interval of a line's timeline; `to` is `null` while it lasts. */
export type LineTimelineInterval = Omit<TimelineInterval, 'to'> & { readonly to: EpochMs | null };

/** Parts by the instant they became known. */
export interface PartsKnown {
  readonly at: EpochMs;
  /** The reading before; `at` itself for an increment. */
  readonly since: EpochMs;
  readonly produced: number;
  /** `false`: some of the time since was not observed, so the parts are known by the counter only. */
  readonly observed: boolean;
}

export interface EquipmentTimelineView {
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly intervals: readonly TimelineInterval[];
  readonly parts: readonly PartsKnown[];
  /** Stretches in which nothing was heard. */
  readonly unobserved: readonly Interval[];
  /** Stretches in which it was heard in a mode. */
  readonly modes: readonly ModeSpan[];
}

/** Effective states of what carries a line over `[from, to)`, up to `now`. */
export function lineTimeline(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly LineTimelineInterval[] {
  const indexed = plantIndex(config).lines.get(line);
  if (indexed === undefined) return [];
  const spans = constraintSpans(state, indexed, { from, to }, Infinity);
  return spans.flatMap((span): readonly LineTimelineInterval[] => {
    const { constraint } = span;
    // The present ms counts as elapsed, so that an interval that just began is shown.
    const horizon = horizonOf(state, constraint, now) + 1;
    const segments = effectiveSegments(state, config, constraint, span.from, span.to, horizon);
    const intervals: LineTimelineInterval[] = segments.map(intervalsOf(state, constraint.path));
    const last = intervals.at(-1);
    if (last !== undefined && last.to === horizon) intervals[intervals.length - 1] = { ...last, to: null };
    return intervals;
  });
}

/** What is known of one equipment over `[from, to)`, up to `now`. */
export function equipmentTimeline(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): EquipmentTimelineView | Unknown {
  const equipment = plantIndex(config).equipment.get(path)?.config;
  if (equipment === undefined) return unknown('unknownEquipment');
  const end = Math.max(from, Math.min(to, horizonOf(state, equipment, now)));
  const unobserved = unobservedStretches(state, equipment, from, end, now);
  const facts = equipmentOf(state, path);
  return {
    equipment: path,
    from,
    to: end,
    intervals: effectiveSegments(state, config, equipment, from, end, now).map(intervalsOf(state, path)),
    parts: partsKnown(state, equipment, from, end, now),
    unobserved,
    modes: heardModes(facts, equipment.silentAfterMs, from, end, horizonOf(state, equipment, now)),
  };
}

function intervalsOf(state: EngineState, path: EquipmentPath): (segment: StateSegment) => TimelineInterval {
  const { illegalTransitions = [] } = equipmentOf(state, path);
  const illegal = new Map(illegalTransitions.map(({ at, fromState }) => [at, fromState]));
  return ({ from, to, state: name, reason, raw }) => {
    const illegalFrom = illegal.get(from);
    return {
      from,
      to,
      state: name,
      ...(reason === null ? null : { reason }),
      ...(raw === null ? null : { raw }),
      ...(illegalFrom === undefined ? null : { illegalFrom }),
    };
  };
}

/** The gaps between contact inside `[from, to)`. */
export function unobservedStretches(
  state: EngineState,
  equipment: EquipmentConfig,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly Interval[] {
  const { contact } = equipmentOf(state, equipment.path);
  const horizon = horizonOf(state, equipment, now);
  const gaps: Interval[] = [];
  let cursor = from;
  for (const span of contactSpans(contact, equipment.silentAfterMs, from, to, horizon)) {
    if (span.from > cursor) gaps.push({ from: cursor, to: Math.min(span.from, to) });
    cursor = Math.max(cursor, span.to);
  }
  if (cursor < to) gaps.push({ from: cursor, to });
  return gaps;
}

/** Parts counted in `(from, to]`: steps of the counter, or increments where there is none. */
export function partsKnown(
  state: EngineState,
  equipment: EquipmentConfig,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly PartsKnown[] {
  const facts = equipmentOf(state, equipment.path);
  if (facts.produced.length === 0) {
    const begun = lastAtOrBefore(facts.counts, from) + 1;
    return facts.counts
      .slice(begun, lastAtOrBefore(facts.counts, to) + 1)
      .map(({ at, good, scrap, rework }) => ({
        at,
        since: at,
        produced: good + scrap + rework,
        observed: true,
      }))
      .filter(({ produced }) => produced > 0);
  }
  const steps = partSteps(countSourceOf(facts, equipment.unitsPerCount), from, to);
  const earliest = steps[0]?.since ?? from;
  const gaps = unobservedStretches(state, equipment, earliest, to, now);
  return steps.map(({ at, since, produced }) => ({
    at,
    since,
    produced,
    observed: !gaps.some((gap) => gap.from < at && gap.to > since),
  }));
}
