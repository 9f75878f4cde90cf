import { dropOldAlarms } from '../alarm/drop-old-alarms.ts';
import { closedAt } from '../andon/call.ts';
import { dropOldMeasured } from '../changeover/apply-changeover.ts';
import { countSourceOf, countsBetween } from '../count/count-source.ts';
import { compactProductFacts } from '../count/product-facts.ts';
import { compactReadings } from '../count/reading-facts.ts';
import type { Downtime } from '../downtime/downtime.ts';
import { dropContactBefore } from '../equipment/contact.ts';
import { compactModeFacts } from '../equipment/mode-facts.ts';
import { compactStateFacts } from '../equipment/state-facts.ts';
import type { Maintenance } from '../maintenance/maintenance.ts';
import { maintenanceStretch } from '../maintenance/maintenance.ts';
import type { JobRun } from '../job/job.ts';
import { jobClosedAt } from '../job/job.ts';
import { editWindowOf } from '../plan/edit-window.ts';
import { carriersOf, constraintFor } from '../oee/line-constraint.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import { dropOldQuality } from '../quality/apply-quality.ts';
import type { EpochMs, EquipmentConfig, EquipmentPath, PlantConfig } from '../plant/plant.ts';
import { dayOf, hasOvertime, lineShiftAt, previousLineShift } from '../shift/line-shifts.ts';
import type { ShiftInstance } from '../shift/shift-instance.ts';
import type { Interval } from '../time/interval.ts';
import type { ListMark } from '../time/list-marks.ts';
import { markOf, restatedFrom } from '../time/list-marks.ts';
import { dropBefore, lastAtOrBefore } from '../time/sorted.ts';
import type { EngineState, EquipmentState, LineState } from './engine-state.ts';
import { equipmentOf, lineOf } from './engine-state.ts';

/** Closed calls, jobs and changeovers stay visible this long. */
const CLOSED_KEPT_MS = 12 * 3_600_000;
/** Where no shift says how far back to look. */
const WITHOUT_SHIFTS_MS = 24 * 3_600_000;

/**
 * Drops what neither the lateness window nor the present and previous shift need, measured from each equipment's
 * newest observation, so that a recording of years ago stays whole however late it is played.
 */
export function dropOld(state: EngineState, config: PlantConfig, now: EpochMs): void {
  const looked = new Set<EquipmentPath>();
  for (const held of heldOf(state, config))
    if (dropOldFacts(state, config, held, now)) looked.add(held.equipment.path);
  for (const { path, constraint } of config.lines)
    if (looked.has(constraint)) dropOldOfLine(state, config, path, now);
  if (state.calls.some((call) => (closedAt(call) ?? now) < now - CLOSED_KEPT_MS))
    state.calls = state.calls.filter((call) => (closedAt(call) ?? now) >= now - CLOSED_KEPT_MS);
}

/** The facts of one equipment, and which of them must settle before their lists are worth looking through. */
interface Held {
  readonly equipment: EquipmentConfig;
  readonly facts: EquipmentState;
  readonly states: Awaited;
  readonly counts: Awaited;
  readonly produced: Awaited;
  cut: Cut | null;
}

/** Where facts were cut last, and how their lists then began. */
interface Cut {
  readonly from: EpochMs;
  readonly heardFrom: EpochMs | undefined;
  readonly states: Begin;
  readonly products: Begin;
  readonly counts: Begin;
  readonly produced: Begin;
  readonly rejected: Begin;
}

interface Begin {
  readonly first: Dated | undefined;
  readonly second: Dated | undefined;
}

/** The fact at a place of a list: what comes late moves it, and takes the place. */
interface Awaited {
  place: number;
  fact: Dated | undefined;
  at: EpochMs;
}

interface Dated {
  readonly at: EpochMs;
}

interface HeldFacts {
  readonly config: PlantConfig;
  readonly held: readonly Held[];
}

/** By state: each minute asks all equipment whether it is due, and most is not. */
const heldFacts = new WeakMap<EngineState, HeldFacts>();

function heldOf(state: EngineState, config: PlantConfig): readonly Held[] {
  const known = heldFacts.get(state);
  if (known?.config === config) return known.held;
  const held = config.equipment.map((equipment): Held => ({
    equipment,
    facts: equipmentOf(state, equipment.path),
    states: { ...ANY },
    counts: { ...ANY },
    produced: { ...ANY },
    cut: null,
  }));
  heldFacts.set(state, { config, held });
  return held;
}

