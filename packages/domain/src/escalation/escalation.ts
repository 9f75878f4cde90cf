import type { Call } from '../andon/call.ts';
import { isOpen } from '../andon/call.ts';
import type { EscalationPolicy } from '../plant/escalation-config.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Deferred, LevelCause } from './escalation-events.ts';
import type { EscalationClock } from './policy.ts';
import { CLOCKS, levelOf } from './policy.ts';

/** How far one clock of a call has come. */
export interface ClockState {
  /** The level that began last; 0: none. */
  readonly level: number;
  /** Who was told at it. */
  readonly people: readonly string[];
  readonly reminders: number;
  /** When they are reminded; `null`: they are not. */
  readonly remindAt: EpochMs | null;
  /** Since then it waits until somebody is there to be told. */
  readonly waitsFrom: EpochMs | null;
  /** The next level begins by then, for this cause, whatever its own delay. */
  readonly up: { readonly at: EpochMs; readonly cause: LevelCause } | null;
}

interface Common {
  readonly callId: string;
  readonly clocks: Readonly<Record<EscalationClock, ClockState>>;
  /** No screen showed the call in time; recorded once. */
  readonly displayMissed: boolean;
  /** At most one per person and means. */
  readonly deferred: readonly Deferred[];
  /** Who answers for the call since it was acknowledged or taken over. */
  readonly acknowledgedBy?: string;
}

/** What happens to a call by itself: plain data with the instants from which everything due follows. */
export type Escalation =
  /** Whoever raised it was asked whether it is still needed; unanswered, it is taken to be at `until`. */
  | (Common & { readonly status: 'asking'; readonly until: EpochMs })
  /** `since`: where both clocks began, moved by what was snoozed. */
  | (Common & { readonly status: 'running'; readonly since: EpochMs })
  | (Common & {
      readonly status: 'snoozed';
      readonly since: EpochMs;
      readonly from: EpochMs;
      readonly until: EpochMs;
    });

/** How long the question whether a late call is still needed stands. */
const ASKING_MS = 5 * 60_000;

const NEW_CLOCK: ClockState = {
  level: 0,
  people: [],
  reminders: 0,
  remindAt: null,
  waitsFrom: null,
  up: null,
};

export function newEscalation(callId: string, since: EpochMs): Escalation {
  const clocks = { acknowledgement: NEW_CLOCK, resolution: NEW_CLOCK };
  return { callId, clocks, displayMissed: false, deferred: [], status: 'running', since };
}

export function asking(escalation: Escalation, at: EpochMs): Escalation {
  return { ...commonOf(escalation), status: 'asking', until: at + ASKING_MS };
}

export function running(escalation: Escalation, since: EpochMs): Escalation {
  return { ...commonOf(escalation), status: 'running', since };
}

/** A snooze that is prolonged keeps its beginning. */
export function snoozed(escalation: Escalation, at: EpochMs, until: EpochMs): Escalation {
  if (escalation.status === 'asking') return escalation;
  const from = escalation.status === 'snoozed' ? escalation.from : at;
  return { ...commonOf(escalation), status: 'snoozed', since: escalation.since, from, until };
}

/** The clocks go on where they stood; who was told last is told again at once. */
export function resumed(escalation: Escalation): Escalation {
  if (escalation.status !== 'snoozed') return escalation;
  const { since, from, until } = escalation;
  const again = (clock: ClockState): ClockState =>
    clock.level === 0 ? clock : { ...clock, remindAt: until };
  const { acknowledgement, resolution } = escalation.clocks;
  const clocks = { acknowledgement: again(acknowledgement), resolution: again(resolution) };
  return { ...commonOf(escalation), clocks, status: 'running', since: since + until - from };
}

export function withClock(escalation: Escalation, name: EscalationClock, state: ClockState): Escalation {
  return { ...escalation, clocks: { ...escalation.clocks, [name]: state } };
}

function commonOf({ callId, clocks, displayMissed, deferred, acknowledgedBy }: Escalation): Common {
  return {
    callId,
    clocks,
    displayMissed,
    deferred,
    ...(acknowledgedBy === undefined ? null : { acknowledgedBy }),
  };
}

