import type { EngineState, EquipmentState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { downtimesWithin } from '../downtime/downtime.ts';
import type { ReasonPart } from '../downtime/reason-spans.ts';
import { isExplainedByOthers, reasonParts } from '../downtime/reason-spans.ts';
import type { EpochMs, EquipmentConfig, PlantConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { normalised } from '../time/interval.ts';
import { plantIndex } from '../plant/plant-index.ts';
import { modeSpans } from './mode-facts.ts';
import { isStop } from './state-mapping.ts';
import type { StateSegment, TimelineSource } from './timeline.ts';
import { stateSegments } from './timeline.ts';

/** What the timeline of one equipment is made from. */
export function timelineSource(state: EngineState, equipment: EquipmentConfig): TimelineSource {
  const facts = equipmentOf(state, equipment.path);
  const changeovers: Interval[] = lineOf(state, equipment.line).changeovers.map(
    ({ startedAt, completedAt }) => ({ from: startedAt, to: completedAt ?? Infinity }),
  );
  const setups = setupModes(facts, equipment);
  return {
    states: facts.states,
    contact: facts.contact,
    silentAfterMs: equipment.silentAfterMs,
    changeovers: setups.length === 0 ? changeovers : normalised([...changeovers, ...setups]),
  };
}

/** Stretches in a mode in which standing still is setup. */
function setupModes({ modes }: EquipmentState, { modes: configured }: EquipmentConfig): readonly Interval[] {
  if (modes === undefined || configured === undefined) return [];
  const { time } = configured;
  return modeSpans(modes, -Infinity, Infinity).filter(
    ({ mode }) => Object.hasOwn(time, mode) && time[mode] === 'setup',
  );
}

/** How far the present reaches for one equipment: its clock may be ahead of ours by the tolerance. */
export function horizonOf(state: EngineState, equipment: EquipmentConfig, now: EpochMs): EpochMs {
  return Math.max(now, equipmentOf(state, equipment.path).newestAt ?? now);
}

/** Effective states of one equipment as the machine told them, before anyone classified a stop. */
export function machineSegments(
  state: EngineState,
  equipment: EquipmentConfig,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly StateSegment[] {
  const horizon = horizonOf(state, equipment, now);
  return stateSegments(timelineSource(state, equipment), from, Math.min(to, horizon), horizon);
}

/** Effective states of one equipment, stops carrying the reasons people gave them. */
export function effectiveSegments(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly StateSegment[] {
  const segments = machineSegments(state, equipment, from, to, now);
  const line = plantIndex(config).equipment.get(equipment.path)?.carries;
  if (line === null || line === undefined) return segments;
  const { downtimes, reasonSpans = [] } = lineOf(state, line.path);
  const explained = downtimesWithin(downtimes, { from, to }).filter(
    (downtime) => downtime.equipment === equipment.path && isExplainedByOthers(downtime, reasonSpans),
  );
  if (explained.length === 0) return segments;
  const parts = explained.flatMap((downtime) => reasonParts(downtime, reasonSpans));
  return segments.flatMap((segment) => (isStop(segment.state) ? underReasons(segment, parts) : [segment]));
}

/** A stretch of standing still, cut where what was said of it changes. */
function underReasons(segment: StateSegment, parts: readonly ReasonPart[]): readonly StateSegment[] {
  const pieces: StateSegment[] = [];
  let cursor = segment.from;
  for (const part of parts) {
    const from = Math.max(cursor, part.from);
    const to = Math.min(segment.to, part.to);
    // What nobody explained keeps the machine's reason of the moment.
    if (to <= from || part.source.kind === 'machine') continue;
    if (from > cursor) pieces.push({ ...segment, from: cursor, to: from });
    pieces.push({ ...segment, from, to, reason: part.reason });
    cursor = to;
  }
  if (cursor < segment.to) pieces.push({ ...segment, from: cursor });
  return pieces;
}
