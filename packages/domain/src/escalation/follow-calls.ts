import type { EngineState } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { applyEscalation } from './apply-escalation.ts';
import { askStillNeeded, escalate } from './escalate.ts';
import type { EscalationEvent } from './escalation-events.ts';

/** What people did to calls starts, stops or ends their escalation; the first level begins at once. Applied. */
export function followCalls(
  state: EngineState,
  config: PlantConfig,
  events: readonly FactoryEvent[],
  now: EpochMs,
): readonly FactoryEvent[] {
  if (config.escalation === undefined) return [];
  const followed = events.flatMap((event) => followOne(state, config, event, now));
  const starts = events.some(({ type }) => type === 'callRaised' || type === 'callConfirmed');
  return starts ? [...followed, ...escalate(state, config, now)] : followed;
}

function followOne(
  state: EngineState,
  config: PlantConfig,
  event: FactoryEvent,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (!('callId' in event)) return [];
  const call = state.calls.find(({ id }) => id === event.callId);
  if (call === undefined || state.escalations[call.id] === undefined) return [];
  if (event.type === 'callConfirmationAsked') return askStillNeeded(state, config, call, now);
  const about = { callId: call.id, line: call.line, at: now };
  let followed: EscalationEvent;
  if (event.type === 'callAcknowledged')
    followed = { type: 'escalationAcknowledged', ...about, author: event.author };
  else if (event.type === 'callResolved') followed = { type: 'escalationClosed', ...about, by: 'resolved' };
  else if (event.type === 'callCancelled') followed = { type: 'escalationClosed', ...about, by: 'cancelled' };
  else return [];
  applyEscalation(state, config, followed);
  return [followed];
}
