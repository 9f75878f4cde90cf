import type { EpochMs } from '../plant/plant.ts';
import type { AlarmSeverity, BoundAct, ConditionFact, Occurrence } from './alarm.ts';
import { actIn, wordsIn } from './alarm.ts';
import type { AlarmState, AlarmStep } from './alarm-state.ts';
import { ALARM_TRANSITIONS, isActive } from './alarm-state.ts';

/** Where an alarm stands, and its newest occurrence. */
export interface AlarmWalk {
  readonly state: AlarmState;
  /** `null`: it was never raised. */
  readonly occurrence: Occurrence | null;
}

export const NEVER_RAISED: AlarmWalk = { state: 'normal', occurrence: null };

/** What moves an alarm on at an instant: what the machine said, or what a person did. */
export type WalkStep = ConditionFact | BoundAct;

interface Said {
  readonly facts: readonly ConditionFact[];
  readonly acts: readonly BoundAct[];
}

const SEVERITY_RANK: Readonly<Record<AlarmSeverity, number>> = { warning: 0, fault: 1 };

/**
 * Facts of one alarm, those of its item, and acts, in the order of event time. At one instant machines come before
 * people, and what says that the alarm is active before what says it of none.
 */
export function stepsOf(
  { facts, acts }: Said,
  clears: readonly ConditionFact[],
  settledTo: EpochMs,
): readonly WalkStep[] {
  if (clears.length === 0 && acts.length === 0) return facts;
  const own = new Set(facts.filter(({ level }) => isActiveLevel(level)).map(({ at }) => at));
  const cleared = clears.filter(({ at }) => at >= settledTo && !own.has(at));
  // The sort is stable, and these lists are sorted.
  return [...facts, ...cleared, ...acts].sort((a, b) => a.at - b.at);
}

/** The alarm after one more step of its table. */
export function advanced(walk: AlarmWalk, step: WalkStep): AlarmWalk {
  if ('kind' in step) return afterAct(walk, step);
  return isActiveLevel(step.level) ? afterActive(walk, step, step.level) : afterReturn(walk, step);
}

/** Where the steps lead, with every occurrence on the way, the settled one first. */
export function walkOf(
  settled: AlarmWalk,
  steps: readonly WalkStep[],
): AlarmWalk & { readonly occurrences: readonly Occurrence[] } {
  const occurrences: Occurrence[] = settled.occurrence === null ? [] : [settled.occurrence];
  let walk = settled;
  for (const step of steps) {
    const next = advanced(walk, step);
    const last = occurrences.at(-1);
    if (next.occurrence !== null && next.occurrence !== walk.occurrence) {
      if (last?.from === next.occurrence.from) occurrences.pop();
      else if (last?.to === null)
        occurrences[occurrences.length - 1] = { ...last, to: next.occurrence.from, endedBy: 'worse' };
      occurrences.push(next.occurrence);
    }
    walk = next;
  }
  return { ...walk, occurrences };
}

function isActiveLevel(level: ConditionFact['level']): level is AlarmSeverity {
  return level === 'warning' || level === 'fault';
}

function moved({ state }: AlarmWalk, step: AlarmStep): AlarmState {
  return ALARM_TRANSITIONS[state][step] ?? state;
}

/** What is active stays one occurrence, unless it becomes worse: who acknowledged a warning has not seen a fault. */
function afterActive(walk: AlarmWalk, fact: ConditionFact, severity: AlarmSeverity): AlarmWalk {
  const { occurrence } = walk;
  const words = { severity, ...wordsIn(fact) };
  const latched = fact.latched === true ? { latched: true as const } : null;
  const goesOn =
    occurrence !== null &&
    isActive(walk.state) &&
    SEVERITY_RANK[severity] <= SEVERITY_RANK[occurrence.severity];
  if (!goesOn)
    return {
      state: moved(walk, 'activate'),
      occurrence: { from: fact.at, to: null, ...words, ...latched },
    };
  const { from, to, acknowledged, latched: before } = occurrence;
  return {
    state: walk.state,
    occurrence: {
      from,
      to,
      ...words,
      ...(before === true ? { latched: before } : latched),
      ...(acknowledged === undefined ? null : { acknowledged }),
    },
  };
}

function afterReturn(walk: AlarmWalk, { at, level }: ConditionFact): AlarmWalk {
  const { state, occurrence } = walk;
  if (occurrence === null || !isActive(state)) return walk;
  const endedBy = level === 'unavailable' ? 'unavailable' : 'returned';
  return {
    state: moved(walk, occurrence.latched === true ? 'returnLatched' : 'return'),
    occurrence: { ...occurrence, to: at, endedBy },
  };
}

/** An act that was meant for an occurrence before changes nothing of the newest. */
function afterAct(walk: AlarmWalk, act: BoundAct): AlarmWalk {
  const { kind, of } = act;
  const { state, occurrence } = walk;
  if (occurrence === null || !holds(occurrence, of)) return walk;
  const next = ALARM_TRANSITIONS[state][kind];
  if (next === null) return walk;
  return {
    state: next,
    occurrence: { ...occurrence, [kind === 'acknowledge' ? 'acknowledged' : 'reset']: actIn(act) },
  };
}

/** Whether an instant lies in an occurrence, as far as it is known. */
export function holds({ from, to }: Pick<Occurrence, 'from' | 'to'>, at: EpochMs): boolean {
  return from <= at && (to === null || at < to);
}
