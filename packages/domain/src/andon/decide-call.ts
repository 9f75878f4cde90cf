import type { EngineState } from '../engine/engine-state.ts';
import type { Display, FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { Act, Call, CallAct } from './call.ts';
import { CALL_TRANSITIONS, isOpen } from './call.ts';

type RaiseCall = Extract<FactoryCommand, { name: 'raiseCall' }>;
type ActOnCall = Extract<FactoryCommand, { name: 'acknowledgeCall' | 'resolveCall' | 'cancelCall' }>;

/** At most one open call of a type per equipment, or per line where no equipment is named. */
export function decideRaiseCall(
  state: EngineState,
  line: IndexedLine,
  command: RaiseCall,
  author: string,
  at: EpochMs,
  receivedAt: EpochMs,
): StepResult {
  const { equipment, callType, priority, note } = command;
  if (equipment !== undefined && !line.config.equipment.includes(equipment))
    return unknownName('unknownEquipment', 'equipment', equipment, line.config.equipment, 'equipment');
  const place = { type: callType, line: command.line };
  const same = openLike(state, equipment === undefined ? place : { ...place, equipment });
  if (same !== undefined)
    return conflict(
      'callOpen',
      `call ${same.id} of type ${callType} is already open on ${equipment ?? command.line}`,
    );
  const callId = `call-${state.lastCall + 1}`;
  return {
    events: [
      {
        type: 'callRaised',
        callId,
        at,
        line: command.line,
        ...(equipment === undefined ? null : { equipment }),
        author,
        callType,
        priority,
        ...(note === undefined ? null : { note }),
        receivedAt,
      },
    ],
    data: { callId },
  };
}

const ACTS = { acknowledgeCall: 'acknowledge', resolveCall: 'resolve', cancelCall: 'cancel' } as const;

/** An act binds to one call; once that call is closed, or already acknowledged, it is refused with the reason. */
export function decideActOnCall(
  state: EngineState,
  command: ActOnCall,
  author: string,
  at: EpochMs,
): StepResult {
  const call = state.calls.find(({ id }) => id === command.callId);
  if (call === undefined)
    return refused('unknownCall', `no call ${command.callId}, or it was closed long ago`, 'callId');
  const act: CallAct = ACTS[command.name];
  if (call.status !== 'raised' && CALL_TRANSITIONS[call.status][act] === null) return impossible(state, call);
  const note = 'note' in command && command.note !== undefined ? { note: command.note } : null;
  // A person's clock may run behind the one that raised the call.
  const done = { callId: call.id, at: Math.max(at, call.raisedAt), author };
  if (command.name === 'acknowledgeCall') return { events: [{ type: 'callAcknowledged', ...done }] };
  if (command.name === 'resolveCall') return { events: [{ type: 'callResolved', ...done, ...note }] };
  return { events: [{ type: 'callCancelled', ...done, ...note }] };
}

/** The first display of a call that is open. Screens go on showing what is closed, and many show the same call. */
export function decideDisplay(state: EngineState, { callId, reader, at }: Display): StepResult {
  const call = state.calls.find(({ id }) => id === callId);
  if (call === undefined || !isOpen(call) || call.displayed !== undefined) return { events: [] };
  return {
    events: [{ type: 'callDisplayed', callId, at: Math.max(at, call.receivedAt), author: reader }],
  };
}

/** Why a call takes no such act any more. */
function impossible(state: EngineState, call: Exclude<Call, { status: 'raised' }>): StepResult {
  const last = lastAct(call);
  const successor = isOpen(call) ? undefined : openLike(state, call);
  const again = successor === undefined ? '' : `; it was raised again as ${successor.id}`;
  return conflict(CODES[call.status], `call ${call.id} was ${call.status} by ${last.by}${again}`);
}

function openLike(
  state: EngineState,
  { type, line, equipment }: Pick<Call, 'type' | 'line' | 'equipment'>,
): Call | undefined {
  return state.calls.find(
    (call) => isOpen(call) && call.type === type && call.line === line && call.equipment === equipment,
  );
}

const CODES = {
  acknowledged: 'callAcknowledged',
  resolved: 'callResolved',
  cancelled: 'callCancelled',
} as const;

function lastAct(call: Exclude<Call, { status: 'raised' }>): Act {
  if (call.status === 'acknowledged') return call.acknowledged;
  return call.status === 'resolved' ? call.resolved : call.cancelled;
}
