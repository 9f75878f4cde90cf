import { countsBetween, type CountSource } from '../count/count-source.ts';
import { productSpans } from '../count/product-facts.ts';
import type { Refusal } from '../engine/engine-types.ts';
import { UNMAPPED_STATE } from '../equipment/state-mapping.ts';
import { stateSegments } from '../equipment/timeline.ts';
import type { EpochMs } from '../plant/plant.ts';
import { reasonTable } from '../plant/reasons.ts';
import { planSegments } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import { factsOf, type FileFacts } from './file-facts.ts';
import type { OeeFigures } from './oee-figures.ts';
import { oeeFigures } from './dated-figures.ts';
import type { EquipmentInput, LineInput, OeeInput } from './oee-input.ts';
import { equipmentRefusal, lineRefusal, oeeInputRefusal } from './oee-input-refusal.ts';
import { figuresReach } from './reach.ts';
import type { OeeReport, RollUpReport } from './report.ts';
import { reportOf, rollUpReport } from './report.ts';

interface Refused {
  readonly status: 'refused';
  readonly refusal: Refusal;
}

export type OeeResult = (OeeReport & { readonly status: 'computed' }) | Refused;

/** Figures of a written-down history, through the same code as the live ones. */
export function computeOee(input: OeeInput): OeeResult {
  const refusal = oeeInputRefusal(input);
  if (refusal !== null) return { status: 'refused', refusal };
  return { status: 'computed', ...reportOfHistory(historyOf(input), []) };
}

export type EquipmentOeeResult =
  | {
      readonly status: 'computed';
      readonly equipment: Readonly<Record<string, OeeReport>>;
      readonly rollup: RollUpReport;
    }
  | Refused;

/** Figures of several equipment, and rolled up by their times and counts. */
export function computeEquipmentOee(inputs: readonly EquipmentInput[]): EquipmentOeeResult {
  const refusal = equipmentRefusal(inputs);
  if (refusal !== null) return { status: 'refused', refusal };
  const histories = inputs.map((input) => historyOf(input));
  return {
    status: 'computed',
    equipment: reportsOf(inputs, histories),
    rollup: rollUpReport(
      histories.map((history) => figuresOf(history, history.input.window, [])),
      strictestCoverage(inputs),
      inputs[0]?.failureDivisor,
    ),
  };
}

export interface LineReport extends RollUpReport {
  /** The equipment that carried availability and performance, by stretch of the window. */
  readonly constraints: readonly (Interval & { readonly equipment: string })[];
  /** Scrap before the constraint, parts; in no ratio of the line. */
  readonly upstreamScrap: number;
}

export type LineOeeResult =
  | {
      readonly status: 'computed';
      readonly equipment: Readonly<Record<string, OeeReport>>;
      readonly line: LineReport;
    }
  | Refused;

/**
 * Figures of a line: its constraint carries availability and performance, and rejects at or after it come out of
 * its parts. Where the constraint differs per product, the window is split where the product changes.
 */
export function computeLineOee(input: LineInput): LineOeeResult {
  const refusal = lineRefusal(input);
  if (refusal !== null) return { status: 'refused', refusal };
  const { line, equipment } = input;
  const histories = equipment.map((item) => historyOf(item));
  const ids = equipment.map(({ equipment: id }) => id);
  const constraints = constraintSpans(line, ids, histories);
  const pieces: OeeFigures[] = [];
  let upstreamScrap = 0;
  for (const { equipment: id, from, to } of constraints) {
    const index = ids.indexOf(id);
    const history = histories[index];
    if (history === undefined) continue;
    const later = histories.slice(index + 1).map(({ facts }) => facts);
    pieces.push(figuresOf(history, { from, to }, later));
    for (const { facts } of histories.slice(0, index)) upstreamScrap += countsBetween(facts, from, to).scrap;
  }
  const rolled = rollUpReport(pieces, strictestCoverage(equipment), equipment[0]?.failureDivisor);
  return {
    status: 'computed',
    equipment: reportsOf(equipment, histories),
    line: { ...rolled, constraints, upstreamScrap },
  };
}

