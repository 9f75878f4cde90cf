import type { EngineState } from '../engine/engine-state.ts';
import type { LinePath } from '../plant/plant.ts';
import type { Call } from './call.ts';
import type { ResponseTimes } from './response-times.ts';
import { responseTimes } from './response-times.ts';

export type CallView = Call & ResponseTimes;

/** Open calls of a line and those closed in the last hours, in the order they were raised. */
export function openAndRecentCalls(state: EngineState, line: LinePath): readonly CallView[] {
  return state.calls
    .filter((call) => call.line === line)
    .map((call) => Object.assign({}, call, responseTimes(call)));
}
