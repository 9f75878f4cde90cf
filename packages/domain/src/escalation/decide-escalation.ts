import { actOn, callOf, impossible, unknownCall } from '../andon/decide-call.ts';
import { isOpen } from '../andon/call.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { EscalationCommand } from './escalation-events.ts';

const MIN_SNOOZE_MS = 60_000;
const MAX_SNOOZE_MS = 4 * 3_600_000;

/** Puts everything that would happen by itself off, for a while. */
export function decideSnooze(
  state: EngineState,
  { callId, forMs }: Extract<EscalationCommand, { name: 'snoozeEscalation' }>,
  author: string,
  now: EpochMs,
): StepResult {
  if (!(forMs >= MIN_SNOOZE_MS && forMs <= MAX_SNOOZE_MS))
    return refused('invalidSnooze', `forMs is ${forMs}; expected 1 minute to 4 hours`, 'forMs');
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  if (!isOpen(call)) return impossible(state, call);
  const escalation = state.escalations[callId];
  if (escalation === undefined || escalation.status === 'asking')
    return conflict('notEscalating', `nothing of call ${callId} is running that could be put off`);
  const about = { callId, line: call.line, at: now, author };
  return { events: [{ type: 'escalationSnoozed', ...about, until: now + forMs }] };
}

/** Whoever takes a call over answers for it from then on; that acknowledges it, if nobody has. */
export function decideTakeOver(
  state: EngineState,
  { callId }: Extract<EscalationCommand, { name: 'takeOver' }>,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  const done = actOn(call, author, at);
  if (call.status === 'raised') return { events: [{ type: 'callAcknowledged', ...done }] };
  if (!isOpen(call)) return impossible(state, call);
  const by = state.escalations[callId]?.acknowledgedBy ?? call.acknowledged.by;
  if (by === author) return conflict('alreadyYours', `${author} answers for call ${callId} already`);
  const events: FactoryEvent[] = [];
  if (!(call.responders ?? []).some((each) => each.by === author))
    events.push({ type: 'callJoined', ...done });
  events.push({ type: 'escalationAcknowledged', callId, line: call.line, at: now, author });
  return { events };
}
