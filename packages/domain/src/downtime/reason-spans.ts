import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { Downtime } from './downtime.ts';

/**
 * What a person said of a stretch of an equipment's time. It holds only where the equipment stands still, so that it
 * keeps its place when a late observation moves the stops around it.
 */
export interface ReasonSpan extends Interval {
  /** `null`: cut off from its neighbours, and nothing said of it yet. */
  readonly reason: string | null;
  readonly author: string;
  readonly at: EpochMs;
  /** The edge was that of the stop, not a cut in it: it follows the stop. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** A stretch of one stop under one reason. `null`: nobody gave one. */
export interface ReasonPart extends Interval {
  readonly reason: string | null;
  readonly source: ReasonSource;
}

export type ReasonSource =
  | { readonly kind: 'person'; readonly author: string; readonly at: EpochMs }
  | { readonly kind: 'rule'; readonly rule: string }
  /** The machine's own, which may change inside the stop. */
  | { readonly kind: 'machine' };

interface SpannedPart extends Interval {
  readonly span: ReasonSpan | null;
}

/** A stop cut into its parts, in order; an open one lasts up to `horizon`, at least 1 ms. */
export function reasonParts(
  downtime: Downtime,
  spans: readonly ReasonSpan[],
  horizon: EpochMs = Infinity,
): readonly ReasonPart[] {
  const to = downtime.to ?? Math.max(horizon, downtime.from + 1);
  return spannedParts(downtime.from, to, spans).map((part) => partOf(downtime, part));
}

function spannedParts(from: EpochMs, to: EpochMs, spans: readonly ReasonSpan[]): readonly SpannedPart[] {
  const parts: { from: EpochMs; to: EpochMs; span: ReasonSpan | null }[] = [];
  let cursor = from;
  const add = (span: ReasonSpan | null, end: EpochMs): void => {
    if (end <= cursor) return;
    const before = parts.at(-1);
    if (before !== undefined && before.span === span) before.to = end;
    else parts.push({ from: cursor, to: end, span });
    cursor = end;
  };
  let last: ReasonSpan | null = null;
  for (const span of spans) {
    if (span.from >= to) break;
    if (span.to <= cursor) continue;
    // A gap is the earlier one's if that reached the end of its stop, else the later one's if it reached the start.
    add(last?.toEnd === true ? last : span.fromStart ? span : null, span.from);
    add(span, Math.min(span.to, to));
    last = span;
  }
  add(last?.toEnd === true ? last : null, to);
  return parts;
}

function partOf({ ruled, machineReason }: Downtime, { from, to, span }: SpannedPart): ReasonPart {
  if (span !== null && span.reason !== null) {
    const { reason, author, at } = span;
    return { from, to, reason, source: { kind: 'person', author, at } };
  }
  if (ruled !== null) return { from, to, reason: ruled.reason, source: { kind: 'rule', rule: ruled.rule } };
  return { from, to, reason: machineReason, source: { kind: 'machine' } };
}

/** Whether anything but the machine says what a stop was. */
export function isExplainedByOthers(downtime: Downtime, spans: readonly ReasonSpan[]): boolean {
  const { from, to } = downtime;
  return downtime.ruled !== null || spans.some((span) => span.to > from && (to === null || span.from < to));
}

/** The spans with one laid over them. Sorted, disjoint. */
export function withSpan(spans: readonly ReasonSpan[], added: ReasonSpan): ReasonSpan[] {
  const kept = spans.flatMap((span): readonly ReasonSpan[] => {
    if (span.to <= added.from || span.from >= added.to) return [span];
    const left = { ...span, to: added.from, toEnd: false };
    const right = { ...span, from: added.to, fromStart: false };
    return [left, right].filter(({ from, to }) => to > from);
  });
  const position = kept.findIndex(({ from }) => from > added.from);
  return position < 0 ? [...kept, added] : kept.toSpliced(position, 0, added);
}

/** Which edges of a stretch cut no stop. */
export function edgesOf(
  { from, to }: Interval,
  downtimes: readonly Downtime[],
): Pick<ReasonSpan, 'fromStart' | 'toEnd'> {
  return {
    fromStart: !downtimes.some((stop) => stop.from < from && (stop.to ?? Infinity) > from),
    // The end of an open stop is not known: what reaches the present goes on with it.
    toEnd: !downtimes.some((stop) => stop.from < to && (stop.to ?? to) > to),
  };
}
