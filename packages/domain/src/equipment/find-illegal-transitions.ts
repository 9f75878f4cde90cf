import type { EngineState, EquipmentState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { EpochMs, EquipmentConfig } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import { contactSpans } from './contact.ts';
import type { MachineTold } from './equipment-events.ts';
import type { IllegalTransition } from './illegal-transitions.ts';
import { isSameTransition } from './illegal-transitions.ts';
import { isPackmlTransition, packmlState } from './packml.ts';
import type { StateFact } from './state-facts.ts';

/** What changed of the facts: `at` is the observation's instant, `from` and `to` the hearings around what it told. */
interface ChangedStretch {
  readonly at: EpochMs;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * Events that bring the recorded transitions of a PackML machine in line with its facts, after something in the
 * stretch changed. Only transitions that begin or end in it are looked at again.
 */
export function illegalTransitionCorrections(
  state: EngineState,
  equipment: EquipmentConfig,
  { at, from, to }: ChangedStretch,
): readonly MachineTold[] {
  const facts = equipmentOf(state, equipment.path);
  const { states, illegalTransitions = [] } = facts;
  // One that ended at a hearing before the observation hangs on nothing that came after it.
  const first = Math.max(1, lastAtOrBefore(states, from === at ? from - 1 : from) + 1);
  const shown: IllegalTransition[] = [];
  let end = first;
  for (; end < states.length; end += 1) {
    const before = states[end - 1];
    const after = states[end];
    if (before === undefined || after === undefined || before.at > to) break;
    const found = illegalTransition(facts, equipment, before, after);
    if (found !== null) shown.push(found);
  }
  if (shown.length === 0 && illegalTransitions.length === 0) return [];
  const low = states[first]?.at ?? Infinity;
  const high = states[end - 1]?.at ?? -Infinity;
  const recorded = illegalTransitions.filter((each) => each.at >= low && each.at <= high);
  return [
    ...recorded
      .filter((each) => !shown.some((other) => isSameTransition(each, other)))
      .map((each) => eventOf('illegalTransitionWithdrawn', equipment, each)),
    ...shown
      .filter((each) => !recorded.some((other) => isSameTransition(each, other)))
      .map((each) => eventOf('illegalTransitionRecorded', equipment, each)),
  ];
}

function illegalTransition(
  facts: EquipmentState,
  { silentAfterMs }: EquipmentConfig,
  before: StateFact,
  after: StateFact,
): IllegalTransition | null {
  if (before.raw === after.raw) return null;
  const fromState = packmlState(before.raw);
  const toState = packmlState(after.raw);
  if (fromState === undefined || toState === undefined || isPackmlTransition(fromState, toState)) return null;
  // While nobody heard it, it may have passed through any state.
  const isObserved = contactSpans(facts.contact, silentAfterMs, before.at, after.at, after.at).some(
    (span) => span.from <= before.at && span.to >= after.at,
  );
  return isObserved ? { at: after.at, fromState, toState } : null;
}

function eventOf(
  type: 'illegalTransitionRecorded' | 'illegalTransitionWithdrawn',
  { path: equipment }: EquipmentConfig,
  { at, fromState, toState }: IllegalTransition,
): MachineTold {
  return { type, equipment, at, fromState, toState };
}
