import type { CallPriority, CallType, FactoryCommands } from '@ms5/wire/factory';
import {
  between,
  chance,
  drawSpread,
  exponential,
  pick,
  type Random,
  type Spread,
} from '../random/random.ts';
import type { LineSpec, StopCause } from './line-spec.ts';

/** What a person does. A call has no id before the server has given one, so acts name it by the plant's own. */
export type PersonAct =
  | { readonly command: 'raiseCall'; readonly call: string; readonly data: FactoryCommands['raiseCall'] }
  | {
      readonly command: 'acknowledgeCall' | 'resolveCall' | 'cancelCall';
      readonly call: string;
      readonly note?: string;
    }
  | { readonly command: 'startJob'; readonly data: FactoryCommands['startJob'] }
  | { readonly command: 'startChangeover'; readonly data: FactoryCommands['startChangeover'] }
  | { readonly command: 'recordCheck'; readonly data: FactoryCommands['recordCheck'] }
  | { readonly command: 'enterCount'; readonly data: FactoryCommands['enterCount'] }
  | { readonly command: 'completeJob' | 'completeChangeover'; readonly data: { readonly line: string } };

export interface PlannedAct {
  readonly atMs: number;
  /** User id. */
  readonly by: string;
  readonly act: PersonAct;
}

/** Who comes when called, and how long it takes until they have said so and until they have dealt with it. */
interface Responder {
  readonly user: string;
  readonly comesAfterMs: Spread;
  readonly worksForMs: Spread;
}
export interface PeopleSpec {
  readonly responders: Readonly<Record<CallType, readonly [Responder, ...Responder[]]>>;
  /** From the stop to the call: somebody has to notice, try, and walk to the button. */
  readonly raisesAfterMs: Spread;
  /** Mean time between two calls in the whole plant that no stop is behind. */
  readonly spontaneousEveryMs: number;
  readonly spontaneous: readonly [SpontaneousCall, ...SpontaneousCall[]];
}
interface SpontaneousCall {
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly note: string;
}

/** A call that people of an earlier run of the plant raised and left open. */
export interface LeftCall {
  /** The plant's name for it. */
  readonly call: string;
  readonly line: string;
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly acknowledged: boolean;
}

export interface People {
  /** Somebody comes for a call that was left. */
  onLeftCall(left: LeftCall, atMs: number): readonly PlannedAct[];
  /** Acts that follow a stop, and when it ends when it has to wait for help. */
  onStop(
    line: LineSpec,
    cause: StopCause,
    atMs: number,
    untilMs: number,
  ): { readonly acts: readonly PlannedAct[]; readonly untilMs: number };
  /** When somebody next calls without a stop. */
  nextSpontaneousAtMs(): number;
  callSpontaneously(lines: readonly [LineSpec, ...LineSpec[]]): readonly PlannedAct[];
}

const MISTAKEN_CALLS = 0.04;
/** Priority shortens the way. */
const HURRY: Readonly<Record<CallPriority, number>> = { low: 1.6, medium: 1, high: 0.6, critical: 0.35 };

