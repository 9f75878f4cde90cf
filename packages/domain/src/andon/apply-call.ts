import type { EngineState } from '../engine/engine-state.ts';
import type { Act, Call } from './call.ts';
import { afterAct } from './call.ts';
import type { CallEvent } from './call-events.ts';

export function applyCall(state: EngineState, event: CallEvent): void {
  if (event.type === 'callRaised') {
    raise(state, event);
    return;
  }
  const index = state.calls.findIndex(({ id }) => id === event.callId);
  const call = state.calls[index];
  if (call !== undefined) state.calls[index] = changed(call, event);
}

function raise(state: EngineState, event: Extract<CallEvent, { type: 'callRaised' }>): void {
  const { callId: id, line, equipment, callType: type, priority, note, author, at, receivedAt } = event;
  state.lastCall += 1;
  state.calls.push({
    id,
    line,
    ...(equipment === undefined ? null : { equipment }),
    type,
    priority,
    ...(note === undefined ? null : { note }),
    raisedBy: author,
    raisedAt: at,
    receivedAt,
    status: 'raised',
  });
}

function changed(call: Call, event: Exclude<CallEvent, { type: 'callRaised' }>): Call {
  if (event.type === 'callConfirmationAsked') return { ...call, stillNeeded: { askedAt: event.at } };
  const note = 'note' in event && event.note !== undefined ? { note: event.note } : null;
  const done: Act = { at: event.at, by: event.author, ...note };
  switch (event.type) {
    case 'callConfirmed':
      return { ...call, stillNeeded: { askedAt: call.stillNeeded?.askedAt ?? event.at, confirmed: done } };
    case 'callDisplayed':
      return { displayed: done, ...call };
    case 'callAcknowledged':
      return afterAct(call, 'acknowledge', done);
    case 'callStarted':
      return afterAct(call, 'start', done);
    case 'callJoined':
      return { ...call, responders: [...(call.responders ?? []), done] };
    case 'callNoted':
      return { ...call, notes: [...(call.notes ?? []), done] };
    case 'callResolved':
      return afterAct(call, 'resolve', done);
    case 'callCancelled':
      return afterAct(call, 'cancel', done);
    case 'rootCauseSet':
    default:
      return { ...call, rootCause: { ...done, note: event.rootCause } };
  }
}
