import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';

/** When a machine was heard. */
export interface Contact {
  /** Spans with at least one hearing per merge gap, sorted, disjoint. */
  heard: [from: EpochMs, to: EpochMs][];
  /** Instants at which the connection was lost, sorted. One inside a heard span is void. */
  losses: EpochMs[];
}

/** Spans of equipment that is never taken as silent are still kept apart by this much, so that a loss can end one. */
const NEVER_SILENT_MERGE_MS = 60_000;

function mergeGapMs(silentAfterMs: number | null): number {
  return silentAfterMs ?? NEVER_SILENT_MERGE_MS;
}

/** Index of the last span that starts at or before `at`. */
function lastSpan(heard: Contact['heard'], at: EpochMs): number {
  let high = heard.length - 1;
  if ((heard[high]?.[0] ?? -Infinity) <= at) return high;
  let low = -1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((heard[middle]?.[0] ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether `[from, to]` lies in heard time already. */
export function isHeard(contact: Contact, from: EpochMs, to: EpochMs): boolean {
  const span = contact.heard[lastSpan(contact.heard, from)];
  return span !== undefined && span[1] >= to;
}

/** Adds `[from, to]`, joining spans that are at most the merge gap apart. The order of additions does not matter. */
export function hear(contact: Contact, from: EpochMs, to: EpochMs, silentAfterMs: number | null): void {
  const gap = mergeGapMs(silentAfterMs);
  const { heard } = contact;
  let first = lastSpan(heard, from);
  if (first < 0 || (heard[first]?.[1] ?? -Infinity) + gap < from) first += 1;
  let end = first;
  let low = from;
  let high = to;
  for (; end < heard.length; end += 1) {
    const span = heard[end];
    if (span === undefined || span[0] > high + gap) break;
    low = Math.min(low, span[0]);
    high = Math.max(high, span[1]);
  }
  const known = heard[first];
  if (end - first === 1 && known !== undefined) {
    if (low !== known[0]) known[0] = low;
    if (high !== known[1]) known[1] = high;
  } else heard.splice(first, end - first, [low, high]);
}

export function loseContact(contact: Contact, at: EpochMs): void {
  if (contact.losses.includes(at)) return;
  contact.losses.push(at);
  if ((contact.losses.at(-2) ?? -Infinity) > at) contact.losses.sort((a, b) => a - b);
}

export interface ContactSpan extends Interval {
  /** What ended it: silence, the loss of our own connection, or nothing yet. */
  readonly endedBy: 'silence' | 'loss' | 'open';
}

/**
 * Stretches of contact that touch `[from, to]`. A gap longer than `silentAfterMs` ends contact at the last
 * hearing; a loss ends it at the loss, when that came before the silence would have. Up to `now`
 * (exclusive) the last span holds while the machine may still speak in time.
 */
export function contactSpans(
  contact: Contact,
  silentAfterMs: number | null,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): ContactSpan[] {
  const { heard } = contact;
  const spans: ContactSpan[] = [];
  for (let index = Math.max(0, lastSpan(heard, from)); index < heard.length; index += 1) {
    const span = heard[index];
    if (span === undefined || span[0] > to) break;
    const next = heard[index + 1]?.[0];
    const end = contactEnd(contact, silentAfterMs, span[1], next, now);
    const last = spans.at(-1);
    if (last !== undefined && last.endedBy === 'open' && last.to >= span[0])
      spans[spans.length - 1] = { from: last.from, ...end };
    else spans.push({ from: span[0], ...end });
  }
  return spans;
}

function contactEnd(
  contact: Contact,
  silentAfterMs: number | null,
  heardTo: EpochMs,
  next: EpochMs | undefined,
  now: EpochMs,
): { to: EpochMs; endedBy: ContactSpan['endedBy'] } {
  const bound = next ?? Math.max(now, heardTo);
  const patienceMs = silentAfterMs ?? Infinity;
  const loss = firstLoss(contact.losses, heardTo, bound);
  if (loss !== undefined && loss - heardTo <= patienceMs) return { to: loss, endedBy: 'loss' };
  // `now` itself has not elapsed yet.
  const unheardMs = next === undefined ? bound - 1 - heardTo : bound - heardTo;
  if (unheardMs <= patienceMs) return { to: bound, endedBy: 'open' };
  return { to: heardTo, endedBy: 'silence' };
}

function firstLoss(losses: readonly EpochMs[], from: EpochMs, to: EpochMs): EpochMs | undefined {
  let low = -1;
  let high = losses.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((losses[middle] ?? Infinity) < from) low = middle;
    else high = middle;
  }
  const loss = losses[high];
  return loss !== undefined && loss <= to ? loss : undefined;
}

/** The heard instants on either side of `at`, before `at` itself is added: what hearing it may join. */
export function hearingsAround(
  contact: Contact,
  at: EpochMs,
): { before: EpochMs | null; after: EpochMs | null } {
  const index = lastSpan(contact.heard, at);
  const span = contact.heard[index];
  if (span !== undefined && span[1] >= at) return { before: at, after: at };
  return { before: span?.[1] ?? null, after: contact.heard[index + 1]?.[0] ?? null };
}

export function dropContactBefore(contact: Contact, at: EpochMs): void {
  const boundary = lastSpan(contact.heard, at);
  if (boundary > 0) contact.heard.splice(0, boundary);
  // A loss inside a heard span is void: the first that can still count is at the span's end.
  const kept = Math.min(contact.heard[0]?.[1] ?? at, at);
  if ((contact.losses[0] ?? Infinity) < kept) contact.losses = contact.losses.filter((loss) => loss >= kept);
}
