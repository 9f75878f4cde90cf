import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { ShiftEvent } from './shift-events.ts';

export function applyShift(state: EngineState, event: ShiftEvent): void {
  const ended = event.type === 'shiftEnded';
  const { from, to } =
    event.type === 'shiftEnded' ? { from: event.from, to: event.at } : { from: event.at, to: event.to };
  lineOf(state, event.line).shift = { id: event.shiftId, from, to, ended };
}
