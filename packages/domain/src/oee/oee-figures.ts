import { countedBetween } from '../count/count-facts.ts';
import type { Counts } from '../count/count-source.ts';
import { NO_COUNTS, countKind, knowsRejects } from '../count/count-source.ts';
import { oddKinds } from '../count/reading-facts.ts';
import type { CountInput, CountResult } from './count-sums.ts';
import { sumCounts } from './count-sums.ts';
import type { Figure, Unknown } from './figure.ts';
import { isKnown, product, unknown } from './figure.ts';
import type { Ratios } from './ratios.ts';
import { ratiosOf } from './ratios.ts';
import type { FailureDivisor } from './ratios.ts';
import type { IdealChange } from '../plant/ideal-cycles.ts';
import type { Factors } from './watched-figures.ts';
import type { Weights } from './weights.ts';
import type { TimeInput, TimeResult } from './time-buckets.ts';
import { sumTime } from './time-buckets.ts';

export const LOSS_NAMES = [
  'notScheduled',
  'break',
  'plannedDowntime',
  'unknown',
  'noOrder',
  'setup',
  'breakdown',
  'external',
  'unexplained',
  'minorStop',
  'reducedSpeed',
  'startup',
  'defect',
] as const;
export type LossName = (typeof LOSS_NAMES)[number];
export type Losses = Readonly<Record<LossName | 'fullyProductive', number>>;

/** ISO 22400-2 time elements and what stands beside them, ms. */
export interface OeeTimes extends Readonly<Record<string, number>> {
  readonly POT: number;
  readonly PBT: number;
  readonly APT: number;
  readonly AUST: number;
  readonly AUPT: number;
  readonly ADET: number;
  readonly ADOT: number;
  readonly AUBT: number;
  /** Planned busy time with a product or order set. */
  readonly AOET: number;
  /** Planned time of which nothing is known; part of PBT, in no ratio. */
  readonly unknown: number;
  readonly ranUnplanned: number;
}

export interface OeeInputs extends TimeInput, CountInput {
  /** As they hold at the window's start. */
  readonly idealCycleMs: ReadonlyMap<string, number>;
  /** What changes of them, by instant; those before the window's start are in `idealCycleMs`. Omitted: nothing. */
  readonly idealChanges?: readonly IdealChange[];
  readonly assumeQuality: boolean;
  /** Omitted: 1. Share of running time whose ideal must be known for a performance. */
  readonly minCoverage?: number;
  /** Omitted: `failures`. */
  readonly failureDivisor?: FailureDivisor;
}

export interface ProductFigures {
  readonly product: string | null;
  readonly runMs: number;
  readonly idealCycleMs: number | null;
  readonly counts: Counts;
}

export interface OeeFigures {
  readonly availability: Figure;
  readonly performance: Figure;
  readonly quality: Figure;
  readonly oee: Figure;
  readonly interval: { readonly worst: Figure; readonly best: Figure };
  readonly times: OeeTimes;
  readonly counts: Counts & { readonly unobserved: number; readonly unplanned: Counts };
  readonly losses: Losses;
  readonly byProduct: readonly ProductFigures[];
  readonly weights: Weights;
  readonly ratios: Ratios;
  readonly flags: readonly string[];
}

/** What the input adds up to, before any ratio. */
interface Sums {
  readonly input: OeeInputs;
  readonly time: TimeResult;
  readonly times: OeeTimes;
  readonly counted: CountResult;
  /** Running before the first total was read: nobody knows what it made. */
  readonly uncountedRunMs: number;
  /** Running whose parts were counted and have an ideal, ms. */
  readonly countedRunMs: number;
  readonly ideal: Ideal | Unknown;
}

/** Ideal time of what was made, ms; parts made unobserved are no measure of speed and left out. */
interface Ideal {
  readonly madeMs: number;
  readonly startupMs: number;
  readonly defectMs: number;
  /** Running time of products without an ideal; their parts are in none of these. */
  readonly uncoveredRunMs: number;
}

function uncoveredRunMs(ideal: Ideal | Unknown): number {
  return 'unknown' in ideal ? 0 : ideal.uncoveredRunMs;
}

/** What is watched of figures: the factors, and the planned time of which something is known, ms. */
export interface OeeFactors extends Factors {
  readonly plannedMs: number;
}

/** The factors alone of a window in which no ideal changes. */
export function factorsOfOneStandard(input: OeeInputs): OeeFactors {
  return factorsOf(sumsOf(input));
}