/** What an escalation does by itself, and when. */
export type Due =
  | { readonly what: 'lapse'; readonly at: EpochMs }
  | { readonly what: 'resume'; readonly at: EpochMs }
  | { readonly what: 'notDisplayed'; readonly at: EpochMs }
  | {
      readonly what: 'level';
      readonly at: EpochMs;
      readonly clock: EscalationClock;
      readonly level: number;
      readonly cause: LevelCause;
    }
  | { readonly what: 'remind'; readonly at: EpochMs; readonly clock: EscalationClock }
  /** Quiet hours are over. */
  | { readonly what: 'tellDeferred'; readonly at: EpochMs };

/** What holds for a call. */
export interface Setting {
  readonly policy: EscalationPolicy;
  /** The first instant from `from` on at which somebody of a clock's levels, up to this one, is there. */
  presentFrom(clock: EscalationClock, level: number, from: EpochMs): EpochMs | null;
}

/** What comes next, and `null` when nothing does by itself. */
export function nextDue(escalation: Escalation, call: Call, setting: Setting): Due | null {
  return duesOf(escalation, call, setting)[0] ?? null;
}

/** What is next of all that is due by `now`. Levels that are overdue, too, say more than a reminder would. */
export function dueBy(escalation: Escalation, call: Call, setting: Setting, now: EpochMs): Due | null {
  const dues = duesOf(escalation, call, setting).filter(({ at }) => at <= now);
  return dues.find(({ what }) => what !== 'remind') ?? dues[0] ?? null;
}

const RANK = { lapse: 0, resume: 0, level: 1, notDisplayed: 2, remind: 3, tellDeferred: 4 } as const;

/** In order; of two at one instant a level precedes a reminder. */
function duesOf(escalation: Escalation, call: Call, setting: Setting): readonly Due[] {
  if (!isOpen(call)) return [];
  if (escalation.status === 'asking') return [{ at: escalation.until, what: 'lapse' }];
  if (escalation.status === 'snoozed') return [{ at: escalation.until, what: 'resume' }];
  const dues: Due[] = [];
  for (const clock of CLOCKS) {
    if (!isClockRunning(clock, call)) continue;
    dues.push(...levelDue(escalation, escalation.since, clock, call, setting.policy));
    dues.push(...reminderDue(escalation, clock, call, setting));
  }
  dues.push(...displayDue(escalation, escalation.since, call, setting.policy));
  for (const { until } of escalation.deferred) dues.push({ at: until, what: 'tellDeferred' });
  return dues.sort((a, b) => a.at - b.at || RANK[a.what] - RANK[b.what]);
}

function isClockRunning(clock: EscalationClock, call: Call): boolean {
  return clock === 'acknowledgement' ? call.status === 'raised' : isOpen(call);
}

function levelDue(
  { clocks }: Escalation,
  since: EpochMs,
  clock: EscalationClock,
  call: Call,
  policy: EscalationPolicy,
): readonly Due[] {
  const { level: reached, up } = clocks[clock];
  const next = levelOf(policy, clock, reached + 1, call.priority);
  if (next === undefined) return [];
  const at = since + next.afterMs;
  const level = reached + 1;
  return up !== null && up.at <= at
    ? [{ at: up.at, what: 'level', clock, level, cause: up.cause }]
    : [{ at, what: 'level', clock, level, cause: 'due' }];
}

/** While nobody has acknowledged, that clock reminds; afterwards the one to resolution. */
function reminderDue(
  { clocks }: Escalation,
  clock: EscalationClock,
  call: Call,
  setting: Setting,
): readonly Due[] {
  const { remindAt, waitsFrom, level } = clocks[clock];
  const reminds = call.status === 'raised' ? 'acknowledgement' : 'resolution';
  if (clock !== reminds) return [];
  const at = waitsFrom === null ? remindAt : setting.presentFrom(clock, level, waitsFrom);
  return at === null ? [] : [{ at, what: 'remind', clock }];
}

function displayDue(
  { displayMissed }: Escalation,
  since: EpochMs,
  call: Call,
  { displayWithinMs }: EscalationPolicy,
): readonly Due[] {
  const isWatched = call.status === 'raised' && call.displayed === undefined;
  if (displayMissed || displayWithinMs === null || !isWatched || call.priority !== 'critical') return [];
  return [{ at: since + displayWithinMs, what: 'notDisplayed' }];
}
