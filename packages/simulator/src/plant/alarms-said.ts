import type { ObservationInput } from '@ms5/wire/factory';
import type { LineSpec, StopCause } from './line-spec.ts';
import type { Phase } from './line-state.ts';

/** What the machine says of the alarm of a stop when it begins or ends; nothing where the stop has none. */
export function alarmSaid(
  { equipment }: LineSpec,
  { alarm }: StopCause,
  atMs: number,
  active: boolean,
): readonly ObservationInput[] {
  if (alarm === undefined) return [];
  const at = Math.round(atMs);
  const { code } = alarm;
  return [{ equipment, at, alarm: active ? { ...alarm, active } : { code, active } }];
}

/** To somebody who has heard nothing yet, or something else: what is active, and that nothing else is. */
export function alarmsAnnounced(spec: LineSpec, phase: Phase, atMs: number): readonly ObservationInput[] {
  if (spec.stops.every(({ alarm }) => alarm === undefined)) return [];
  const none = { equipment: spec.equipment, at: Math.round(atMs), alarm: { active: false } };
  const isStopped = phase.kind === 'standing' && phase.why.kind === 'stop';
  return [none, ...(isStopped ? alarmSaid(spec, phase.why.cause, atMs, true) : [])];
}
