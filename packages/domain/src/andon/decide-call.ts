import type { EngineState } from '../engine/engine-state.ts';
import type { Display, FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { Act, Call, CallAct } from './call.ts';
import { CALL_TRANSITIONS, isOpen } from './call.ts';
import type { CallActCommand } from './call-events.ts';

type RaiseCall = Extract<FactoryCommand, { name: 'raiseCall' }>;

/** A call that arrives later than this after it was raised may not be needed any more; a safety call always is. */
const LATE_MS = 5 * 60_000;

/** At most one open call of a type per equipment, or per line where no equipment is named, unless asked otherwise. */
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
  if (same !== undefined && command.allowSecond !== true)
    return conflict(
      'callOpen',
      `call ${same.id} of type ${callType} is already open on ${equipment ?? command.line}`,
    );
  const callId = `call-${state.lastCall + 1}`;
  const isLate = receivedAt - at > LATE_MS && callType !== 'safety';
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
      ...(isLate ? [{ type: 'callConfirmationAsked' as const, callId, at: receivedAt }] : []),
    ],
    data: isLate ? { callId, stillNeeded: 'asked' } : { callId },
  };
}

const ACTS = {
  acknowledgeCall: 'acknowledge',
  startCall: 'start',
  resolveCall: 'resolve',
  cancelCall: 'cancel',
} as const;

/** An act binds to one call; once that call is closed, or already acknowledged, it is refused with the reason. */
export function decideActOnCall(
  state: EngineState,
  command: CallActCommand,
  author: string,
  at: EpochMs,
): StepResult {
  const call = callOf(state, command.callId);
  if (call === undefined) return unknownCall(command.callId);
  const act: CallAct = ACTS[command.name];
  if (call.status !== 'raised' && CALL_TRANSITIONS[call.status][act] === null) return impossible(state, call);
  const note = 'note' in command && command.note !== undefined ? { note: command.note } : null;
  const done = actOn(call, author, at);
  if (command.name === 'acknowledgeCall') return { events: [{ type: 'callAcknowledged', ...done }] };
  if (command.name === 'resolveCall') return { events: [{ type: 'callResolved', ...done, ...note }] };
  if (command.name === 'cancelCall') return { events: [{ type: 'callCancelled', ...done, ...note }] };
  const started = { type: 'callStarted', ...done, ...note } as const;
  // Whoever begins has seen it.
  return call.status === 'raised'
    ? { events: [{ type: 'callAcknowledged', ...done }, started] }
    : { events: [started] };
}

/** The answer to whether a call that came late is still needed. */
export function decideConfirmCall(
  state: EngineState,
  callId: string,
  author: string,
  at: EpochMs,
): StepResult {
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  if (!isOpen(call)) return impossible(state, call);
  if (call.stillNeeded === undefined)
    return conflict('notAsked', `nobody was asked whether ${callId} is still needed`);
  const { confirmed } = call.stillNeeded;
  if (confirmed !== undefined)
    return conflict('callConfirmed', `call ${callId} was confirmed by ${confirmed.by}`);
  return { events: [{ type: 'callConfirmed', ...actOn(call, author, at) }] };
}

/** Notes and responders of one call; more is a mistake. */
const MAX_ENTRIES = 100;

export function decideNoteCall(
  state: EngineState,
  { callId, note }: Extract<FactoryCommand, { name: 'noteCall' }>,
  author: string,
  at: EpochMs,
): StepResult {
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  if ((call.notes ?? []).length >= MAX_ENTRIES)
    return conflict('tooManyNotes', `call ${callId} has ${MAX_ENTRIES} notes`);
  return { events: [{ type: 'callNoted', ...actOn(call, author, at), note }] };
}

export function decideJoinCall(state: EngineState, callId: string, author: string, at: EpochMs): StepResult {
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  if (!isOpen(call)) return impossible(state, call);
  const responders = call.responders ?? [];
  if (responders.some(({ by }) => by === author))
    return conflict('alreadyThere', `${author} has joined call ${callId} already`);
  if (responders.length >= MAX_ENTRIES)
    return conflict('tooManyResponders', `call ${callId} has ${MAX_ENTRIES} responders`);
  return { events: [{ type: 'callJoined', ...actOn(call, author, at) }] };
}

/** What it was, once somebody has looked: also after the call was resolved, and again when it turns out otherwise. */
export function decideRootCause(
  state: EngineState,
  { callId, rootCause }: Extract<FactoryCommand, { name: 'setRootCause' }>,
  author: string,
  at: EpochMs,
): StepResult {
  const call = callOf(state, callId);
  if (call === undefined) return unknownCall(callId);
  if (call.status === 'raised') return conflict('callRaised', `call ${callId} has not been acknowledged yet`);
  if (call.status === 'cancelled') return impossible(state, call);
  const before = call.rootCause?.note ?? null;
  return { events: [{ type: 'rootCauseSet', ...actOn(call, author, at), rootCause, before }] };
}

/** The first display of a call that is open. Screens go on showing what is closed, and many show the same call. */
export function decideDisplay(state: EngineState, { callId, reader, at }: Display): StepResult {
  const call = callOf(state, callId);
  if (call === undefined || !isOpen(call) || call.displayed !== undefined) return { events: [] };
  return {
    events: [{ type: 'callDisplayed', callId, at: Math.max(at, call.receivedAt), author: reader }],
  };
}

export function callOf(state: EngineState, callId: string): Call | undefined {
  return state.calls.find(({ id }) => id === callId);
}

export function unknownCall(callId: string): StepResult {
  return refused('unknownCall', `no call ${callId}, or it was closed long ago`, 'callId');
}

/** A person's clock may run behind the one that raised the call. */
export function actOn(
  { id, raisedAt }: Call,
  author: string,
  at: EpochMs,
): { readonly callId: string; readonly at: EpochMs; readonly author: string } {
  return { callId: id, at: Math.max(at, raisedAt), author };
}

/** Why a call takes no such act any more. */
export function impossible(state: EngineState, call: Exclude<Call, { status: 'raised' }>): StepResult {
  const last = lastAct(call);
  const successor = isOpen(call) ? undefined : openLike(state, call);
  const again = successor === undefined ? '' : `; it was raised again as ${successor.id}`;
  const { code, done } = PAST[call.status];
  return conflict(code, `call ${call.id} was ${done} by ${last.by}${again}`);
}

function openLike(
  state: EngineState,
  { type, line, equipment }: Pick<Call, 'type' | 'line' | 'equipment'>,
): Call | undefined {
  return state.calls.find(
    (call) => isOpen(call) && call.type === type && call.line === line && call.equipment === equipment,
  );
}

const PAST = {
  acknowledged: { code: 'callAcknowledged', done: 'acknowledged' },
  inProgress: { code: 'callStarted', done: 'started' },
  resolved: { code: 'callResolved', done: 'resolved' },
  cancelled: { code: 'callCancelled', done: 'cancelled' },
} as const;

function lastAct(call: Exclude<Call, { status: 'raised' }>): Act {
  if (call.status === 'acknowledged') return call.acknowledged;
  if (call.status === 'inProgress') return call.started;
  return call.status === 'resolved' ? call.resolved : call.cancelled;
}
