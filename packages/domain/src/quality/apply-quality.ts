import type { CountEvent } from '../count/count-events.ts';
import type { Quantities } from '../count/count-facts.ts';
import { insertCountFact } from '../count/count-facts.ts';
import type { EngineState, LineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';
import type { MovedParts, QualityEvent } from './quality-events.ts';
import type { CheckResult, Hold, QualityState } from './quality.ts';
import { qualityOf, stillHeld } from './quality.ts';

/** Checks held of one characteristic: what a chart shows and its limits are estimated from. */
const CHECKS_KEPT = 100;

export function applyQuality(state: EngineState, event: QualityEvent): void {
  const line = lineOf(state, event.line);
  const quality = qualityOf(line);
  switch (event.type) {
    case 'countCorrected':
      recount(state, event);
      quality.entries = quality.entries.map((entry) =>
        entry.id === event.entryId ? { ...entry, ...event.after, corrections: entry.corrections + 1 } : entry,
      );
      return;
    case 'partsHeld':
      recount(state, event);
      state.lastHold = (state.lastHold ?? 0) + 1;
      return hold(quality, event);
    case 'partsReleased':
      recount(state, event);
      return release(quality, event);
    case 'qualityCheckRecorded': {
      const { checkId: id, characteristic, at, author: by, product, values, verdict, note } = event;
      const told = {
        ...(values === undefined ? null : { values }),
        ...(note === undefined ? null : { note }),
      };
      insertCheck(quality, { id, characteristic, at, by, product, verdict, ...told });
      state.lastCheck = (state.lastCheck ?? 0) + 1;
      delete quality.overdue[characteristic];
      return;
    }
    case 'qualityCheckOverdue':
      quality.overdue[event.characteristic] = event.dueAt;
      return;
    case 'qualityAlertRaised': {
      const { kind, at: since, checkId, rules } = event;
      quality.alerts[event.characteristic] = { kind, since, checkId, rules };
      return;
    }
    case 'qualityAlertCleared':
      delete quality.alerts[event.characteristic];
      return;
    case 'qualityThresholdCrossed':
      quality.scrapHighSince = event.direction === 'above' ? event.at : null;
  }
}

/** What a person counted is an entry of its own, so that it can be corrected. */
export function applyEntry(
  state: EngineState,
  config: PlantConfig,
  event: Extract<CountEvent, { type: 'counted' }>,
): void {
  if (event.entryId === undefined || event.author === undefined) return;
  const path = plantIndex(config).equipment.get(event.equipment)?.config.line;
  if (path === undefined) return;
  const quality = qualityOf(lineOf(state, path));
  const { entryId: id, equipment, at, good, scrap, rework, author: by, defect } = event;
  const named = defect === undefined ? null : { defect };
  state.lastEntry = (state.lastEntry ?? 0) + 1;
  quality.entries.push({ id, equipment, at, good, scrap, rework, by, ...named, corrections: 0 });
}

type Recount = Extract<QualityEvent, Quantities>;

/** Moves parts between good, scrap and rework at the instants they were made. */
function recount(state: EngineState, event: Recount): void {
  const facts = equipmentOf(state, event.equipment);
  facts.rejectsKnown = true;
  for (const moved of 'parts' in event && event.parts !== undefined ? event.parts : [event]) {
    insertCountFact(facts.counts, moved.at, moved);
    carryRecount(state, event.line, event.equipment, moved);
  }
}

/** Jobs that took over the parts of that time already take the correction over, too. */
function carryRecount(
  state: EngineState,
  path: LinePath,
  equipment: EquipmentPath,
  { at, good, scrap, rework }: Quantities & { readonly at: EpochMs },
): void {
  // Of a counter's parts those that are not scrap and rework are good.
  const counted = equipmentOf(state, equipment).produced.length > 0;
  const gained = counted ? -scrap - rework : good;
  const concerns = (run: { line: LinePath; from: EpochMs; carriedTo: EpochMs }): boolean =>
    run.line === path && at > run.from && at <= run.carriedTo;
  for (const line of Object.values(state.lines))
    line.jobs.forEach((job, index) => {
      if (!job.runs.some(concerns)) return;
      const runs = job.runs.map((run) =>
        concerns(run) ? { ...run, carriedGood: run.carriedGood + gained } : run,
      );
      line.jobs[index] = { ...job, runs };
    });
}

function addQuantities(a: Quantities, b: Quantities): Quantities {
  return { good: a.good + b.good, scrap: a.scrap + b.scrap, rework: a.rework + b.rework };
}

function hold(quality: QualityState, event: Extract<QualityEvent, { type: 'partsHeld' }>): void {
  const { holdId: id, equipment, at: madeAt, saidAt: heldAt, author: by, held, product } = event;
  quality.holds.push({
    id,
    equipment,
    madeAt,
    heldAt,
    by,
    held,
    product,
    ...(event.defect === undefined ? null : { defect: event.defect }),
    ...(event.note === undefined ? null : { note: event.note }),
    ...(event.parts === undefined ? null : { parts: event.parts.map(({ at, count }) => ({ at, count })) }),
    judged: { good: 0, scrap: 0, rework: 0 },
    judgedAt: null,
  });
}

function release(quality: QualityState, event: Extract<QualityEvent, { type: 'partsReleased' }>): void {
  quality.holds = quality.holds.map((each) => {
    if (each.id !== event.holdId) return each;
    const judged = addQuantities(each.judged, event.judged);
    const parts = each.parts === undefined ? null : { parts: withoutJudged(each.parts, event.parts ?? []) };
    return { ...each, ...parts, judged, judgedAt: event.saidAt };
  });
}

function withoutJudged(
  held: NonNullable<Hold['parts']>,
  judged: readonly MovedParts[],
): NonNullable<Hold['parts']> {
  return held
    .map(({ at, count }) => ({
      at,
      count: judged.reduce((left, part) => (part.at === at ? left - part.count : left), count),
    }))
    .filter(({ count }) => count > 0);
}

/** Sorted by time, those of one instant by id, so that the order of arrival does not matter. */
function insertCheck(quality: QualityState, check: CheckResult): void {
  const position = quality.checks.findLastIndex(({ at }) => at <= check.at) + 1;
  const checks = quality.checks.toSpliced(position, 0, check);
  const own = checks.filter(({ characteristic }) => characteristic === check.characteristic);
  const dropped = own.length > CHECKS_KEPT ? own[0] : undefined;
  quality.checks = dropped === undefined ? checks : checks.filter((each) => each !== dropped);
}

/** Forgets what was entered and judged before `limit`; what is still held stays. */
export function dropOldQuality({ quality }: LineState, limit: EpochMs): void {
  if (quality === undefined) return;
  if (quality.entries.some(({ at }) => at < limit))
    quality.entries = quality.entries.filter(({ at }) => at >= limit);
  quality.holds = quality.holds.filter((each) => stillHeld(each) > 0 || (each.judgedAt ?? 0) >= limit);
}
