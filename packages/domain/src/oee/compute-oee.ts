import { insertCountFact } from '../count/count-facts.ts';
import { insertProductFact, productSpans } from '../count/product-facts.ts';
import { insertReading } from '../count/reading-facts.ts';
import type { CountSource } from '../count/count-source.ts';
import type { EquipmentState } from '../engine/engine-state.ts';
import type { Refusal } from '../engine/engine-types.ts';
import { insertStateFact } from '../equipment/state-facts.ts';
import { PACKML_MAPPING, PLAIN_MAPPING, UNMAPPED_STATE, meaningOf } from '../equipment/state-mapping.ts';
import { stateSegments } from '../equipment/timeline.ts';
import type { EpochMs } from '../plant/plant.ts';
import { reasonTable } from '../plant/reasons.ts';
import { planSegments } from '../shift/plan.ts';
import type { Figure } from './figure.ts';
import { isKnown } from './figure.ts';
import type { OeeFigures, OeeTimes, ProductFigures } from './oee-figures.ts';
import { oeeFigures } from './oee-figures.ts';
import type { OeeInput, OeeObservation } from './oee-input.ts';
import { oeeInputRefusal } from './oee-input-refusal.ts';
import { figuresReach } from './reach.ts';

export interface OeeReport {
  readonly status: 'computed';
  readonly availability: number | null;
  readonly performance: number | null;
  readonly quality: number | null;
  readonly oee: number | null;
  readonly interval: { readonly worst: number | null; readonly best: number | null };
  readonly times: OeeTimes;
  readonly counts: OeeFigures['counts'];
  /** ms; the window less their sum is `fullyProductiveMs`. */
  readonly losses: Omit<OeeFigures['losses'], 'fullyProductive'>;
  readonly fullyProductiveMs: number;
  readonly byProduct: readonly ProductFigures[];
  readonly flags: readonly string[];
  /** Reason for each figure that is null. */
  readonly why: Readonly<Record<string, string>>;
}

export type OeeResult = OeeReport | { readonly status: 'refused'; readonly refusal: Refusal };

/** Figures of a written-down history, through the same code as the live ones. */
export function computeOee(input: OeeInput): OeeResult {
  const refusal = oeeInputRefusal(input);
  if (refusal !== null) return { status: 'refused', refusal };
  const facts = factsOf(input.observations);
  const { window } = input;
  // The last state holds: a stop that nothing ends is measured to the window's edge.
  const reach = figuresReach(facts.states, facts.produced, window, window.to);
  const source = {
    states: facts.states,
    contact: { heard: ALWAYS_HEARD, losses: [] },
    silentAfterMs: null,
    changeovers: [],
  };
  const figures = oeeFigures({
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
    downstream: [],
    startupMs: input.startupMs ?? 0,
    idealCycleMs: idealCycles(input),
    assumeQuality: input.assumeQuality ?? false,
  });
  const unmapped = facts.states.some(({ reason }) => reason === UNMAPPED_STATE);
  return reportOf(figures, unmapped ? [...figures.flags, UNMAPPED_STATE] : figures.flags);
}

/** A file's machine is never silent: its states hold until the next. */
const ALWAYS_HEARD: [EpochMs, EpochMs][] = [[-Infinity, Infinity]];

const MAPPING = new Map([...Object.entries(PACKML_MAPPING), ...Object.entries(PLAIN_MAPPING)]);

function idealCycles({ products }: OeeInput): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(products).flatMap(([id, { idealCycleMs }]) =>
      idealCycleMs === undefined || idealCycleMs === null ? [] : [[id, idealCycleMs] as const],
    ),
  );
}

type FileFacts = Pick<EquipmentState, 'states' | 'products'> & CountSource;

function factsOf(observations: readonly OeeObservation[]): FileFacts {
  const facts = {
    states: [] as EquipmentState['states'],
    products: [] as EquipmentState['products'],
    counts: [] as EquipmentState['counts'],
    produced: [] as EquipmentState['produced'],
    rejected: [] as EquipmentState['rejected'],
    rejectsKnown: false,
    unitsPerCount: 1,
  };
  const inOrder = [...observations].sort((a, b) => a.at - b.at);
  for (const { at, state: raw, reason, product, good, scrap, rework, counter, rejectCounter } of inOrder) {
    if (raw !== undefined) insertStateFact(facts.states, { at, raw, ...meaningOf(MAPPING, raw, reason) });
    if (product !== undefined) insertProductFact(facts.products, { at, product });
    if (good !== undefined || scrap !== undefined || rework !== undefined)
      insertCountFact(facts.counts, at, { good: good ?? 0, scrap: scrap ?? 0, rework: rework ?? 0 });
    if (scrap !== undefined || rework !== undefined) facts.rejectsKnown = true;
    if (counter !== undefined) insertReading(facts.produced, at, counter);
    if (rejectCounter !== undefined) insertReading(facts.rejected, at, rejectCounter);
  }
  return facts;
}

function reportOf(figures: OeeFigures, flags: readonly string[]): OeeReport {
  const why: Record<string, string> = {};
  const valueOf = (name: string, figure: Figure): number | null => {
    if (isKnown(figure)) return figure;
    why[name] = figure.unknown;
    return null;
  };
  const { fullyProductive, ...losses } = figures.losses;
  return {
    status: 'computed',
    availability: valueOf('availability', figures.availability),
    performance: valueOf('performance', figures.performance),
    quality: valueOf('quality', figures.quality),
    oee: valueOf('oee', figures.oee),
    interval: {
      worst: valueOf('interval.worst', figures.interval.worst),
      best: valueOf('interval.best', figures.interval.best),
    },
    times: figures.times,
    counts: figures.counts,
    losses,
    fullyProductiveMs: fullyProductive,
    byProduct: figures.byProduct,
    flags,
    why,
  };
}
