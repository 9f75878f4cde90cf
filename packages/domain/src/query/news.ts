import type { EngineState, EquipmentState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

type MachineFact = Extract<
  FactoryEvent,
  { type: 'equipmentStateChanged' | 'equipmentModeChanged' | 'productChanged' | 'counterRead' }
>;

/**
 * What is news in an applied event. A machine that says again the state, mode, product or total that held just before
 * says nothing new. A late fact that changes something is followed by the one after it: what was a repetition may now
 * be a change back.
 */
export function newsOf(state: EngineState, event: FactoryEvent): readonly FactoryEvent[] {
  // Whom it tells is nobody else's news; that a call escalated is.
  if (event.type === 'notificationRequested') return [];
  // What it raises and clears is told by itself.
  if (event.type === 'conditionReported') return [];
  if (!isMachineFact(event)) return [event];
  const facts = factsLike(event, equipmentOf(state, event.equipment));
  const index = lastAtOrBefore(facts, event.at);
  const before = facts[index - 1];
  const own = facts[index];
  if (own === undefined || (before !== undefined && saysTheSame(before, own))) return [];
  const after = facts[index + 1];
  return event.late !== true || after === undefined || saysTheSame(own, after)
    ? [event]
    : [event, { ...after, late: true }];
}

function isMachineFact(event: FactoryEvent): event is MachineFact {
  if (event.type === 'productChanged') return event.author === undefined;
  return (
    event.type === 'equipmentStateChanged' ||
    event.type === 'equipmentModeChanged' ||
    event.type === 'counterRead'
  );
}

/** The facts around an event's, as events. */
function factsLike(event: MachineFact, facts: EquipmentState): readonly MachineFact[] {
  const { equipment, type } = event;
  if (type === 'equipmentStateChanged')
    return around(facts.states, event.at).map(({ at, state, raw, reason }) =>
      reason === null ? { type, equipment, at, state, raw } : { type, equipment, at, state, raw, reason },
    );
  if (type === 'equipmentModeChanged')
    return around(facts.modes ?? [], event.at).map(({ at, mode, raw }) => ({
      type,
      equipment,
      at,
      mode,
      raw,
    }));
  if (type === 'productChanged')
    return around(facts.products, event.at).map(({ at, product }) => ({ type, equipment, at, product }));
  const { counter } = event;
  return around(counter === 'produced' ? facts.produced : facts.rejected, event.at).map(({ at, total }) => ({
    type,
    equipment,
    at,
    counter,
    total,
  }));
}

function around<Item extends { readonly at: EpochMs }>(items: readonly Item[], at: EpochMs): readonly Item[] {
  const index = lastAtOrBefore(items, at);
  return items.slice(Math.max(0, index - 1), index + 2);
}

function saysTheSame(a: MachineFact, b: MachineFact): boolean {
  if (a.type === 'equipmentStateChanged' && b.type === 'equipmentStateChanged')
    return a.state === b.state && a.raw === b.raw && a.reason === b.reason;
  if (a.type === 'equipmentModeChanged' && b.type === 'equipmentModeChanged')
    return a.mode === b.mode && a.raw === b.raw;
  if (a.type === 'productChanged' && b.type === 'productChanged') return a.product === b.product;
  return a.type === 'counterRead' && b.type === 'counterRead' && a.total === b.total;
}
