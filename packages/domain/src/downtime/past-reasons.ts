import type { ReasonConfig, StateName, EpochMs } from '../plant/plant.ts';
import { DONT_KNOW } from '../plant/reasons.ts';
import type { Downtime } from './downtime.ts';

/** What a person once gave as the reason of a stop, with what was seen of it. */
export interface PastReason {
  readonly from: EpochMs;
  readonly reason: string;
  readonly state: StateName;
  readonly machineReason: string | null;
  /** Codes of the alarms around its start; absent: none. */
  readonly alarms?: readonly string[];
}

/** Remembered per line: what is older is outweighed. */
const KEPT = 100;
/** Of one stop. */
const ALARMS_KEPT = 20;
/** At most so many are offered before the tree. */
const OFFERED = 8;
/** After so long a reason counts half. */
const HALF_LIFE_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
/** Two stops so near in the time of day are at the same time of a shift. */
const SAME_TIME_MS = 3_600_000;

/** What a likeness adds to the weight of a past reason, which is 1. */
const LIKENESS = { machineReason: 4, alarm: 4, state: 1, time: 1 } as const;

type SeenStop = Pick<Downtime, 'from' | 'state' | 'machineReason'> & {
  /** Codes of the alarms around its start. */
  readonly alarms: readonly string[];
};

export function withPastReason(
  past: readonly PastReason[],
  { from, state, machineReason }: Downtime,
  reason: string,
  alarms: readonly string[],
): PastReason[] {
  const others = past.filter((each) => each.from !== from);
  const seen = alarms.length === 0 ? null : { alarms: alarms.slice(0, ALARMS_KEPT) };
  return [...others, { from, reason, state, machineReason, ...seen }].slice(-KEPT);
}

/**
 * Codes of the reasons a stop probably had, likeliest first, at most eight: the machine's own word, then what people
 * said of stops like it (same machine reason, an alarm in common, same state, same time of day; lately counts more),
 * then the plant's order. `dontKnow` and retired reasons are never offered here.
 */
export function rankedReasons(
  stop: SeenStop,
  past: readonly PastReason[],
  reasons: readonly ReasonConfig[],
): readonly string[] {
  const weights = new Map<string, number>();
  for (const each of past) weights.set(each.reason, (weights.get(each.reason) ?? 0) + weightOf(each, stop));
  if (stop.machineReason !== null) weights.set(stop.machineReason, Infinity);
  return reasons
    .filter(({ code, retired }) => retired !== true && code !== DONT_KNOW)
    .map(({ code }) => ({ code, weight: weights.get(code) ?? 0 }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, OFFERED)
    .map(({ code }) => code);
}

function weightOf(past: PastReason, stop: SeenStop): number {
  const ageMs = Math.abs(stop.from - past.from);
  const apartMs = ageMs % DAY_MS;
  const isSameTime = Math.min(apartMs, DAY_MS - apartMs) <= SAME_TIME_MS;
  const isSameReason = past.machineReason !== null && past.machineReason === stop.machineReason;
  const likeness =
    1 +
    (isSameReason ? LIKENESS.machineReason : 0) +
    (stop.alarms.some((code) => past.alarms?.includes(code) === true) ? LIKENESS.alarm : 0) +
    (past.state === stop.state ? LIKENESS.state : 0) +
    (isSameTime ? LIKENESS.time : 0);
  return likeness * 0.5 ** (ageMs / HALF_LIFE_MS);
}
