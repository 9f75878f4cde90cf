import type { EpochMs } from '../plant/plant.ts';
import type { AlarmMemory } from './alarm-memory.ts';
import type { KnownAlarm } from './known-alarms.ts';

const CHATTER_MS = 60_000;
const CHATTER_CYCLES = 3;
const STALE_MS = 24 * 3_600_000;
/** More alarms than this in so long a time are a flood. */
const FLOOD_ALARMS = 10;
const FLOOD_MS = 600_000;

/** Instants at which an alarm was raised in `(from, to]`, in order. */
export function raisedWithin(
  { memory, occurrences }: KnownAlarm,
  from: EpochMs,
  to: EpochMs,
): readonly EpochMs[] {
  return [...memory.past, ...occurrences].map((each) => each.from).filter((at) => at > from && at <= to);
}

/** Whether it can have been raised after `from`: without a fact since then it was not. */
export function mayBeRaisedAfter({ facts, settled }: AlarmMemory, from: EpochMs): boolean {
  return Math.max(facts.at(-1)?.at ?? -Infinity, settled.occurrence?.from ?? -Infinity) > from;
}

/** Cycles in the minute up to `now`. */
export function cyclesPerMinute(alarm: KnownAlarm, now: EpochMs): number {
  return raisedWithin(alarm, now - CHATTER_MS, now).length;
}

export function isChattering(alarm: KnownAlarm, now: EpochMs): boolean {
  return cyclesPerMinute(alarm, now) >= CHATTER_CYCLES;
}

export function isStale({ occurrence }: KnownAlarm, now: EpochMs): boolean {
  return occurrence !== null && occurrence.to === null && now - occurrence.from > STALE_MS;
}

export interface AlarmFlood {
  /** From the alarm that made it more than ten within ten minutes, until there were fewer. */
  readonly from: EpochMs;
  /** `null`: it lasts. */
  readonly to: EpochMs | null;
  /** Alarms raised in it, and before it to make it one. */
  readonly count: number;
}

/** Floods among alarms raised at these instants, which are sorted. */
export function floodsOf(raised: readonly EpochMs[], now: EpochMs): readonly AlarmFlood[] {
  const floods: { from: EpochMs; to: EpochMs; first: number; count: number }[] = [];
  for (let index = FLOOD_ALARMS; index < raised.length; index += 1) {
    const at = raised[index] ?? now;
    const first = index - FLOOD_ALARMS;
    // The oldest of the eleven leaves the ten minutes then.
    const to = (raised[first] ?? at) + FLOOD_MS;
    if (to <= at) continue;
    const last = floods.at(-1);
    if (last !== undefined && at <= last.to) {
      last.to = to;
      last.count = index - last.first + 1;
    } else floods.push({ from: at, to, first, count: FLOOD_ALARMS + 1 });
  }
  return floods.map(({ from, to, count }) => ({ from, to: to > now ? null : to, count }));
}

/** How far back alarms are asked for to tell whether a flood goes on. */
export const FLOOD_REACH_MS = 2 * FLOOD_MS;
