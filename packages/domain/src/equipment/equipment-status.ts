import { countSourceOf, countKind, countsBetween } from '../count/count-source.ts';
import type { Counts } from '../count/count-source.ts';
import type { CounterAnomaly } from '../count/reading-facts.ts';
import { counterAnomalies } from '../count/reading-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentConfig, EquipmentPath, PlantConfig, StateName } from '../plant/plant.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';
import { overlapMs } from '../time/interval.ts';
import { contactSpans } from './contact.ts';
import type { IllegalTransition } from './illegal-transitions.ts';
import { heardModes } from './mode-facts.ts';
import { effectiveSegments, horizonOf } from './equipment-timeline.ts';
import { NOT_HEARD_YET } from './timeline.ts';

/** The state at one instant and since when it holds. */
export interface CurrentState {
  readonly name: StateName;
  readonly since: EpochMs;
  readonly reason?: string;
  readonly raw?: string;
}

export interface ContactStatus {
  readonly status: 'heard' | 'silent' | 'never';
  readonly lastAt?: EpochMs;
}

export interface EquipmentStatus {
  readonly state: CurrentState;
  readonly contact: ContactStatus;
  /** Of the current shift. */
  readonly counts: Counts | Unknown;
  /** Totals of the current shift that did not simply rise, oldest first; the newest of them. */
  readonly counter: { readonly anomalies: readonly CounterAnomalyView[] };
  readonly mode: CurrentMode | Unknown;
  /** Of the current shift, oldest first; the newest of them. Only of machines that speak PackML. */
  readonly transitions?: { readonly illegal: readonly IllegalTransition[] };
}

/** The mode now, since when, and how long each lasted in the current shift until then, ms. */
interface CurrentMode {
  readonly name: string;
  readonly since: EpochMs;
  readonly before: Readonly<Record<string, number>>;
}

export interface CounterAnomalyView extends CounterAnomaly {
  readonly counter: 'produced' | 'rejected';
}

const ANOMALIES_SHOWN = 20;
const TRANSITIONS_SHOWN = 20;

export function equipmentStatus(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
  now: EpochMs,
): EquipmentStatus | Unknown {
  const equipment = plantIndex(config).equipment.get(path)?.config;
  if (equipment === undefined) return unknown('unknownEquipment');
  const shift = lineShiftAt(state, config, equipment.line, now);
  return {
    state: currentState(state, config, equipment, now),
    contact: contactStatus(state, equipment, now),
    counts: shiftCounts(state, equipment, shift, now),
    counter: { anomalies: shiftAnomalies(state, equipment, shift) },
    mode: currentMode(state, equipment, shift, now),
    ...(equipment.packml === true ? { transitions: shiftTransitions(state, equipment, shift) } : null),
  };
}

/**
 * The state now. Before anything was heard it is unknown since the shift began, or without one since the engine's
 * clock did.
 */
export function currentState(
  state: EngineState,
  config: PlantConfig,
  equipment: EquipmentConfig,
  now: EpochMs,
): CurrentState {
  const facts = equipmentOf(state, equipment.path);
  // The present ms counts as elapsed, so that what was just observed is shown.
  const horizon = horizonOf(state, equipment, now) + 1;
  const newest = facts.states.at(-1);
  const heardFrom = facts.contact.heard.at(-1)?.[0];
  const from = Math.min(newest?.runFrom ?? Infinity, heardFrom ?? Infinity);
  if (from === Infinity) {
    const since = lineShiftAt(state, config, equipment.line, now)?.from ?? state.begunAt ?? now;
    return { name: 'unknown', since, reason: NOT_HEARD_YET };
  }
  const segment = effectiveSegments(state, config, equipment, from, horizon, horizon).at(-1);
  if (segment === undefined) return { name: 'unknown', since: now };
  return {
    name: segment.state,
    since: segment.from,
    ...(segment.reason === null ? null : { reason: segment.reason }),
    ...(segment.raw === null ? null : { raw: segment.raw }),
  };
}

export function contactStatus(state: EngineState, equipment: EquipmentConfig, now: EpochMs): ContactStatus {
  const { contact } = equipmentOf(state, equipment.path);
  const lastAt = contact.heard.at(-1)?.[1];
  if (lastAt === undefined) return { status: 'never' };
  const at = Math.max(now, lastAt);
  const heard = contactSpans(contact, equipment.silentAfterMs, at, at, at + 1).at(-1)?.endedBy === 'open';
  return { status: heard ? 'heard' : 'silent', lastAt };
}

/** Counts of the shift at `now`, of this equipment alone. */
function shiftCounts(
  state: EngineState,
  equipment: EquipmentConfig,
  shift: Interval | null,
  now: EpochMs,
): Counts | Unknown {
  if (shift === null) return unknown('noShift');
  const source = countSourceOf(equipmentOf(state, equipment.path), equipment.unitsPerCount);
  if (countKind(source) === 'none') return unknown('noCounts');
  return countsBetween(source, shift.from, Math.min(shift.to, horizonOf(state, equipment, now)));
}

function shiftAnomalies(
  state: EngineState,
  equipment: EquipmentConfig,
  shift: Interval | null,
): readonly CounterAnomalyView[] {
  if (shift === null) return [];
  const facts = equipmentOf(state, equipment.path);
  return (['produced', 'rejected'] as const)
    .flatMap((counter) =>
      counterAnomalies(facts[counter], shift.from, shift.to).map((anomaly) =>
        Object.assign({ counter }, anomaly),
      ),
    )
    .sort((a, b) => a.at - b.at)
    .slice(-ANOMALIES_SHOWN);
}

/** What is not heard is in no mode that is known. */
function currentMode(
  state: EngineState,
  equipment: EquipmentConfig,
  shift: Interval | null,
  now: EpochMs,
): CurrentMode | Unknown {
  const facts = equipmentOf(state, equipment.path);
  const [oldest] = facts.modes ?? [];
  if (oldest === undefined) return unknown('noModeYet');
  const horizon = horizonOf(state, equipment, now) + 1;
  const spans = heardModes(facts, equipment.silentAfterMs, oldest.at, horizon, horizon);
  const current = spans.at(-1);
  if (current === undefined || current.to < horizon) return unknown('modeNotKnown');
  const before: Record<string, number> = {};
  for (const { mode, from, to } of spans.slice(0, -1)) {
    const ms = shift === null ? 0 : overlapMs({ from, to }, shift);
    if (ms > 0) before[mode] = (before[mode] ?? 0) + ms;
  }
  return { name: current.mode, since: current.from, before };
}

function shiftTransitions(
  state: EngineState,
  equipment: EquipmentConfig,
  shift: Interval | null,
): { readonly illegal: readonly IllegalTransition[] } {
  const { illegalTransitions = [] } = equipmentOf(state, equipment.path);
  const illegal = illegalTransitions.filter(({ at }) => shift !== null && at >= shift.from && at < shift.to);
  return { illegal: illegal.slice(-TRANSITIONS_SHOWN) };
}
