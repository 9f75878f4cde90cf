/**
 * How much the server sheds to keep its promises. 0: nothing. 1: `low` rests up to four times its budget. 2: `low`
 * brings the latest once in 5 s. 3: `normal` rests up to four times its budget, and new sessions are told to come
 * back later. Never shed: `critical`, `high`, commands, replies, sessions that are there.
 */
export const DEGRADATION_LEVELS = [0, 1, 2, 3] as const;
export type DegradationLevel = (typeof DEGRADATION_LEVELS)[number];

/** What the load is judged by. */
export interface Load {
  /** 99th percentile of the event loop's delay over the last interval, ms. */
  readonly eventLoopDelayMs: number;
  /** Part of the last interval spent flushing, 0 to 1. */
  readonly flushShare: number;
  /** Memory in use of what there is, 0 to 1. */
  readonly memoryShare: number;
}
export type LoadMeasure = keyof Load;

export interface DegradationTerms {
  /** Reaching the bound calls for level 1, 2, 3. */
  readonly bounds: Readonly<Record<LoadMeasure, readonly [number, number, number]>>;
  /** A level is left when every measure is below this part of its bound. */
  readonly clearRatio: number;
  /** How long a higher level must be called for without a break before the next one is taken. */
  readonly raiseAfterMs: number;
  /** How long the present level must not be needed without a break before the one below is taken. */
  readonly clearAfterMs: number;
}

export const DEGRADATION_TERMS: DegradationTerms = {
  bounds: {
    eventLoopDelayMs: [100, 250, 500],
    flushShare: [0.75, 0.9, 0.97],
    memoryShare: [0.8, 0.88, 0.94],
  },
  clearRatio: 0.7,
  raiseAfterMs: 3_000,
  clearAfterMs: 10_000,
};

export interface Degradation {
  readonly level: DegradationLevel;
  /** When the level was taken, ms since the epoch. */
  readonly since: number;
  /** The measures that call for the level or called for it last; empty at level 0. */
  readonly reasons: readonly LoadMeasure[];
  /** Since when a higher level is called for, and since when this one is not needed; `null`: not so. */
  readonly risingSince: number | null;
  readonly fallingSince: number | null;
}

export function startDegradation(now: number): Degradation {
  return { level: 0, since: now, reasons: [], risingSince: null, fallingSince: null };
}

/** The state after the load was measured. Levels are taken one at a time, up and down. */
export function degrade(
  before: Degradation,
  load: Load,
  now: number,
  terms: DegradationTerms = DEGRADATION_TERMS,
): Degradation {
  if (neededLevel(load, terms, 1) > before.level) return rise(before, load, now, terms);
  if (neededLevel(load, terms, terms.clearRatio) < before.level) return fall(before, now, terms);
  return { ...before, risingSince: null, fallingSince: null };
}

function rise(before: Degradation, load: Load, now: number, terms: DegradationTerms): Degradation {
  const risingSince = before.risingSince ?? now;
  if (now - risingSince < terms.raiseAfterMs) return { ...before, risingSince, fallingSince: null };
  const level = levelOf(before.level + 1);
  const reasons = MEASURES.filter((measure) => load[measure] >= boundOf(terms, measure, level));
  return { level, since: now, reasons, risingSince: now, fallingSince: null };
}

function fall(before: Degradation, now: number, terms: DegradationTerms): Degradation {
  const fallingSince = before.fallingSince ?? now;
  if (now - fallingSince < terms.clearAfterMs) return { ...before, risingSince: null, fallingSince };
  const level = levelOf(before.level - 1);
  const reasons = level === 0 ? [] : before.reasons;
  return { level, since: now, reasons, risingSince: null, fallingSince: now };
}

const MEASURES: readonly LoadMeasure[] = ['eventLoopDelayMs', 'flushShare', 'memoryShare'];

/** The highest level whose bound, times `ratio`, some measure reaches. */
function neededLevel(load: Load, terms: DegradationTerms, ratio: number): DegradationLevel {
  const isNeeded = (level: DegradationLevel): boolean =>
    MEASURES.some((measure) => load[measure] >= boundOf(terms, measure, level) * ratio);
  return DEGRADATION_LEVELS.findLast((level) => level > 0 && isNeeded(level)) ?? 0;
}

function boundOf({ bounds }: DegradationTerms, measure: LoadMeasure, level: DegradationLevel): number {
  return level === 0 ? 0 : (bounds[measure][level - 1] ?? Infinity);
}

function levelOf(level: number): DegradationLevel {
  return DEGRADATION_LEVELS[Math.min(3, Math.max(0, level))] ?? 0;
}
