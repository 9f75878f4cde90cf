import type { CountSource, Counts, PartStep } from '../count/count-source.ts';
import { NO_COUNTS, addCounts, countKind, countsBetween, partStepsAcross } from '../count/count-source.ts';
import { countedBetween } from '../count/count-facts.ts';
import type { ProductSpan } from '../count/product-facts.ts';
import { readBetween } from '../count/reading-facts.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import type { EpochMs, StateName } from '../plant/plant.ts';
import type { PlanSegment } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import { lastStartedBy, normalised, overlapMs } from '../time/interval.ts';

export interface CountInput {
  readonly window: Interval;
  readonly states: readonly StateSegment[];
  readonly plan: readonly PlanSegment[];
  readonly products: readonly ProductSpan[];
  readonly source: CountSource;
  /** Equipment after this one on its line: their rejects come out of the good parts. */
  readonly downstream: readonly CountSource[];
  readonly startupMs: number;
}

interface ProductCounts {
  readonly counts: Counts;
  /** Scrap made during setup or within the startup time after it. */
  readonly startupScrap: number;
  /** Parts known by the counter only, made while the machine was mostly not observed. */
  readonly unobserved: number;
}

export interface CountResult {
  readonly byProduct: ReadonlyMap<string | null, ProductCounts>;
  readonly total: Counts;
  readonly unobserved: number;
  /** Counted outside the plan; in no figure. */
  readonly unplanned: Counts;
}

/**
 * Counts of the window by product. A count belongs to the time up to its instant: to the plan and the product
 * just before it. What is counted in breaks and planned downtime counts.
 */
export function sumCounts(input: CountInput): CountResult {
  const byProduct = new Map<string | null, ProductCounts>();
  let total = NO_COUNTS;
  let unplanned = NO_COUNTS;
  const startup = startupStretches(input);
  const unseen = unobservedSteps(input);
  let unobserved = 0;
  for (const { from, to, product, planned } of stretches(input)) {
    const counts = withDownstream(input, from, to);
    if (!planned) {
      unplanned = addCounts(unplanned, counts);
      continue;
    }
    total = addCounts(total, counts);
    const known = byProduct.get(product) ?? { counts: NO_COUNTS, startupScrap: 0, unobserved: 0 };
    const unseenHere = unseen
      .filter(({ at }) => at > from && at <= to)
      .reduce((sum, { produced }) => sum + produced, 0);
    unobserved += unseenHere;
    byProduct.set(product, {
      counts: addCounts(known.counts, counts),
      startupScrap: known.startupScrap + scrapWithin(input, startup, from, to),
      unobserved: known.unobserved + unseenHere,
    });
  }
  return { byProduct, total, unobserved, unplanned };
}

interface Stretch extends Interval {
  readonly product: string | null;
  readonly planned: boolean;
}

/** The window cut by product and by whether it is in the plan at all. */
function stretches({ window, plan, products }: CountInput): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const { from, to, kind } of plan)
    for (const span of products) {
      const start = Math.max(window.from, from, span.from);
      const end = Math.min(window.to, to, span.to);
      if (end > start)
        found.push({ from: start, to: end, product: span.product, planned: kind !== 'notScheduled' });
    }
  return found;
}

function withDownstream({ source, downstream }: CountInput, from: EpochMs, to: EpochMs): Counts {
  let counts = countsBetween(source, from, to);
  for (const later of downstream) {
    const { scrap, rework } = rejectsBetween(later, from, to);
    counts = {
      produced: counts.produced,
      good: counts.good - scrap - rework,
      scrap: counts.scrap + scrap,
      rework: counts.rework + rework,
    };
  }
  return counts;
}

function rejectsBetween(source: CountSource, from: EpochMs, to: EpochMs): { scrap: number; rework: number } {
  const told = countedBetween(source.counts, from, to);
  const scrap = told.scrap + readBetween(source.rejected, from, to) * source.unitsPerCount;
  return { scrap, rework: told.rework };
}

function startupStretches({ window, states, startupMs }: CountInput): readonly Interval[] {
  return normalised(
    states
      .filter(({ state }) => state === 'setup')
      .map(({ from, to }) => ({
        from: Math.max(from, window.from),
        to: Math.min(to + startupMs, window.to),
      })),
  );
}

function scrapWithin(
  { source }: CountInput,
  startup: readonly Interval[],
  from: EpochMs,
  to: EpochMs,
): number {
  return startup.reduce((sum, interval) => {
    const start = Math.max(from, interval.from);
    const end = Math.min(to, interval.to);
    return end > start ? sum + rejectsBetween(source, start, end).scrap : sum;
  }, 0);
}

/**
 * Counter increases between two readings that hold more unknown than running time: the parts are known, the time
 * they took is not, so they are no measure of speed.
 */
function unobservedSteps(input: CountInput): readonly { readonly at: EpochMs; readonly produced: number }[] {
  const { window, states, source } = input;
  if (countKind(source) !== 'counter') return [];
  const unknown = states.filter(({ state }) => state === 'unknown');
  const doubtful = new Map<EpochMs, PartStep>();
  for (const segment of unknown)
    for (const stepped of partStepsAcross(source, segment))
      if (stepped.at > window.from && stepped.at <= window.to) doubtful.set(stepped.at, stepped);
  return [...doubtful.values()].filter((stepped) => {
    const span = { from: stepped.since, to: stepped.at };
    return timeIn(unknown, span) > timeIn(states, span, 'running');
  });
}

/** `segments` are sorted and do not overlap. */
function timeIn(segments: readonly StateSegment[], span: Interval, state?: StateName): number {
  let ms = 0;
  for (let index = Math.max(0, lastStartedBy(segments, span.from)); index < segments.length; index += 1) {
    const segment = segments[index];
    if (segment === undefined || segment.from >= span.to) break;
    if (state === undefined || segment.state === state) ms += overlapMs(segment, span);
  }
  return ms;
}