/** Figures of a window in which no ideal changes. */
export function figuresOfOneStandard(input: OeeInputs): OeeFigures {
  const sums = sumsOf(input);
  const { times, counted } = sums;
  const { plannedMs, availability, performance, quality, oee } = factorsOf(sums);
  const weights = weightsOf(sums);
  return {
    availability,
    performance,
    quality,
    oee,
    interval: intervalOf(oee, plannedMs, times.unknown),
    times,
    counts: { ...counted.total, unobserved: counted.unobserved, unplanned: counted.unplanned },
    losses: lossesOf(sums),
    byProduct: productFigures(sums),
    weights,
    ratios: ratiosOf(weights, { performance, quality, oee }, input.failureDivisor),
    flags: flagsOf(sums, performance),
  };
}

function sumsOf(input: OeeInputs): Sums {
  const time = sumTime(input);
  const counted = sumCounts(input);
  const ideal = idealOf(input, time, counted);
  const times = timesOf(time);
  const uncounted = uncountedRunMs(input);
  const countedRunMs = times.APT - uncounted - uncoveredRunMs(ideal);
  return { input, time, times, counted, uncountedRunMs: uncounted, countedRunMs, ideal };
}

function factorsOf({ input, times, counted, countedRunMs, ideal }: Sums): OeeFactors {
  const plannedMs = times.PBT - times.unknown;
  const availability =
    plannedMs > 0 ? times.APT / plannedMs : unknown(times.unknown > 0 ? 'noKnownTime' : 'noPlannedTime');
  const performance = performanceOf(ideal, countedRunMs);
  const quality = qualityOf(input, counted.total);
  return { plannedMs, availability, performance, quality, oee: product(availability, performance, quality) };
}

function weightsOf({ input, time, times, counted, countedRunMs, ideal }: Sums): Weights {
  const { produced, good, scrap, rework } = counted.total;
  const isCounted = countKind(input.source) !== 'none';
  const isRejectKnown = isCounted && (tellsRejects(input) || input.assumeQuality);
  return {
    calendarMs: input.window.to - input.window.from,
    plannedMs: times.PBT - times.unknown,
    unknownMs: times.unknown,
    runMs: times.APT,
    setupMs: times.AUST,
    delayMs: times.ADET,
    downMs: times.ADOT,
    orderMs: times.AOET,
    idealMs: 'unknown' in ideal ? null : ideal.madeMs,
    countedRunMs,
    produced: isCounted ? produced : null,
    // Also where nothing was made: rejects that were found later may belong here.
    good: isRejectKnown ? good : null,
    scrap: isRejectKnown ? scrap : null,
    rework: isRejectKnown ? rework : null,
    failures: time.failures,
  };
}

function timesOf(time: TimeResult): OeeTimes {
  const { buckets, setupMs, minorInRunMs, delayMs, orderMs, ranUnplannedMs } = time;
  const APT = buckets.running + minorInRunMs;
  const ADOT = buckets.noOrder;
  const PBT = APT + setupMs + delayMs + ADOT + buckets.unknown;
  return {
    POT: PBT + buckets.plannedDowntime,
    PBT,
    APT,
    AUST: setupMs,
    AUPT: APT + setupMs,
    ADET: delayMs,
    ADOT,
    AUBT: PBT - ADOT,
    AOET: orderMs,
    unknown: buckets.unknown,
    ranUnplanned: ranUnplannedMs,
  };
}

function idealOf(input: OeeInputs, time: TimeResult, counted: CountResult): Ideal | Unknown {
  if (countKind(input.source) === 'none') return unknown('noCounts');
  let madeMs = 0;
  let startupMs = 0;
  let defectMs = 0;
  let uncoveredRunMs = 0;
  let runMs = 0;
  for (const name of new Set([...counted.byProduct.keys(), ...time.runByProduct.keys()])) {
    const of = counted.byProduct.get(name);
    const ran = time.runByProduct.get(name) ?? 0;
    runMs += ran;
    const cycleMs = name === null ? undefined : input.idealCycleMs.get(name);
    if (cycleMs === undefined) {
      // Running without an order that made nothing needs no ideal.
      if (name === null && (of?.counts.produced ?? 0) === 0) continue;
      uncoveredRunMs += ran;
      // Parts that took no time cannot be weighed by it.
      if (ran === 0 && (of?.counts.produced ?? 0) > 0) return unknown('noIdealCycle');
      continue;
    }
    if (of === undefined) continue;
    madeMs += cycleMs * (of.counts.produced - of.unobserved);
    startupMs += cycleMs * of.startupScrap;
    defectMs += cycleMs * (of.counts.scrap + of.counts.rework - of.startupScrap);
  }
  const minCoverage = input.minCoverage ?? 1;
  if (uncoveredRunMs > 0 && (runMs - uncoveredRunMs) / runMs < minCoverage) return unknown('noIdealCycle');
  return { madeMs, startupMs, defectMs, uncoveredRunMs };
}

