import type { CallEvent } from '../andon/call-events.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { ClockState, Escalation } from './escalation.ts';
import { asking, newEscalation, resumed, running, snoozed, withClock } from './escalation.ts';
import type { Deferred, EscalationEvent } from './escalation-events.ts';
import { policyFor } from './policy.ts';

/** What happens to a call starts, stops or moves its clocks. */
export function applyCallToEscalation(state: EngineState, config: PlantConfig, event: CallEvent): void {
  const { callId, type } = event;
  if (type === 'callRaised') {
    state.escalations[callId] = newEscalation(callId, event.receivedAt);
    return;
  }
  const escalation = state.escalations[callId];
  if (escalation === undefined) return;
  if (type === 'callConfirmationAsked') state.escalations[callId] = asking(escalation, event.at);
  if (type === 'callConfirmed' && escalation.status === 'asking')
    state.escalations[callId] = running(escalation, event.at);
  const isClosed = type === 'callResolved' || type === 'callCancelled';
  // With escalation configured, `escalationClosed` ends it.
  if (isClosed && config.escalation === undefined) delete state.escalations[callId];
}

/** The longest stretch a rate limit looks back. */
const MAX_RATE_MS = 24 * 3_600_000;

export function applyEscalation(state: EngineState, config: PlantConfig, event: EscalationEvent): void {
  if (event.type === 'notificationRequested') {
    // A screen disturbs nobody.
    if (event.means !== 'screen') recordSent(state, event.person, event.at);
    return;
  }
  const escalation = state.escalations[event.callId];
  if (escalation === undefined) return;
  if (event.type === 'escalationClosed') delete state.escalations[event.callId];
  else
    state.escalations[event.callId] = changed(escalation, reminderMsOf(state, config, event.callId), event);
}

function changed(
  escalation: Escalation,
  reminderMs: number | null,
  event: Exclude<EscalationEvent, { type: 'notificationRequested' | 'escalationClosed' }>,
): Escalation {
  switch (event.type) {
    case 'escalationTriggered':
      return withClock(escalation, event.clock, {
        level: event.level,
        people: event.people,
        reminders: 0,
        remindAt: reminderMs === null ? null : event.at + reminderMs,
        waitsFrom: null,
        up: null,
      });
    case 'nobodyOnCall':
      return withClock(escalation, event.clock, {
        ...escalation.clocks[event.clock],
        up: event.goesUp ? { at: event.at, cause: 'nobodyOnCall' } : null,
        ...(event.retryAt === null ? null : { remindAt: null, waitsFrom: event.retryAt }),
      });
    case 'escalationReminder':
      return withClock(escalation, event.clock, {
        ...escalation.clocks[event.clock],
        reminders: event.number,
        remindAt: reminderMs === null ? null : event.at + reminderMs,
        waitsFrom: null,
      });
    case 'escalationAcknowledged':
      return withClock(
        {
          ...escalation,
          acknowledgedBy: event.author,
          deferred: escalation.deferred.filter(({ clock }) => clock !== 'acknowledgement'),
        },
        'resolution',
        remindedLater(escalation.clocks.resolution, event.at, reminderMs),
      );
    case 'escalationSnoozed':
      return snoozed(escalation, event.at, event.until);
    case 'escalationResumed':
      return resumed(escalation);
    case 'confirmationLapsed':
      return running(escalation, event.at);
    case 'callNotDisplayed':
      return withClock({ ...escalation, displayMissed: true }, 'acknowledgement', {
        ...escalation.clocks.acknowledgement,
        up: { at: event.at, cause: 'notDisplayed' },
      });
    case 'escalationSuppressed':
      return event.deferred === undefined ? escalation : deferred(escalation, event, event.deferred);
    case 'escalationQuietEnded':
      return { ...escalation, deferred: escalation.deferred.filter(({ until }) => until > event.at) };
    default:
      return escalation;
  }
}

/** Of several for a person by one means the last stands for all. */
function deferred(
  escalation: Escalation,
  { person, means, clock, level }: Extract<EscalationEvent, { type: 'escalationSuppressed' }>,
  rest: Pick<Deferred, 'until' | 'subject' | 'number' | 'cause'>,
): Escalation {
  const others = escalation.deferred.filter((each) => each.person !== person || each.means !== means);
  return { ...escalation, deferred: [...others, { person, means, clock, level, ...rest }] };
}

/** Whoever has just taken the call is left alone for an interval. */
function remindedLater(clock: ClockState, at: number, reminderMs: number | null): ClockState {
  return clock.remindAt === null || reminderMs === null ? clock : { ...clock, remindAt: at + reminderMs };
}

function reminderMsOf(state: EngineState, { escalation }: PlantConfig, callId: string): number | null {
  const call = state.calls.find(({ id }) => id === callId);
  return call === undefined || escalation === undefined ? null : policyFor(escalation, call).reminderMs;
}

function recordSent(state: EngineState, person: string, at: number): void {
  const kept = (state.notified[person] ?? []).filter((sentAt) => sentAt > at - MAX_RATE_MS);
  state.notified[person] = [...kept, at];
}
