import type { PlanChange } from '../plan/plan-change.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { localDate, noonOf } from '../time/zone.ts';
import { currentShift, shiftsBetween } from './calendar.ts';
import type { PlanState } from './line-plan.ts';
import type { ShiftInstance } from './shift-instance.ts';

/** Overtime may chain; beyond so much before and after a stretch nothing is looked for. */
const REACH_MS = 3 * 86_400_000;
const DAY_MS = 86_400_000;
const LOOK_BACK_MS = 8 * DAY_MS;

/** The shift instance at work on a line at `at`, overtime included; the later starting one when two overlap. */
export function lineShiftAt(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  at: EpochMs,
): ShiftInstance | null {
  if (!hasOvertime(state, line)) return currentShift(config, line, at);
  return lineShiftsBetween(state, config, line, at, at + 1).at(-1) ?? null;
}

/** The instance that ended last at or before `at`, looking back up to eight days. */
export function previousLineShift(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  at: EpochMs,
): ShiftInstance | null {
  return lineShiftsBetween(state, config, line, at - LOOK_BACK_MS, at)
    .filter(({ to }) => to <= at)
    .reduce<ShiftInstance | null>(
      (latest, instance) => (latest === null || instance.to >= latest.to ? instance : latest),
      null,
    );
}

/**
 * Instances that overlap `[from, to)`, sorted by start. Overtime lengthens the shift it follows, else the one it comes
 * before; what touches none is an instance of its own.
 */
export function lineShiftsBetween(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  from: EpochMs,
  to: EpochMs,
): readonly ShiftInstance[] {
  const overtime = overtimeOf(state, line).filter(
    (change) => change.from < to + REACH_MS && change.to > from - REACH_MS,
  );
  if (overtime.length === 0) return shiftsBetween(config, line, from, to);
  const instances: ShiftInstance[] = [...shiftsBetween(config, line, from - REACH_MS, to + REACH_MS)];
  for (const { id, from: start, to: end } of overtime)
    for (const piece of outside(instances, { from: start, to: end })) lengthen(instances, id, piece, config);
  return instances
    .filter((instance) => instance.from < to && instance.to > from)
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Whether people lengthened or added shifts of a line. */
export function hasOvertime(state: PlanState, line: LinePath): boolean {
  return state.lines[line]?.planChanges?.some(({ change }) => change === 'overtime') === true;
}

function overtimeOf(state: PlanState, line: LinePath): readonly PlanChange[] {
  return state.lines[line]?.planChanges?.filter(({ change }) => change === 'overtime') ?? NONE;
}

const NONE: readonly PlanChange[] = [];

/** Parts of a stretch that lie in none of the instances. */
function outside(instances: readonly Interval[], stretch: Interval): readonly Interval[] {
  let rest: readonly Interval[] = [stretch];
  for (const instance of instances)
    rest = rest.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, instance.from) },
        { from: Math.max(from, instance.to), to },
      ].filter((piece) => piece.to > piece.from),
    );
  return rest;
}

function lengthen(instances: ShiftInstance[], changeId: string, piece: Interval, config: PlantConfig): void {
  const before = instances.findIndex(({ to }) => to === piece.from);
  const after = instances.findIndex(({ from }) => from === piece.to);
  const index = before >= 0 ? before : after;
  const touched = instances[index];
  if (touched === undefined) {
    const id = `${localDate(piece.from, config.site.timeZone)}.${changeId}`;
    instances.push({ ...piece, id, name: 'Overtime', breaks: [] });
  } else
    instances[index] = index === before ? { ...touched, to: piece.to } : { ...touched, from: piece.from };
}

/** The instance of this id; `null`: the line works none such. */
export function shiftById(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  id: string,
): ShiftInstance | null {
  const date = id.slice(0, 10);
  return around(state, config, line, date).find((instance) => instance.id === id) ?? null;
}

/** The instances that start on a local date. */
export function dayShifts(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  date: string,
): readonly ShiftInstance[] {
  return around(state, config, line, date).filter(({ id }) => id.startsWith(`${date}.`));
}

/** From the first start to the last end of the instances that start on a local date; `null`: there are none. */
export function dayOf(state: PlanState, config: PlantConfig, line: LinePath, date: string): Interval | null {
  const own = dayShifts(state, config, line, date);
  if (own.length === 0) return null;
  return {
    from: Math.min(...own.map(({ from }) => from)),
    to: Math.max(...own.map(({ to }) => to)),
  };
}

function around(
  state: PlanState,
  config: PlantConfig,
  line: LinePath,
  date: string,
): readonly ShiftInstance[] {
  const at = noonOf(date);
  if (at === null) return [];
  return lineShiftsBetween(state, config, line, at - 2 * DAY_MS, at + 3 * DAY_MS);
}
