import type { EngineState } from '../engine/engine-state.ts';
import type { Act, CallAct } from './call.ts';
import { afterAct } from './call.ts';
import type { CallEvent } from './call-events.ts';

const ACT_OF = { callAcknowledged: 'acknowledge', callResolved: 'resolve', callCancelled: 'cancel' } as const;

export function applyCall(state: EngineState, event: CallEvent): void {
  if (event.type === 'callRaised') {
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
    return;
  }
  const note = 'note' in event && event.note !== undefined ? { note: event.note } : null;
  const done: Act = { at: event.at, by: event.author, ...note };
  const index = state.calls.findIndex(({ id }) => id === event.callId);
  const call = state.calls[index];
  if (call === undefined) return;
  const act: CallAct | null = event.type === 'callDisplayed' ? null : ACT_OF[event.type];
  state.calls[index] = act === null ? { displayed: done, ...call } : afterAct(call, act, done);
}