interface History {
  readonly input: OeeInput;
  readonly facts: FileFacts;
}

function historyOf(input: OeeInput): History {
  return { input, facts: factsOf(input.observations) };
}

function reportOfHistory(history: History, downstream: readonly CountSource[]): OeeReport {
  const hasUnmapped = history.facts.states.some(({ reason }) => reason === UNMAPPED_STATE);
  return reportOf(figuresOf(history, history.input.window, downstream), hasUnmapped);
}

function reportsOf(
  inputs: readonly EquipmentInput[],
  histories: readonly History[],
): Readonly<Record<string, OeeReport>> {
  return Object.fromEntries(
    histories.map((history, index) => [inputs[index]?.equipment ?? '', reportOfHistory(history, [])]),
  );
}

function strictestCoverage(inputs: readonly OeeInput[]): number {
  return Math.max(...inputs.map(({ minCoverage }) => minCoverage ?? 1));
}

/** The window cut where the line's product changes to one with another constraint. */
function constraintSpans(
  { constraint, constraintByProduct = {} }: LineInput['line'],
  ids: readonly string[],
  histories: readonly History[],
): readonly (Interval & { readonly equipment: string })[] {
  const main = histories[ids.indexOf(constraint)];
  if (main === undefined) return [];
  const { from, to } = main.input.window;
  const spans: { from: EpochMs; to: EpochMs; equipment: string }[] = [];
  for (const span of productSpans(main.facts.products, null, from, to)) {
    const equipment = (span.product === null ? undefined : constraintByProduct[span.product]) ?? constraint;
    const last = spans.at(-1);
    if (last?.equipment === equipment) last.to = span.to;
    else spans.push({ from: span.from, to: span.to, equipment });
  }
  return spans;
}

function figuresOf(
  { input, facts }: History,
  window: Interval,
  downstream: readonly CountSource[],
): OeeFigures {
  // The last state holds for good, whatever window is asked for, so that the parts of a window add up to it.
  const reach = figuresReach(facts.states, facts.produced, window, Infinity);
  const source = {
    states: facts.states,
    contact: { heard: ALWAYS_HEARD, losses: [] },
    silentAfterMs: null,
    changeovers: [],
  };
  return oeeFigures({
    window,
    states: stateSegments(source, reach.from, reach.to, Infinity),
    plan: planSegments(
      {
        // Outside the window everything is planned, so that a stop's length does not hang on the window.
        planned: input.planned ?? [{ from: -Infinity, to: Infinity }],
        breaks: input.breaks ?? [],
        plannedDowntime: input.plannedDowntime ?? [],
      },
      reach.from,
      reach.to,
    ),
    products: productSpans(facts.products, null, window.from, window.to),
    minorStopMs: input.minorStopMs ?? 0,
    minorStopsCount: input.minorStopsCount ?? 'performance',
    reasons: reasonTable(Object.entries(input.reasons ?? {})),
    endsOpen: (facts.states.at(-1)?.at ?? -Infinity) < reach.to,
    source: facts,
    downstream,
    startupMs: input.startupMs ?? 0,
    idealCycleMs: idealCycles(input),
    assumeQuality: input.assumeQuality ?? false,
    minCoverage: input.minCoverage ?? 1,
    ...(input.failureDivisor === undefined ? {} : { failureDivisor: input.failureDivisor }),
  });
}

/** A file's machine is never silent: its states hold until the next. */
const ALWAYS_HEARD: [EpochMs, EpochMs][] = [[-Infinity, Infinity]];

function idealCycles({ products }: OeeInput): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(products).flatMap(([id, { idealCycleMs }]) =>
      idealCycleMs === undefined || idealCycleMs === null ? [] : [[id, idealCycleMs] as const],
    ),
  );
}
