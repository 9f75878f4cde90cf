import type { EngineState } from '../engine/engine-state.ts';
import type { LinePath } from '../plant/plant.ts';
import type { Call } from './call.ts';

/** Open calls of a line and those closed in the last hours, in the order they were raised. */
export function openAndRecentCalls(state: EngineState, line: LinePath): readonly Call[] {
  return state.calls.filter((call) => call.line === line);
}
