import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import { horizonOf } from '../equipment/equipment-timeline.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig, StateName } from '../plant/plant.ts';
import { linePlan } from '../shift/line-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Downtime } from './downtime.ts';
import { reasonOf } from './downtime.ts';

export interface DowntimeView {
  readonly id: string;
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly state: StateName;
  readonly reason?: string;
  /** Shorter than the equipment's threshold, so far. */
  readonly minor: boolean;
  /** Still open, so its kind may change. */
  readonly provisional: boolean;
}

const WITHOUT_SHIFT_MS = 8 * 3_600_000;
const MOST = 200;

/** Stops of a line's constraint that reach into its current shift, newest last, at most 200. */
export function openAndRecentDowntimes(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): readonly DowntimeView[] {
  const since = lineShiftAt(state, config, line, now)?.from ?? now - WITHOUT_SHIFT_MS;
  return lineOf(state, line)
    .downtimes.filter(({ to }) => to === null || to > since)
    .slice(-MOST)
    .map((downtime) => downtimeView(state, config, line, downtime, now));
}

/** One recorded stop by id; `null` when it is not held, or was withdrawn. */
export function findDowntime(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  id: string,
  now: EpochMs,
): DowntimeView | null {
  const downtime = lineOf(state, line).downtimes.findLast((candidate) => candidate.id === id);
  return downtime === undefined ? null : downtimeView(state, config, line, downtime, now);
}

function downtimeView(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  downtime: Downtime,
  now: EpochMs,
): DowntimeView {
  const { id, equipment, from, to } = downtime;
  const reason = reasonOf(downtime);
  return {
    id,
    equipment,
    from,
    to,
    state: downtime.state,
    ...(reason === null ? null : { reason }),
    minor: to === null ? isMinorSoFar(state, config, line, from, now) : downtime.minor,
    provisional: to === null,
  };
}

function isMinorSoFar(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  now: EpochMs,
): boolean {
  const constraint = plantIndex(config).lines.get(line)?.constraint;
  if (constraint === undefined) return false;
  const horizon = horizonOf(state, constraint, now);
  return plannedMs(linePlan(state, config, line, from, horizon), from, horizon) < constraint.minorStopMs;
}