/** Whether it was worth while. */
function dropOldFacts(state: EngineState, config: PlantConfig, held: Held, now: EpochMs): boolean {
  const { equipment, facts } = held;
  // A machine that was never heard has no time of its own: what people entered ages by ours.
  const newestAt = facts.newestAt ?? now;
  const settled = newestAt - equipment.latenessWindowMs;
  const since = facts.settledAt ?? -Infinity;
  if (!isWorthwhile(held, since, settled)) return false;
  if (settled > since) {
    compactStateFacts(facts.states, since, settled);
    compactModeFacts(facts.modes ?? [], since, settled);
    compactProductFacts(facts.products, since, settled);
    compactReadings(facts.produced, since, settled);
    compactReadings(facts.rejected, since, settled);
    facts.settledAt = settled;
  }
  const keepFrom = Math.min(
    settled,
    neededFrom(state, config, equipment, newestAt),
    openStopFrom(state, equipment),
  );
  dropOldAlarms(facts, settled, Math.min(keepFrom, newestAt - CLOSED_KEPT_MS));
  const line = plantIndex(config).lines.get(equipment.line);
  if (line !== undefined && carriersOf(line).includes(equipment))
    carryJobCounts(state, line, equipment, facts, keepFrom);
  if (facts.modes !== undefined) dropBefore(facts.modes, keepFrom);
  if (facts.illegalTransitions !== undefined) dropBefore(facts.illegalTransitions, keepFrom);
  if (!isCut(held, keepFrom)) cut(held, keepFrom);
  dropContactBefore(facts.contact, keepFrom);
  awaitNext(held);
  return true;
}

/**
 * Whether nothing is to be dropped, as nothing was left to drop when facts were cut there before: what is needed
 * reaches further only when a shift is over. What people enter of long ago comes among the first two of a list.
 */
function isCut({ facts, cut: before }: Held, keepFrom: EpochMs): boolean {
  if (before?.from !== keepFrom || before.heardFrom !== facts.contact.heard[0]?.[0]) return false;
  const { states, products, counts, produced, rejected } = before;
  return (
    beginsAs(states, facts.states) &&
    beginsAs(products, facts.products) &&
    beginsAs(counts, facts.counts) &&
    beginsAs(produced, facts.produced) &&
    beginsAs(rejected, facts.rejected)
  );
}

function beginsAs({ first, second }: Begin, list: readonly Dated[]): boolean {
  return list[0] === first && list[1] === second;
}

function beginOf(list: readonly Dated[]): Begin {
  return { first: list[0], second: list[1] };
}

function cut(held: Held, keepFrom: EpochMs): void {
  const { facts } = held;
  if (oldestOf(facts) < keepFrom) facts.heldFrom = Math.max(facts.heldFrom ?? keepFrom, keepFrom);
  const { states, products, counts, produced, rejected, contact } = facts;
  for (const list of [states, products, counts, produced, rejected]) dropBefore(list, keepFrom);
  held.cut = {
    from: keepFrom,
    heardFrom: contact.heard[0]?.[0],
    states: beginOf(states),
    products: beginOf(products),
    counts: beginOf(counts),
    produced: beginOf(produced),
    rejected: beginOf(rejected),
  };
}

/** Facts that settle before their list is looked through again, unless so much time has passed. */
const SETTLED_FACTS = 48;
const SETTLED_MS = 600_000;

/** Whether enough settled since the last time: what is looked through for each fact stays small, however few come. */
function isWorthwhile(held: Held, since: EpochMs, settled: EpochMs): boolean {
  if (settled <= since || settled - since >= SETTLED_MS) return true;
  const { facts, states, counts, produced } = held;
  return (
    (mayHaveSettled(states, facts.states, settled) && hasSettled(facts.states, since, settled)) ||
    (mayHaveSettled(counts, facts.counts, settled) && hasSettled(facts.counts, since, settled)) ||
    (mayHaveSettled(produced, facts.produced, settled) && hasSettled(facts.produced, since, settled))
  );
}

function hasSettled(facts: readonly Dated[], since: EpochMs, settled: EpochMs): boolean {
  return (facts[lastAtOrBefore(facts, since) + SETTLED_FACTS]?.at ?? Infinity) <= settled;
}

