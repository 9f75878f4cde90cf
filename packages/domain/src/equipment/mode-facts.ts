import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { dropSettled, insertAtInstant, isNewAtInstant, lastAtOrBefore } from '../time/sorted.ts';
import type { Contact } from './contact.ts';
import { contactSpans } from './contact.ts';
import { UNKNOWN_MODE } from './mode-mapping.ts';

/** The mode a machine said it was in at an instant. Holds until the next fact. */
export interface ModeFact {
  at: EpochMs;
  mode: string;
  raw: string;
}

/** Two modes at one instant: the greater name wins, any over an unknown one, whatever the order of arrival. */
function wins(a: ModeFact, b: ModeFact): boolean {
  if (a.mode === b.mode) return a.raw > b.raw;
  return b.mode === UNKNOWN_MODE || (a.mode !== UNKNOWN_MODE && a.mode > b.mode);
}

export function isNewModeFact(facts: readonly ModeFact[], fact: ModeFact): boolean {
  return isNewAtInstant(facts, fact, wins);
}

export function insertModeFact(facts: ModeFact[], fact: ModeFact): void {
  insertAtInstant(facts, fact, wins);
}

/** Drops facts between `from` and `to` that repeat the one before: nothing can be placed among them any more. */
export function compactModeFacts(facts: ModeFact[], from: EpochMs, to: EpochMs): void {
  dropSettled(facts, from, to, (fact, before) => before.mode === fact.mode && before.raw === fact.raw);
}

/** When the machine next told its mode after `at`: up to there a change of the one at `at` reaches. `null`: not yet. */
export function nextModeAt(facts: readonly ModeFact[], at: EpochMs): EpochMs | null {
  return facts[lastAtOrBefore(facts, at) + 1]?.at ?? null;
}

export interface ModeSpan extends Interval {
  readonly mode: string;
}

/** `[from, to)` by mode, where one is known, as if the machine had been heard all the time; neighbours differ. */
export function modeSpans(facts: readonly ModeFact[], from: EpochMs, to: EpochMs): readonly ModeSpan[] {
  const spans: { from: EpochMs; to: EpochMs; mode: string }[] = [];
  for (let index = Math.max(0, lastAtOrBefore(facts, from)); index < facts.length; index += 1) {
    const fact = facts[index];
    if (fact === undefined || fact.at >= to) break;
    const start = Math.max(fact.at, from);
    const end = Math.min(facts[index + 1]?.at ?? to, to);
    if (fact.mode === UNKNOWN_MODE || end <= start) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.mode === fact.mode && last.to === start) last.to = end;
    else spans.push({ from: start, to: end, mode: fact.mode });
  }
  return spans;
}

/** What the modes of one equipment are made from. */
interface ModeSource {
  readonly modes?: readonly ModeFact[];
  readonly contact: Contact;
}

/** `[from, to)` by mode where the machine was heard: of what was not heard no mode is known. `to` is at most `now`. */
export function heardModes(
  { modes, contact }: ModeSource,
  silentAfterMs: number | null,
  from: EpochMs,
  to: EpochMs,
  now: EpochMs,
): readonly ModeSpan[] {
  if (modes === undefined || to <= from) return [];
  return contactSpans(contact, silentAfterMs, from, to, now).flatMap((span) =>
    modeSpans(modes, Math.max(from, span.from), Math.min(to, span.to)),
  );
}
