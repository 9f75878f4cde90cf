import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { machineSegments } from '../equipment/equipment-timeline.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, PlantConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { PartsKnown } from './timelines.ts';
import { partsKnown, unobservedStretches } from './timelines.ts';

/** One unbroken stretch of running, and the parts counted for it. */
export interface ProgramCycle extends Interval {
  readonly durationMs: number;
  readonly parts: number;
}

/** All that is held of one equipment, by event time, from its first hearing to its last. */
export interface ReplaySummary {
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Observed ms by the state as the machine names it. */
  readonly executionMs: Readonly<Record<string, number>>;
  readonly cycles: readonly ProgramCycle[];
  readonly parts: {
    readonly produced: number;
    readonly inCycles: number;
    /** Observed, but in no cycle. */
    readonly outsideCycles: number;
    /** Known by the counter only, each with the stretches in which nothing was heard. */
    readonly unobserved: readonly (Omit<PartsKnown, 'observed'> & {
      readonly stretches: readonly Interval[];
    })[];
  };
  /** Stretches between first and last hearing in which nothing was heard. */
  readonly unobserved: readonly Interval[];
}

export function replaySummary(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
): ReplaySummary | Unknown {
  const equipment = plantIndex(config).equipment.get(path)?.config;
  if (equipment === undefined) return unknown('unknownEquipment');
  const { contact } = equipmentOf(state, path);
  const from = contact.heard[0]?.[0];
  const to = contact.heard.at(-1)?.[1];
  if (from === undefined || to === undefined) return unknown('notHeardYet');
  const segments = machineSegments(state, equipment, from, to, to);
  const gaps = unobservedStretches(state, equipment, from, to, to);
  const parts = partsKnown(state, equipment, from, to, to);
  const observed = parts.filter((part) => part.observed);
  const cycles = cyclesOf(segments, observed);
  const produced = sumOf(parts);
  const inCycles = cycles.reduce((sum, cycle) => sum + cycle.parts, 0);
  return {
    equipment: path,
    from,
    to,
    executionMs: timeByRaw(segments),
    cycles,
    parts: {
      produced,
      inCycles,
      outsideCycles: sumOf(observed) - inCycles,
      unobserved: parts
        .filter((part) => !part.observed)
        .map(({ at, since, produced }) => ({
          at,
          since,
          produced,
          stretches: gaps.filter((gap) => gap.from < at && gap.to > since),
        })),
    },
    unobserved: gaps,
  };
}

function sumOf(parts: readonly PartsKnown[]): number {
  return parts.reduce((sum, { produced }) => sum + produced, 0);
}

function timeByRaw(segments: readonly StateSegment[]): Readonly<Record<string, number>> {
  const byRaw = new Map<string, number>();
  for (const { raw, from, to } of segments)
    if (raw !== null) byRaw.set(raw, (byRaw.get(raw) ?? 0) + to - from);
  return Object.fromEntries(byRaw);
}

/** Running stretches; a part belongs to the newest cycle that overlaps the time since the reading before it. */
function cyclesOf(segments: readonly StateSegment[], parts: readonly PartsKnown[]): readonly ProgramCycle[] {
  const cycles: { from: EpochMs; to: EpochMs; parts: number }[] = [];
  for (const { state, from, to } of segments) {
    if (state !== 'running') continue;
    const last = cycles.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else cycles.push({ from, to, parts: 0 });
  }
  for (const { since, at, produced } of parts) {
    const cycle = cycles.findLast(({ from, to }) => from < at && to > since);
    // An increment has no reading before it: the cycle it falls into, or ends, is its own.
    const own = cycle ?? cycles.findLast(({ from, to }) => from < at && to >= since);
    if (own !== undefined) own.parts += produced;
  }
  return cycles.map(({ from, to, parts: count }) => ({ from, to, durationMs: to - from, parts: count }));
}
