import { countSourceOf } from '../count/count-source.ts';
import type { Counts } from '../count/count-source.ts';
import { NO_COUNTS } from '../count/count-source.ts';
import { productSpans } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { effectiveSegments, horizonOf } from '../equipment/equipment-timeline.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { constraintFor, downstreamOf, lineProductSpans, productTeller } from './line-constraint.ts';
import { idealCyclesOf } from '../plant/ideal-cycles.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentConfig, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';
import { equipmentPlan } from '../shift/equipment-plan.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { PlanSegment } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import type { Figure, Unknown } from './figure.ts';
import { oeeFactorsOf, oeeFiguresOf } from './dated-figures.ts';
import { unknown } from './figure.ts';
import type { Losses, OeeFactors, OeeFigures, OeeInputs } from './oee-figures.ts';
import { LOSS_NAMES } from './oee-figures.ts';
import { figuresReach } from './reach.ts';

/** Figures of a line over a shift up to `asOf`; times and losses sum to the elapsed part of the window. */
export interface LineFigures {
  readonly window: Interval | Unknown;
  readonly asOf: { readonly at: EpochMs };
  readonly availability: { readonly value: Figure };
  readonly performance: { readonly value: Figure };
  readonly quality: { readonly value: Figure };
  readonly oee: { readonly value: Figure; readonly worst: Figure; readonly best: Figure };
  readonly times: Readonly<Record<string, number>>;
  readonly losses: Losses;
  readonly counts: Counts & { readonly unobserved: number; readonly unplanned: Counts };
  readonly flags: { readonly codes: readonly string[] };
}

/** Figures of the line's shift at `now`. */
export function lineFigures(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): LineFigures {
  const shift = lineShiftAt(state, config, line, now);
  return shift === null ? withoutFigures('noShift', now) : shiftFigures(state, config, line, shift, now);
}

/** Figures of one shift instance, as the facts held now show it up to `now`. */
export function shiftFigures(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  shift: Interval,
  now: EpochMs,
): LineFigures {
  const figures = figuresBetween(state, config, line, shift, now);
  if ('unknown' in figures) return withoutFigures(figures.unknown, now);
  const { availability, performance, quality, oee, interval, times, losses, counts, flags } = figures;
  return {
    window: { from: shift.from, to: shift.to },
    asOf: { at: Math.min(now, shift.to) },
    availability: { value: availability },
    performance: { value: performance },
    quality: { value: quality },
    oee: { value: oee, ...interval },
    times,
    losses,
    counts,
    flags: { codes: flags },
  };
}

/** Figures of a line over any window whose facts are still held, up to `now`. */
export function figuresBetween(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  window: Interval,
  now: EpochMs,
): OeeFigures | Unknown {
  const line = plantIndex(config).lines.get(path);
  if (line === undefined) return unknown('unknownLine');
  return oeeFiguresOf(lineInputPieces(state, config, line, window, now));
}

/** What is watched of the figures between. */
export function factorsBetween(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  window: Interval,
  now: EpochMs,
): OeeFactors | Unknown {
  const line = plantIndex(config).lines.get(path);
  if (line === undefined) return unknown('unknownLine');
  return oeeFactorsOf(lineInputPieces(state, config, line, window, now));
}

/** A window cut where the product of a line's main constraint changes to one with another constraint. */
export function constraintSpans(
  state: EngineState,
  line: IndexedLine,
  { from, to }: Interval,
  now: EpochMs,
): readonly (Interval & { readonly constraint: EquipmentConfig })[] {
  const main = line.constraint;
  if (line.constraintByProduct.size === 0) return [{ from, to, constraint: main }];
  const end = Math.max(from, Math.min(to, now));
  const spans: { from: EpochMs; to: EpochMs; constraint: EquipmentConfig }[] = [];
  for (const span of lineProductSpans(state, line, from, end)) {
    const constraint = constraintFor(line, span.product);
    const last = spans.at(-1);
    if (last?.constraint === constraint) last.to = span.to;
    else spans.push({ from: span.from, to: span.to, constraint });
  }
  return spans.length === 0 ? [{ from, to, constraint: main }] : spans;
}

/** The plan of a line over `[from, to)` as it is for what carries it at the time. */
export function carriedPlan(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  window: Interval,
  now: EpochMs,
): readonly PlanSegment[] {
  return constraintSpans(state, line, window, Infinity).flatMap(({ constraint, from, to }) =>
    equipmentPlan(state, config, constraint, from, to, now),
  );
}

/** What the figures of a line are computed from, by stretches under one constraint. */
export function lineInputPieces(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  window: Interval,
  now: EpochMs,
): readonly OeeInputs[] {
  return constraintSpans(state, line, window, now).map(({ constraint, from, to }) => {
    const input = inputsOf(
      state,
      config,
      constraint,
      downstreamOf(line, constraint).map((each) => sourceOf(state, each)),
      { from, to },
      now,
    );
    const teller = productTeller(state, line, constraint);
    if (teller === constraint) return input;
    const { products } = equipmentOf(state, teller.path);
    const spans = productSpans(products, teller.defaultProduct, input.window.from, input.window.to);
    return Object.assign({}, input, { products: spans });
  });
}

/** What the figures of one equipment by itself are computed from: nothing after it on its line is in them. */
export function equipmentInputs(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
  window: Interval,
  now: EpochMs,
): OeeInputs | Unknown {
  const equipment = plantIndex(config).equipment.get(path)?.config;
  if (equipment === undefined) return unknown('unknownEquipment');
  return inputsOf(state, config, equipment, [], window, now);
}

function inputsOf(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  downstream: OeeInputs['downstream'],
  { from, to }: Interval,
  now: EpochMs,
): OeeInputs {
  const index = plantIndex(config);
  const window = { from, to: Math.max(from, Math.min(to, now)) };
  const facts = equipmentOf(state, equipment.path);
  const ideals = idealCyclesOf(config, equipment);
  const horizon = horizonOf(state, equipment, now);
  const reach = figuresReach(facts.states, facts.produced, window, horizon);
  return {
    window,
    states: effectiveSegments(state, config, equipment, reach.from, reach.to, now),
    plan: equipmentPlan(state, config, equipment, reach.from, reach.to, now),
    products: productSpans(facts.products, equipment.defaultProduct, window.from, window.to),
    minorStopMs: equipment.minorStopMs,
    minorStopsCount: 'performance',
    reasons: index.reasons,
    endsOpen: reach.to >= horizon,
    source: sourceOf(state, equipment),
    downstream,
    startupMs: 0,
    idealCycleMs: ideals.at(window.from),
    ...(ideals.changes.length === 0 ? null : { idealChanges: ideals.changes }),
    assumeQuality: equipment.assumeQuality,
  };
}

function sourceOf(state: EngineState, equipment: EquipmentConfig): ReturnType<typeof countSourceOf> {
  return countSourceOf(equipmentOf(state, equipment.path), equipment.unitsPerCount);
}

const NO_LOSSES = Object.fromEntries(
  [...LOSS_NAMES, 'fullyProductive'].map((name) => [name, 0]),
) as unknown as Losses;

function withoutFigures(reason: string, now: EpochMs): LineFigures {
  const value = unknown(reason);
  return {
    window: value,
    asOf: { at: now },
    availability: { value },
    performance: { value },
    quality: { value },
    oee: { value, worst: value, best: value },
    times: {},
    losses: NO_LOSSES,
    counts: { ...NO_COUNTS, unobserved: 0, unplanned: NO_COUNTS },
    flags: { codes: [] },
  };
}