function performanceOf(ideal: Ideal | Unknown, countedRunMs: number): Figure {
  if ('unknown' in ideal) return ideal;
  return countedRunMs > 0 ? ideal.madeMs / countedRunMs : unknown('noRunningTime');
}

function uncountedRunMs(input: OeeInputs): number {
  const baseline = input.source.produced[0]?.at;
  if (baseline === undefined || baseline <= input.window.from) return 0;
  const before = { ...input, window: { from: input.window.from, to: Math.min(baseline, input.window.to) } };
  const { buckets, minorInRunMs } = sumTime(before);
  return buckets.running + minorInRunMs;
}

function qualityOf(input: OeeInputs, { produced, good }: Counts): Figure {
  if (countKind(input.source) === 'none') return unknown('noCounts');
  if (!tellsRejects(input) && !input.assumeQuality) return unknown('noRejectSource');
  return produced > 0 ? good / produced : unknown('noParts');
}

function tellsRejects({ source, downstream }: OeeInputs): boolean {
  return knowsRejects(source) || downstream.some((later) => knowsRejects(later));
}

/** OEE if the unknown time had been all loss, and if it had been all fully productive. */
export function intervalOf(oee: Figure, knownMs: number, unknownMs: number): { worst: Figure; best: Figure } {
  if (!isKnown(oee)) return { worst: oee, best: oee };
  const all = knownMs + unknownMs;
  if (all === 0) return { worst: oee, best: oee };
  return { worst: (oee * knownMs) / all, best: (oee * knownMs + unknownMs) / all };
}

/** Losses computed from cycle times are kept to 1/1024 ms, so that sums of them are exact in binary. */
const GRID = 1024;

function onGrid(ms: number): number {
  return Math.round(ms * GRID) / GRID;
}

/** The waterfall: what is left of running after speed and rejects is fully productive, so all sum to the window. */
function lossesOf({ time, ideal }: Sums): Losses {
  const { running, ...losses } = time.buckets;
  // Without counts or ideal cycles running cannot be split; the flag `speedUnknown` says so.
  if ('unknown' in ideal) return { ...losses, ...UNSPLIT, fullyProductive: running };
  const coveredMs = Math.max(0, running - ideal.uncoveredRunMs);
  const reducedSpeed = onGrid(coveredMs - ideal.madeMs);
  const startup = onGrid(ideal.startupMs);
  const defect = onGrid(ideal.defectMs);
  return {
    ...losses,
    reducedSpeed,
    startup,
    defect,
    fullyProductive: running - reducedSpeed - startup - defect,
  };
}

const UNSPLIT = { reducedSpeed: 0, startup: 0, defect: 0 };

function productFigures({ input, time, counted }: Sums): readonly ProductFigures[] {
  const names = new Set([...time.runByProduct.keys(), ...counted.byProduct.keys()]);
  return [...names]
    .map((name) => ({
      product: name,
      runMs: time.runByProduct.get(name) ?? 0,
      idealCycleMs: (name === null ? undefined : input.idealCycleMs.get(name)) ?? null,
      counts: counted.byProduct.get(name)?.counts ?? NO_COUNTS,
    }))
    .filter(({ product, runMs, counts }) => product !== null || runMs > 0 || counts.produced > 0);
}

function flagsOf(sums: Sums, performance: Figure): readonly string[] {
  const { input, time, counted } = sums;
  const { from, to } = input.window;
  const produced = oddKinds(input.source.produced, from, to);
  const rejected = oddKinds(input.source.rejected, from, to);
  const raised: Readonly<Record<string, boolean>> = {
    performanceOver100: isKnown(performance) && performance > 1,
    provisionalStop: time.provisional,
    countsIncomplete: sums.uncountedRunMs > 0,
    countsInconsistent: counted.total.good < 0,
    goodIgnored:
      countKind(input.source) === 'counter' && countedBetween(input.source.counts, from, to).good > 0,
    countsQuarantined: produced.has('quarantined') || rejected.has('quarantined'),
    counterGlitch: produced.has('glitch') || rejected.has('glitch'),
    madeUnobserved: counted.unobserved > 0,
    ranUnplanned: time.ranUnplannedMs > 0,
    countedUnplanned: counted.unplanned.produced > 0,
    speedUnknown: time.buckets.running > 0 && ('unknown' in sums.ideal || sums.ideal.uncoveredRunMs > 0),
    unknownTime: time.buckets.unknown > 0,
  };
  return Object.keys(raised).filter((code) => raised[code] === true);
}
