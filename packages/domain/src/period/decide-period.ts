import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import { shiftFigures } from '../oee/line-figures.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';
import { dayOf, shiftById } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';
import type { ClosedFigures, ClosedPeriod } from './closed-period.ts';
import type { PeriodCommand } from './period-events.ts';

/** Locks a period that is over. */
export function decideClosePeriod(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  { shiftId, date }: PeriodCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const { path } = line.config;
  if ((shiftId === undefined) === (date === undefined))
    return refused('invalidPeriod', 'expected shiftId or date, one of them', 'shiftId');
  const period =
    shiftId === undefined ? dayOf(state, config, path, date ?? '') : shiftById(state, config, path, shiftId);
  const id = shiftId === undefined ? `day.${date}` : `shift.${shiftId}`;
  if (period === null)
    return refused(
      'unknownPeriod',
      `${path} has no shift in ${id}`,
      shiftId === undefined ? 'date' : 'shiftId',
    );
  const { from, to } = period;
  if (to > now) return refused('periodNotOver', `${id} of ${path} lasts until ${to}`);
  const before = closedPeriodsOf(state, path).find((each) => each.id === id);
  if (before !== undefined)
    return conflict('periodClosed', `${id} of ${path} was closed at ${before.closedAt} by ${before.by}`);
  const figures = figuresAtClose(state, config, line, period, now);
  return {
    events: [{ type: 'periodClosed', periodId: id, line: path, at, author, from, to, figures }],
    data: { periodId: id },
  };
}

function figuresAtClose(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  period: Interval,
  now: EpochMs,
): ClosedFigures | null {
  if ((equipmentOf(state, line.constraint.path).heldFrom ?? -Infinity) > period.from) return null;
  const { availability, performance, quality, oee, times, losses, counts, flags } = shiftFigures(
    state,
    config,
    line.config.path,
    period,
    now,
  );
  return { availability, performance, quality, oee, times, losses, counts, flags };
}

function closedPeriodsOf(state: EngineState, line: LinePath): readonly ClosedPeriod[] {
  return lineOf(state, line).closedPeriods ?? [];
}

/**
 * What was decided, beside what it does to closed periods: refused without a reason for adjusting them, else with
 * an event per period that is adjusted.
 */
export function withAdjustments(
  state: EngineState,
  config: PlantConfig,
  decided: StepResult,
  author: string,
  at: EpochMs,
  why: string | undefined,
): StepResult {
  const touched = new Map<ClosedPeriod, { line: LinePath; edits: Set<string> }>();
  for (const event of decided.events) {
    const edit = editOf(state, config, event);
    if (edit === null) continue;
    for (const period of closedPeriodsOf(state, edit.line)) {
      if (edit.from >= period.to || edit.to < period.from) continue;
      const known = touched.get(period);
      if (known === undefined) touched.set(period, { line: edit.line, edits: new Set([event.type]) });
      else known.edits.add(event.type);
    }
  }
  const [first] = touched;
  if (first === undefined) return decided;
  if (why === undefined) {
    const [{ id, by, closedAt }, { line }] = first;
    return conflict(
      'periodClosed',
      `${id} of ${line} was closed at ${closedAt} by ${by}; say with "adjustment" why it is changed all the same`,
    );
  }
  const adjusted = [...touched].map(([{ id }, { line, edits }]): FactoryEvent => ({
    type: 'periodAdjusted',
    periodId: id,
    line,
    at,
    author,
    why,
    edits: [...edits],
  }));
  return { ...decided, events: [...decided.events, ...adjusted] };
}

/** What people's events say of the time of a line's figures; calls and notes say nothing of it. */
function editOf(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
): (Interval & { readonly line: LinePath }) | null {
  if (event.type === 'periodClosed' || event.type === 'periodAdjusted' || 'callId' in event) return null;
  if (event.type === 'downtimeNoted' || 'alarm' in event) return null;
  const downtime = 'downtimeId' in event ? downtimeSpan(state, event.downtimeId) : null;
  const line =
    downtime?.line ??
    ('line' in event
      ? event.line
      : 'equipment' in event && event.equipment !== undefined
        ? plantIndex(config).equipment.get(event.equipment)?.config.line
        : undefined);
  if (line === undefined) return null;
  const at = numberIn(event, 'readAt') ?? numberIn(event, 'at') ?? 0;
  const from = downtime?.from ?? numberIn(event, 'from') ?? at;
  // A count belongs to the time up to its instant.
  const start = event.type === 'counted' || event.type === 'countJudged' ? from - 1 : from;
  if (event.type === 'productChanged') return { line, from, to: productUntil(state, event.equipment, from) };
  return { line, from: start, to: Math.max(start, (downtime?.to ?? numberIn(event, 'to') ?? at) - 1) };
}

/** A product holds up to the next that was told. */
function productUntil(state: EngineState, equipment: EquipmentPath, from: EpochMs): EpochMs {
  return equipmentOf(state, equipment).products.find(({ at }) => at > from)?.at ?? Infinity;
}

function numberIn(event: object, member: 'from' | 'to' | 'at' | 'readAt'): number | null {
  const value: unknown = Object.entries(event).find(([name]) => name === member)?.[1];
  return typeof value === 'number' ? value : null;
}

function downtimeSpan(state: EngineState, id: string): (Interval & { readonly line: LinePath }) | null {
  for (const [line, { downtimes }] of Object.entries(state.lines)) {
    const found = downtimes.find((downtime) => downtime.id === id);
    if (found !== undefined) return { line, from: found.from, to: found.to ?? Infinity };
  }
  return null;
}
