import { alarmCodesAround } from '../alarm/known-alarms.ts';
import { productSpans } from '../count/product-facts.ts';
import type { EngineState, LineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { horizonOf } from '../equipment/equipment-timeline.ts';
import { productTeller } from '../oee/line-constraint.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig, StateName } from '../plant/plant.ts';
import { equipmentPlan } from '../shift/equipment-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Downtime } from './downtime.ts';
import type { DowntimeEdit } from './downtime-edits.ts';
import { editsWithin } from './downtime-edits.ts';
import { mergedWith } from './merged-stops.ts';
import { rankedReasons } from './past-reasons.ts';
import type { ReasonPart, ReasonSource } from './reason-spans.ts';
import { reasonParts } from './reason-spans.ts';

export interface DowntimeView {
  readonly id: string;
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly state: StateName;
  /** Of a stop that was split, that of its longest part that has one. */
  readonly reason?: string;
  /** Who or what gave the reason; absent: the machine, or nobody. */
  readonly reasonBy?: Exclude<ReasonSource, { kind: 'machine' }>;
  /** Shorter than the equipment's threshold, so far. */
  readonly minor: boolean;
  /** Still open, so its kind may change. */
  readonly provisional: boolean;
  /** A reason is wanted: the line runs again, the stop is not minor, and a part of it has no reason. */
  readonly asked?: true;
  /** Codes of likely reasons, at most eight; there where one is asked for. */
  readonly likely?: readonly string[];
  /** Only of a stop that was split. `to` of the last is `null` while the stop lasts. */
  readonly parts?: readonly DowntimePart[];
  /** Ids of all stops it is merged with, itself included, oldest first: the first stands for them. */
  readonly merged?: readonly string[];
  readonly note?: string;
  /** What was done to it, newest last, at most ten; absent: nothing. */
  readonly history?: readonly DowntimeEdit[];
}

export interface DowntimePart {
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly reason?: string;
  readonly reasonBy?: Exclude<ReasonSource, { kind: 'machine' }>;
}

const WITHOUT_SHIFT_MS = 8 * 3_600_000;
const MOST = 200;
/** Stops for which likely reasons are worked out: who has more to explain begins with the newest. */
const MOST_LIKELY = 20;
const HISTORY_SHOWN = 10;

/** Stops of a line's constraint that reach into its current shift, newest last, at most 200. */
export function openAndRecentDowntimes(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): readonly DowntimeView[] {
  const since = lineShiftAt(state, config, line, now)?.from ?? now - WITHOUT_SHIFT_MS;
  const own = lineOf(state, line);
  const recent = own.downtimes.filter(({ to }) => to === null || to > since).slice(-MOST);
  const oldest = recent[0]?.from ?? since;
  const said: Said = {
    ...own,
    reasonSpans: own.reasonSpans?.filter(({ to }) => to > oldest) ?? [],
    downtimeEdits: own.downtimeEdits?.filter(({ to }) => to > oldest) ?? [],
  };
  const views = recent.map((downtime) => downtimeView(state, config, said, downtime, now));
  let ranked = 0;
  for (let index = views.length - 1; index >= 0 && ranked < MOST_LIKELY; index -= 1) {
    const view = views[index];
    const downtime = recent[index];
    if (view?.asked !== true || downtime === undefined) continue;
    ranked += 1;
    const seen = { ...downtime, alarms: alarmCodesAround(state, downtime.equipment, downtime.from) };
    views[index] = { ...view, likely: rankedReasons(seen, own.pastReasons ?? [], config.reasons) };
  }
  return views;
}

type Said = Pick<LineState, 'downtimes' | 'reasonSpans' | 'merges' | 'downtimeEdits'>;

/** One recorded stop by id; `null` when it is not held, or was withdrawn. */
export function findDowntime(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  id: string,
  now: EpochMs,
): DowntimeView | null {
  const own = lineOf(state, line);
  const downtime = own.downtimes.findLast((candidate) => candidate.id === id);
  return downtime === undefined ? null : downtimeView(state, config, own, downtime, now);
}

function downtimeView(
  state: EngineState,
  config: PlantConfig,
  { downtimes, reasonSpans = [], merges = [], downtimeEdits = [] }: Said,
  downtime: Downtime,
  now: EpochMs,
): DowntimeView {
  const { id, equipment, from, to } = downtime;
  const parts = reasonParts(downtime, reasonSpans, now);
  const longest = parts
    .filter(({ reason }) => reason !== null)
    .reduce<ReasonPart | null>(
      (best, part) => (best !== null && lengthOf(best) >= lengthOf(part) ? best : part),
      null,
    );
  const minor = to === null ? isMinorSoFar(state, config, equipment, from, now) : downtime.minor;
  const edits = editsWithin(downtimeEdits, { from, to: to ?? Infinity });
  const note = edits.findLast((edit) => edit.note !== undefined)?.note;
  const merged = mergedWith(downtime, downtimes, merges);
  return {
    id,
    equipment,
    from,
    to,
    state: downtime.state,
    ...said(longest),
    minor,
    provisional: to === null,
    ...(isAsked(downtime, parts) && hadOrder(state, config, downtime, now) ? { asked: true as const } : null),
    ...(parts.length > 1
      ? { parts: parts.map((part, index) => partView(part, index === parts.length - 1 ? to : part.to)) }
      : null),
    ...(merged.length > 1 ? { merged: merged.map((each) => each.id) } : null),
    ...(note === undefined ? null : { note }),
    ...(edits.length === 0 ? null : { history: edits.slice(-HISTORY_SHOWN) }),
  };
}

function lengthOf({ from, to }: ReasonPart): number {
  return to - from;
}

function said(part: ReasonPart | null): Pick<DowntimeView, 'reason' | 'reasonBy'> {
  if (part === null || part.reason === null) return {};
  const { reason, source } = part;
  return source.kind === 'machine' ? { reason } : { reason, reasonBy: source };
}

function partView(part: ReasonPart, to: EpochMs | null): DowntimePart {
  return { from: part.from, to, ...said(part) };
}

/** Blocked and starved tell their cause themselves. */
function isAsked({ to, minor, state }: Downtime, parts: readonly ReasonPart[]): boolean {
  if (to === null || minor || state === 'blocked' || state === 'starved') return false;
  return parts.some(({ reason }) => reason === null);
}

/** Standing still without an order needs no excuse. */
function hadOrder(
  state: EngineState,
  config: PlantConfig,
  { equipment, from, to }: Downtime,
  now: EpochMs,
): boolean {
  const index = plantIndex(config);
  const own = index.equipment.get(equipment)?.config;
  const line = own === undefined ? undefined : index.lines.get(own.line);
  if (own === undefined || line === undefined) return false;
  const { path, defaultProduct } = productTeller(state, line, own);
  const { products } = equipmentOf(state, path);
  return productSpans(products, defaultProduct, from, to ?? now).some(({ product }) => product !== null);
}

function isMinorSoFar(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentPath,
  from: EpochMs,
  now: EpochMs,
): boolean {
  const constraint = plantIndex(config).equipment.get(equipment)?.config;
  if (constraint === undefined) return false;
  const horizon = horizonOf(state, constraint, now);
  const plan = equipmentPlan(state, config, constraint, from, horizon, horizon);
  return plannedMs(plan, from, horizon) < constraint.minorStopMs;
}