const ANY: Awaited = { place: -1, fact: undefined, at: -Infinity };

/** Asked of everything each minute: as long as the same fact is awaited, it is not even looked at. */
function mayHaveSettled(awaited: Awaited, facts: readonly Dated[], settled: EpochMs): boolean {
  const { place } = awaited;
  if (place < 0) return true;
  if (place >= facts.length) return false;
  const fact = facts[place];
  if (fact !== awaited.fact) {
    awaited.fact = fact;
    awaited.at = fact?.at ?? Infinity;
  }
  return awaited.at <= settled;
}

/** Facts come one by one and go only here, but for the states told by pulses, which may be withdrawn. */
function awaitNext({ equipment, facts, states, counts, produced }: Held): void {
  const { settledAt } = facts;
  if (settledAt === null) return;
  const placeIn = (list: readonly Dated[]): number => lastAtOrBefore(list, settledAt) + SETTLED_FACTS;
  states.place = equipment.pulse === undefined ? placeIn(facts.states) : -1;
  counts.place = placeIn(facts.counts);
  produced.place = placeIn(facts.produced);
}

function oldestOf({ states, products, counts, produced, contact }: EquipmentState): EpochMs {
  const first = [states, products, counts, produced].map((facts) => facts[0]?.at ?? Infinity);
  return Math.min(...first, contact.heard[0]?.[0] ?? Infinity);
}

function neededFrom(
  state: EngineState,
  config: PlantConfig,
  { line }: EquipmentConfig,
  newestAt: EpochMs,
): EpochMs {
  const current = lineShiftAt(state, config, line, newestAt);
  // Overtime may move every shift around it; the calendar's own stand, whichever line works them.
  const isUsual = current !== null && !hasOvertime(state, line);
  const known = isUsual ? shownFrom.get(current) : undefined;
  if (known !== undefined) return known;
  const previous = previousLineShift(state, config, line, current?.from ?? newestAt);
  const date = (current ?? previous)?.id.slice(0, 10);
  const day = date === undefined ? null : dayOf(state, config, line, date);
  const from = Math.min(
    previous?.from ?? newestAt - WITHOUT_SHIFTS_MS,
    current?.from ?? newestAt,
    day?.from ?? newestAt,
  );
  if (isUsual && previous !== null) shownFrom.set(current, from);
  return from;
}

/** How far back a shift of the calendar, the one before it and their day reach, where there was one before. */
const shownFrom = new WeakMap<ShiftInstance, EpochMs>();

/** A stop that lasts is kept from its start, however old. */
function openStopFrom(state: EngineState, equipment: EquipmentConfig): EpochMs {
  const last = lineOf(state, equipment.line).downtimes.at(-1);
  return last?.to === null && last.equipment === equipment.path ? last.from : Infinity;
}

/** Runs of jobs on the line take over the good parts whose facts are about to go. */
function carryJobCounts(
  state: EngineState,
  carried: IndexedLine,
  equipment: EquipmentConfig,
  facts: EquipmentState,
  keepFrom: EpochMs,
): void {
  const source = countSourceOf(facts, equipment.unitsPerCount);
  const withCarried = (run: JobRun): JobRun => {
    const carriedTo = Math.min(keepFrom, run.to ?? keepFrom);
    if (run.line !== equipment.line || run.carriedTo >= carriedTo) return run;
    const { good } = countsBetween(source, run.carriedTo, carriedTo);
    return { ...run, carriedGood: run.carriedGood + good, carriedTo };
  };
  for (const line of Object.values(state.lines))
    line.jobs.forEach((job, index) => {
      if (constraintFor(carried, job.product) !== equipment) return;
      if (job.runs.some((run) => withCarried(run) !== run))
        line.jobs[index] = { ...job, runs: job.runs.map(withCarried) };
    });
}

