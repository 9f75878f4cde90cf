import type { EpochMs, StateName } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import type { Contact, ContactSpan } from './contact.ts';
import { contactSpans } from './contact.ts';
import type { StateFact } from './state-facts.ts';
import { isStop } from './state-mapping.ts';

/** One state over a stretch of time. `raw` is `null` where no machine said it. */
export interface StateSegment {
  from: EpochMs;
  to: EpochMs;
  state: StateName;
  raw: string | null;
  reason: string | null;
}

/** Reasons an unknown state carries. */
const SILENT = 'silent';
const CONNECTION_LOST = 'connectionLost';
export const NOT_HEARD_YET = 'notHeardYet';
const NO_STATE_YET = 'noStateYet';

export interface TimelineSource {
  readonly states: readonly StateFact[];
  readonly contact: Contact;
  readonly silentAfterMs: number | null;
  /** Stretches in which it was being changed over or set up: standing still is then setup. Sorted, disjoint. */
  readonly changeovers: readonly Interval[];
}

/** `[from, to)` in effective states, without gap or overlap; neighbours differ. `to` is at most `now`. */
export function stateSegments(
  source: TimelineSource,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly StateSegment[] {
  const segments: StateSegment[] = [];
  let cursor = from;
  let gapReason = NOT_HEARD_YET;
  for (const span of contactSpans(source.contact, source.silentAfterMs, from, to, now)) {
    if (span.to > cursor || span.from > cursor) {
      const start = Math.min(Math.max(span.from, cursor), to);
      push(segments, cursor, start, 'unknown', null, gapReason);
      const end = Math.min(span.to, to);
      pushObserved(segments, source.states, start, end);
      cursor = Math.max(start, end);
    }
    gapReason = reasonAfter(span);
  }
  push(segments, cursor, to, 'unknown', null, gapReason);
  return source.changeovers.length === 0 ? segments : withSetup(segments, source.changeovers);
}

function reasonAfter(span: ContactSpan): string {
  return span.endedBy === 'loss' ? CONNECTION_LOST : SILENT;
}

function pushObserved(
  segments: StateSegment[],
  facts: readonly StateFact[],
  from: EpochMs,
  to: EpochMs,
): void {
  const first = facts[0];
  if (first === undefined || first.at > from)
    push(segments, from, Math.min(to, first?.at ?? to), 'unknown', null, NO_STATE_YET);
  for (const run of runsWithin(facts, from, to).reverse())
    push(segments, run.from, run.to, run.fact.state, run.fact.raw, run.fact.reason);
}

/**
 * Unbroken runs of equal facts in `[from, to)`, newest first: a machine that repeats itself costs no more than one that
 * does not.
 */
function runsWithin(
  facts: readonly StateFact[],
  from: EpochMs,
  to: EpochMs,
): { from: EpochMs; to: EpochMs; fact: StateFact }[] {
  const runs: { from: EpochMs; to: EpochMs; fact: StateFact }[] = [];
  let end = to;
  for (let index = lastAtOrBefore(facts, to); index >= 0 && end > from;) {
    const fact = facts[index];
    if (fact === undefined) break;
    // What begins at the end is not in it.
    if (fact.at >= to) {
      index -= 1;
      continue;
    }
    const begun = firstOfRun(facts, index);
    const start = Math.max(facts[begun]?.at ?? fact.at, from);
    runs.push({ from: start, to: end, fact });
    end = start;
    index = begun - 1;
  }
  return runs;
}

/** Index of the oldest fact held of the run that the fact at `index` belongs to. */
function firstOfRun(facts: readonly StateFact[], index: number): number {
  const runFrom = facts[index]?.runFrom;
  if (index === 0 || facts[index - 1]?.runFrom !== runFrom) return index;
  return Math.max(0, lastAtOrBefore(facts, runFrom ?? 0));
}

/** Appends a stretch, joined to the one before when nothing changes. */
function push(
  segments: StateSegment[],
  from: EpochMs,
  to: EpochMs,
  state: StateName,
  raw: string | null,
  reason: string | null,
): void {
  if (to <= from) return;
  const last = segments.at(-1);
  if (
    last !== undefined &&
    last.state === state &&
    last.raw === raw &&
    last.reason === reason &&
    last.to === from
  )
    last.to = to;
  else segments.push({ from, to, state, raw, reason });
}

/** Turns standing still inside a changeover into setup. */
function withSetup(
  segments: readonly StateSegment[],
  changeovers: readonly Interval[],
): readonly StateSegment[] {
  const result: StateSegment[] = [];
  for (const segment of segments) {
    let cursor = segment.from;
    if (isStop(segment.state)) {
      for (const changeover of changeovers) {
        const from = Math.max(cursor, changeover.from);
        const to = Math.min(segment.to, changeover.to);
        if (to <= from) continue;
        push(result, cursor, from, segment.state, segment.raw, segment.reason);
        push(result, from, to, 'setup', segment.raw, null);
        cursor = to;
      }
    }
    push(result, cursor, segment.to, segment.state, segment.raw, segment.reason);
  }
  return result;
}
