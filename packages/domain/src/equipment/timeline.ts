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
  /** Stretches in which the line was being changed over: standing still is then setup. Sorted, disjoint. */
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
  let index = lastAtOrBefore(facts, from);
  if (index < 0) {
    push(segments, from, Math.min(to, facts[0]?.at ?? to), 'unknown', null, NO_STATE_YET);
    index = 0;
  }
  for (; index < facts.length; index += 1) {
    const fact = facts[index];
    if (fact === undefined || fact.at >= to) break;
    const end = Math.min(facts[index + 1]?.at ?? to, to);
    push(segments, Math.max(fact.at, from), end, fact.state, fact.raw, fact.reason);
  }
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