function dropOldOfLine(state: EngineState, config: PlantConfig, path: string, now: EpochMs): void {
  const line = lineOf(state, path);
  const constraint = plantIndex(config).lines.get(path)?.constraint;
  if (constraint === undefined) return;
  // Without any state nothing shown reaches further back than what is closed.
  const oldestFact = equipmentOf(state, constraint.path).states[0]?.at ?? Infinity;
  dropOldDowntimes(state, config, path, oldestFact);
  dropOldChanges(state, config, path, Math.min(oldestFact, now));
  const limit = Math.min(oldestFact, now - CLOSED_KEPT_MS);
  const lastClosedAt = Math.max(...line.jobs.map((job) => jobClosedAt(job) ?? -Infinity));
  line.jobs = line.jobs.filter((job) => (jobClosedAt(job) ?? Infinity) >= Math.min(limit, lastClosedAt));
  dropOldQuality(line, limit);
  dropOldMeasured(line, limit);
  line.changeovers = line.changeovers.filter(
    ({ completedAt }, index) =>
      index === line.changeovers.length - 1 || completedAt === null || completedAt >= limit,
  );
}

/** Stops older than their facts kept per line, so that they can still be explained. */
const OLD_DOWNTIMES_KEPT = 300;

/**
 * Minor stops go with their facts. The others, and what was said of them, stay as long as people may edit them: who
 * comes back on Monday explains the stops of Friday.
 */
function dropOldDowntimes(state: EngineState, config: PlantConfig, path: string, oldestFact: EpochMs): void {
  const line = lineOf(state, path);
  const indexed = plantIndex(config).lines.get(path);
  const oldest = line.downtimes[0];
  if (indexed === undefined || oldest === undefined || (oldest.to ?? Infinity) >= oldestFact) return;
  const newestAt = equipmentOf(state, indexed.constraint.path).newestAt ?? oldestFact;
  const editableFrom = newestAt - editWindowOf(indexed.config);
  const isKept = ({ to, minor }: Downtime): boolean => !minor && (to ?? Infinity) >= editableFrom;
  // Sorted by start and apart from each other, those without facts come first, and the first is the oldest.
  const looked = lookedOlds.get(line);
  // What is restated of a stop is nothing of those that ended before it began.
  const isLooked =
    looked !== undefined &&
    looked.oldestFact <= oldestFact &&
    restatedFrom(looked.mark, line.downtimes) >= looked.oldestFact;
  let olds = isLooked ? looked.olds : 0;
  let areKept = isKept(oldest);
  for (; olds < line.downtimes.length; olds += 1) {
    const stop = line.downtimes[olds];
    if (stop === undefined || stop.to === null || stop.to >= oldestFact) break;
    areKept &&= isKept(stop);
  }
  if (olds <= OLD_DOWNTIMES_KEPT && areKept) {
    lookedOlds.set(line, { mark: markOf(line.downtimes), oldestFact, olds });
    return;
  }
  const kept = line.downtimes.slice(0, olds).filter(isKept).slice(-OLD_DOWNTIMES_KEPT);
  line.downtimes = [...kept, ...line.downtimes.slice(olds)];
  const since = Math.min(kept[0]?.from ?? oldestFact, oldestFact);
  const isOld = ({ to }: Interval): boolean => to <= since;
  if (line.reasonSpans !== undefined) line.reasonSpans = line.reasonSpans.filter((span) => !isOld(span));
  if (line.merges !== undefined) line.merges = line.merges.filter((merge) => !isOld(merge));
  if (line.downtimeEdits !== undefined)
    line.downtimeEdits = line.downtimeEdits.filter((edit) => !isOld(edit));
}

/** Stops of a line, from the first on, that were found to be old and none of them minor. */
interface LookedOlds {
  readonly mark: ListMark<Downtime>;
  /** All of them ended before. */
  readonly oldestFact: EpochMs;
  readonly olds: number;
}

const lookedOlds = new WeakMap<LineState, LookedOlds>();

/** A change of the plan stays as long as its stretch could be changed again, and as facts reach back to it. */
function dropOldChanges(state: EngineState, config: PlantConfig, path: string, oldestFact: EpochMs): void {
  const line = lineOf(state, path);
  const indexed = plantIndex(config).lines.get(path);
  if (indexed === undefined) return;
  const limit = Math.min(oldestFact, (state.now ?? oldestFact) - editWindowOf(indexed.config));
  const isOld = ({ to }: Interval): boolean => to < limit;
  if (line.planChanges?.some(isOld) === true)
    line.planChanges = line.planChanges.filter((change) => !isOld(change));
  const isPast = (each: Maintenance): boolean =>
    each.status !== 'started' && isOld(maintenanceStretch(each) ?? each);
  if (line.maintenances?.some(isPast) === true)
    line.maintenances = line.maintenances.filter((each) => !isPast(each));
}
