import type { EquipmentAlarms } from '../alarm/alarm-memory.ts';
import type { Call } from '../andon/call.ts';
import type { Changeover, Measured } from '../changeover/changeover.ts';
import type { CountFact } from '../count/count-facts.ts';
import type { ProductFact } from '../count/product-facts.ts';
import type { Reading } from '../count/reading-facts.ts';
import type { Downtime, WithdrawnDowntime } from '../downtime/downtime.ts';
import type { DowntimeEdit } from '../downtime/downtime-edits.ts';
import type { MergedStops } from '../downtime/merged-stops.ts';
import type { PastReason } from '../downtime/past-reasons.ts';
import type { ReasonSpan } from '../downtime/reason-spans.ts';
import type { Contact } from '../equipment/contact.ts';
import type { IllegalTransition } from '../equipment/illegal-transitions.ts';
import type { ModeFact } from '../equipment/mode-facts.ts';
import type { StateFact } from '../equipment/state-facts.ts';
import type { Escalation } from '../escalation/escalation.ts';
import type { Job } from '../job/job.ts';
import type { Maintenance } from '../maintenance/maintenance.ts';
import type { WatchedFigures } from '../oee/watched-figures.ts';
import type { ClosedPeriod } from '../period/closed-period.ts';
import type { QualityState } from '../quality/quality.ts';
import type { PlanChange } from '../plan/plan-change.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';

/** Facts of one equipment, each list sorted by event time. */
export interface EquipmentState {
  /** Newest instant at which the machine was heard; the lateness window and retention hang on it. */
  newestAt: EpochMs | null;
  /** Up to here repeated facts were dropped. */
  settledAt: EpochMs | null;
  /** Facts before this instant were dropped; absent: none were. */
  heldFrom?: EpochMs;
  states: StateFact[];
  /** Absent: none was told. */
  modes?: ModeFact[];
  /** Absent: none was found. */
  illegalTransitions?: IllegalTransition[];
  products: ProductFact[];
  counts: CountFact[];
  produced: Reading[];
  rejected: Reading[];
  /** Whether this equipment ever told of scrap or rework, if only that there was none. */
  rejectsKnown: boolean;
  contact: Contact;
  /** Absent: the machine told of none. */
  alarms?: EquipmentAlarms;
}

export interface LineState {
  /** The shift instance whose start was recorded last, and whether its end was. */
  shift: {
    readonly id: string;
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly ended: boolean;
  } | null;
  /** Stops of the constraint, by start. */
  downtimes: Downtime[];
  /** Withdrawn lately, newest last; absent: none. */
  withdrawn?: WithdrawnDowntime[];
  /** What people said of the constraint's stops, by time: sorted, disjoint; absent: nothing. */
  reasonSpans?: ReasonSpan[];
  /** Stops people took for one, oldest first; absent: none. */
  merges?: MergedStops[];
  /** In the order in which they were made; absent: none. */
  downtimeEdits?: DowntimeEdit[];
  /** Newest last; absent: none. */
  pastReasons?: PastReason[];
  /** Newest last; the running one has no completion. */
  jobs: Job[];
  changeovers: Changeover[];
  /** Since when a flood of alarms lasts; absent: none does. */
  alarmFloodSince?: EpochMs;
  /** What was recorded of changeovers by their facts, by id; absent: nothing. */
  measured?: Readonly<Record<string, Measured>>;
  /** Absent: nothing was said of it yet. */
  quality?: QualityState;
  /** What people changed of the plan, in the order in which they said it; absent: nothing. */
  planChanges?: PlanChange[];
  /** Planned maintenance, oldest first; absent: none. */
  maintenances?: Maintenance[];
  /** What is remembered of its figures; absent: nothing. */
  oee?: WatchedFigures;
  /** Periods that are locked, oldest first; absent: none. */
  closedPeriods?: ClosedPeriod[];
}

/** All the engine knows: plain data. Owned by the engine and changed in place by `applyEvent` alone. */
export interface EngineState {
  /** Where the engine's clock stands; `null` before the first tick. */
  now: EpochMs | null;
  /** Where it began; absent before the first tick. */
  begunAt?: EpochMs;
  equipment: Record<EquipmentPath, EquipmentState>;
  lines: Record<LinePath, LineState>;
  /** Open calls and those closed lately, by when they were raised here. */
  calls: Call[];
  /** Of open calls, by call id. */
  escalations: Record<string, Escalation>;
  /** When people were sent messages within the last day, by person; what is shown on screens is not counted. */
  notified: Record<string, readonly EpochMs[]>;
  /** Numbers given so far; ids are never given twice. */
  lastCall: number;
  lastJob: number;
  lastChangeover: number;
  /** Absent: none yet. */
  lastEntry?: number;
  lastHold?: number;
  lastCheck?: number;
  /** Absent: none yet. */
  lastPlanChange?: number;
  lastMaintenance?: number;
}

export function createEngineState(config: PlantConfig): EngineState {
  return {
    now: null,
    equipment: Object.fromEntries(config.equipment.map(({ path }) => [path, newEquipmentState()])),
    lines: Object.fromEntries(config.lines.map(({ path }) => [path, newLineState()])),
    calls: [],
    escalations: {},
    notified: {},
    lastCall: 0,
    lastJob: 0,
    lastChangeover: 0,
  };
}

function newEquipmentState(): EquipmentState {
  return {
    newestAt: null,
    settledAt: null,
    states: [],
    products: [],
    counts: [],
    produced: [],
    rejected: [],
    rejectsKnown: false,
    contact: { heard: [], losses: [] },
  };
}

function newLineState(): LineState {
  return { shift: null, downtimes: [], jobs: [], changeovers: [] };
}

/** The state of one equipment; begun when a plant grew since the state was saved. */
export function equipmentOf({ equipment }: EngineState, path: EquipmentPath): EquipmentState {
  if (latest !== undefined && latest.among === equipment && latest.path === path) return latest.facts;
  const facts = (equipment[path] ??= newEquipmentState());
  if (latest === undefined) latest = { among: equipment, path, facts };
  else {
    latest.among = equipment;
    latest.path = path;
    latest.facts = facts;
  }
  return facts;
}

/** One observation asks several times for the same. */
let latest: { among: EngineState['equipment']; path: EquipmentPath; facts: EquipmentState } | undefined;

export function lineOf(state: EngineState, path: LinePath): LineState {
  return (state.lines[path] ??= newLineState());
}