/** The people of the plant: they call, come, help, and are sometimes busy or slow. */
export function createPeople(spec: PeopleSpec, random: Random, liveFromMs: number): People {
  const busyUntilMs = new Map<string, number>();
  const openUntilMs = new Map<string, number>();
  let count = 0;
  // The first comes soon, so that somebody who has just opened the board does not wait for it.
  let spontaneousAtMs = liveFromMs + between(random, 15_000, 45_000);

  const planAnswer = (type: CallType, priority: CallPriority, raisedAtMs: number) => {
    const responder = pick(random, spec.responders[type]);
    const free = Math.max(raisedAtMs, busyUntilMs.get(responder.user) ?? 0);
    const ackAtMs = free + drawSpread(random, responder.comesAfterMs) * HURRY[priority];
    const doneAtMs = ackAtMs + drawSpread(random, responder.worksForMs);
    busyUntilMs.set(responder.user, doneAtMs);
    return { user: responder.user, ackAtMs, doneAtMs };
  };

  const raise = (
    line: LineSpec,
    rule: { readonly type: CallType; readonly priority: CallPriority; readonly note: string },
    atMs: number,
  ): { readonly call: string; readonly act: PlannedAct } | null => {
    const place = `${line.line} ${rule.type}`;
    if ((openUntilMs.get(place) ?? 0) > atMs) return null;
    const call = `call-${++count}`;
    const data = {
      line: line.line,
      equipment: line.equipment,
      callType: rule.type,
      priority: rule.priority,
      note: rule.note,
      raisedAt: Math.round(atMs),
    };
    return { call, act: { atMs, by: line.operator, act: { command: 'raiseCall', call, data } } };
  };

  const answer = (
    line: LineSpec,
    rule: { readonly type: CallType; readonly priority: CallPriority },
    raised: { readonly call: string; readonly act: PlannedAct },
    notBeforeMs: (doneAtMs: number) => number,
  ) => {
    const { call, act } = raised;
    const { user, ackAtMs, doneAtMs } = planAnswer(rule.type, rule.priority, act.atMs);
    const resolveAtMs = notBeforeMs(doneAtMs);
    openUntilMs.set(`${line.line} ${rule.type}`, resolveAtMs + 5_000);
    const acts: readonly PlannedAct[] = [
      act,
      { atMs: ackAtMs, by: user, act: { command: 'acknowledgeCall', call } },
      { atMs: resolveAtMs, by: user, act: { command: 'resolveCall', call } },
    ];
    return { acts, doneAtMs };
  };

  return {
    onLeftCall(left, atMs) {
      const { user, ackAtMs, doneAtMs } = planAnswer(left.type, left.priority, atMs);
      openUntilMs.set(`${left.line} ${left.type}`, doneAtMs + 5_000);
      const { call } = left;
      const acknowledge: PlannedAct = { atMs: ackAtMs, by: user, act: { command: 'acknowledgeCall', call } };
      const resolve: PlannedAct = { atMs: doneAtMs, by: user, act: { command: 'resolveCall', call } };
      return left.acknowledged ? [resolve] : [acknowledge, resolve];
    },
    onStop(line, cause, atMs, untilMs) {
      const rule = cause.call;
      if (rule === undefined || !chance(random, rule.probability)) return { acts: [], untilMs };
      const raiseAtMs = atMs + drawSpread(random, spec.raisesAfterMs);
      // The line runs again before anybody has reached the button.
      if (raiseAtMs >= untilMs && rule.needsHelp === undefined) return { acts: [], untilMs };
      const raised = raise(line, rule, raiseAtMs);
      if (raised === null) return { acts: [], untilMs };
      let endsAtMs = untilMs;
      const { acts } = answer(line, rule, raised, (doneAtMs) => {
        if (rule.needsHelp === true) endsAtMs = Math.max(untilMs, doneAtMs);
        return Math.max(doneAtMs, endsAtMs) + between(random, 4_000, 30_000);
      });
      return { acts, untilMs: endsAtMs };
    },
    nextSpontaneousAtMs: () => spontaneousAtMs,
    callSpontaneously(lines) {
      const atMs = spontaneousAtMs;
      spontaneousAtMs += 5_000 + exponential(random, spec.spontaneousEveryMs);
      const line = pick(random, lines);
      const rule = pick(random, spec.spontaneous);
      const raised = raise(line, rule, atMs);
      if (raised === null) return [];
      if (!chance(random, MISTAKEN_CALLS)) return answer(line, rule, raised, (doneAtMs) => doneAtMs).acts;
      const cancelAtMs = atMs + between(random, 8_000, 40_000);
      openUntilMs.set(`${line.line} ${rule.type}`, cancelAtMs + 5_000);
      const { call, act } = raised;
      return [
        act,
        {
          atMs: cancelAtMs,
          by: line.operator,
          act: { command: 'cancelCall', call, note: 'Raised by mistake' },
        },
      ];
    },
  };
}
