import { productAt } from '../count/product-facts.ts';
import type { EngineState, EquipmentState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { idealCycleAt } from '../plant/ideal-cycles.ts';
import type { EpochMs, EquipmentConfig, PlantConfig, PulseConfig, StateName } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import { contactSpans } from './contact.ts';
import type { MachineTold } from './equipment-events.ts';
import { horizonOf } from './equipment-timeline.ts';
import { pulsesAround, pulsesChangedFrom } from './pulses.ts';

/** Raw states of a machine that gives pulses. */
const RAW: Readonly<Record<'running' | 'stopped' | 'unknown', string>> = {
  running: 'pulse',
  stopped: 'noPulse',
  unknown: 'pulse',
};
const NO_IDEAL_CYCLE = 'noIdealCycle';

/**
 * Events that bring the states of a machine that gives pulses in line with its pulses, after something at or after
 * `changedFrom` changed. The machine stands from a pulse on when none came for longer than is stated, as long as it
 * was heard; it runs again from the first pulse after, or one ideal cycle earlier.
 */
export function pulseStateCorrections(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  changedFrom: EpochMs,
  now: EpochMs,
): readonly MachineTold[] {
  const { pulse, path } = equipment;
  if (pulse === undefined) return [];
  const facts = equipmentOf(state, path);
  const since = pulsesChangedFrom(facts, changedFrom);
  const pulses = pulsesAround(facts, since);
  const from = Math.min(pulses[0] ?? since, since);
  const horizon = horizonOf(state, equipment, now);
  const told = pulses.flatMap((at, index) =>
    statesAfter({ config, equipment, pulse, facts, horizon }, at, pulses[index + 1]),
  );
  const last = lastAtOrBefore(facts.states, from - 1);
  const held = facts.states.slice(last + 1);
  const shown = changesOnly(told, facts.states[last]?.state);
  const heldAt = new Map(held.map(({ at, state: name }) => [at, name] as const));
  const shownAt = new Map(shown.map(({ at, state: name }) => [at, name] as const));
  return [
    ...held
      .filter(({ at, state: name }) => shownAt.get(at) !== name)
      .map(({ at }): MachineTold => ({ type: 'equipmentStateWithdrawn', equipment: path, at })),
    ...shown
      .filter(({ at, state: name }) => heldAt.get(at) !== name)
      .map((each) => changedTo(path, each, facts.newestAt)),
  ];
}

interface Told {
  readonly at: EpochMs;
  readonly state: keyof typeof RAW;
}

interface Gap {
  readonly config: PlantConfig;
  readonly equipment: EquipmentConfig;
  readonly pulse: PulseConfig;
  readonly facts: EquipmentState;
  readonly horizon: EpochMs;
}

/** What a pulse and the time until the next, or until now, tell. */
function statesAfter(gap: Gap, at: EpochMs, next: EpochMs | undefined): readonly Told[] {
  const { pulse, facts, equipment, horizon } = gap;
  const cycleMs = pulseCycleMs(gap, at);
  const limitMs = cycleMs === null ? (pulse.stoppedAfterMs ?? null) : cycleMs * pulse.stoppedAfterCycles;
  if (limitMs === null) return [{ at, state: 'unknown' }];
  const until = next ?? Math.max(horizon, at);
  if (until - at <= limitMs) return [{ at, state: 'running' }];
  // After contact was lost it may have counted on without being heard.
  const { silentAfterMs } = equipment;
  const contact = contactSpans(facts.contact, silentAfterMs, at, until, until).find(({ to }) => to >= at);
  const heardTo = Math.min(contact?.to ?? at, until);
  if (heardTo - at <= limitMs) return [{ at, state: 'running' }];
  const stopped: Told = { at, state: 'stopped' };
  const firstCycleMs = next === undefined ? null : pulseCycleMs(gap, next);
  if (next === undefined || firstCycleMs === null || pulse.runsFrom === 'pulse') return [stopped];
  return [stopped, { at: Math.max(at + 1, Math.ceil(next - firstCycleMs)), state: 'running' }];
}

/** Ideal time between two pulses as of an instant; `null`: not known. */
function pulseCycleMs({ config, equipment, facts }: Gap, at: EpochMs): number | null {
  const product = productAt(facts.products, equipment.defaultProduct, at);
  const idealMs = product === null ? undefined : idealCycleAt(config, equipment, product, at);
  return idealMs === undefined ? null : idealMs * equipment.unitsPerCount;
}

/** Without those that repeat the state before. */
function changesOnly(told: readonly Told[], before: StateName | undefined): readonly Told[] {
  let last: StateName | undefined = before;
  return told.filter(({ state }) => {
    const isChange = state !== last;
    last = state;
    return isChange;
  });
}

function changedTo(equipment: string, { at, state }: Told, newestAt: EpochMs | null): MachineTold {
  return {
    type: 'equipmentStateChanged',
    equipment,
    at,
    state,
    raw: RAW[state],
    ...(state === 'unknown' ? { reason: NO_IDEAL_CYCLE } : null),
    ...(newestAt !== null && at < newestAt ? { late: true as const } : null),
    derived: true,
  };
}
