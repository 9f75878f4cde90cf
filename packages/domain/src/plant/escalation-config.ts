import type { CallPriority, CallType } from '../andon/call-kinds.ts';
import type { Weekday } from './weekday.ts';

/** Somebody who can be notified; addresses are kept out of here, for this is written to the log. */
export interface PersonConfig {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Of the texts sent to them. */
  readonly language: 'en' | 'de';
}

/** A stretch of the site's local time on the given weekdays; a `to` at or before `from` is on the next day. */
export interface LocalHours {
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
}

/** `YYYY-MM-DD`, at the rota's handover, or `YYYY-MM-DDTHH:MM`, both in the site's local time. */
export type LocalInstant = string;

export interface DatedTurn {
  readonly from: LocalInstant;
  readonly to: LocalInstant;
  readonly person: string;
}

export interface Substitution {
  readonly from: LocalInstant;
  readonly to: LocalInstant;
  /** `null`: nobody. */
  readonly person: string | null;
  /** Whose turn is taken; omitted: whoever it would be. */
  readonly for?: string;
}

/** Who is on call when. */
export interface RotaConfig {
  readonly id: string;
  readonly name: string;
  /** Local time at which a turn passes on, `HH:MM`. */
  readonly handover: string;
  /** Turns of so many days, one person after another, from the handover on the first date. */
  readonly rotation: {
    readonly begins: string;
    readonly days: number;
    readonly people: readonly string[];
  } | null;
  /** Before the rotation. */
  readonly turns: readonly DatedTurn[];
  /** Before turns; of several the later in the list. */
  readonly substitutions: readonly Substitution[];
  /** Hours on call; empty: always. */
  readonly hours: readonly LocalHours[];
}

export type Recipient = { readonly role: string } | { readonly person: string } | { readonly rota: string };

export interface LevelConfig {
  /** From when the call was received; `null`: the priority's default, once per level before this one. */
  readonly afterMs: number | null;
  readonly recipients: readonly Recipient[];
  /** `screen`, `email`, `webhook`, or the name of one that a plugin serves. */
  readonly means: readonly string[];
}

export interface EscalationPolicy {
  readonly id: string;
  /** `{area}` or `{area}/{line}`; `null`: the whole site. */
  readonly place: string | null;
  /** Empty: all. */
  readonly types: readonly CallType[];
  readonly priorities: readonly CallPriority[];
  readonly toAcknowledge: readonly LevelConfig[];
  readonly toResolve: readonly LevelConfig[];
  /** `null`: nobody is reminded. */
  readonly reminderMs: number | null;
  readonly quietHours: readonly LocalHours[];
  /** What becomes of messages in them: told when they are over (`defer`, also where omitted), or dropped. */
  readonly inQuietHours?: 'defer' | 'suppress';
  /** Messages to one person. */
  readonly rateLimit: { readonly messages: number; readonly perMs: number } | null;
  /** A critical call that no screen has shown for so long goes a level up. `null`: it does not. */
  readonly displayWithinMs: number | null;
}

export interface EscalationConfig {
  readonly people: readonly PersonConfig[];
  readonly rotas: readonly RotaConfig[];
  readonly policies: readonly EscalationPolicy[];
}
