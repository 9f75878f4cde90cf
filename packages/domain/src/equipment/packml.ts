import type { MappedState, StateMapping } from '../plant/plant.ts';

/** ISA-TR88.00.02, table of states, with what each asks of whoever waits for it. */
type PackmlCommand =
  | 'reset'
  | 'start'
  | 'complete'
  | 'suspend'
  | 'unsuspend'
  | 'hold'
  | 'unhold'
  | 'stop'
  | 'abort'
  | 'clear';

export type PackmlState =
  | 'Clearing'
  | 'Stopped'
  | 'Starting'
  | 'Idle'
  | 'Suspended'
  | 'Execute'
  | 'Stopping'
  | 'Aborting'
  | 'Aborted'
  | 'Holding'
  | 'Held'
  | 'Unholding'
  | 'Suspending'
  | 'Unsuspending'
  | 'Resetting'
  | 'Completing'
  | 'Complete';

interface PackmlRow {
  /** `StateCurrent` of PackTags. */
  readonly number: number;
  /** Held is an internal cause, Suspended an external one. */
  readonly means: MappedState;
  /** Where each command, and the completion of an acting state (`stateComplete`), leads. */
  readonly to: Readonly<Partial<Record<PackmlCommand | 'stateComplete', PackmlState>>>;
}

const STOP = { stop: 'Stopping' } as const;
const ABORT = { abort: 'Aborting' } as const;
const STOP_OR_ABORT = { ...STOP, ...ABORT } as const;
const HOLD_STOP_OR_ABORT = { hold: 'Holding', ...STOP_OR_ABORT } as const;

const BREAKDOWN: MappedState = { state: 'stopped', reason: 'breakdown' };
const STOPPED: MappedState = { state: 'stopped' };
const STARVED: MappedState = { state: 'starved' };
const IDLE: MappedState = { state: 'idle' };
const RUNNING: MappedState = { state: 'running' };

/** The one table of PackML: numbers, meaning, transitions. */
export const PACKML: Readonly<Record<PackmlState, PackmlRow>> = {
  Clearing: { number: 1, means: BREAKDOWN, to: { stateComplete: 'Stopped', ...ABORT } },
  Stopped: { number: 2, means: STOPPED, to: { reset: 'Resetting', ...ABORT } },
  Starting: { number: 3, means: RUNNING, to: { stateComplete: 'Execute', ...HOLD_STOP_OR_ABORT } },
  Idle: { number: 4, means: IDLE, to: { start: 'Starting', ...STOP_OR_ABORT } },
  Suspended: { number: 5, means: STARVED, to: { unsuspend: 'Unsuspending', ...HOLD_STOP_OR_ABORT } },
  Execute: {
    number: 6,
    means: RUNNING,
    to: { complete: 'Completing', suspend: 'Suspending', ...HOLD_STOP_OR_ABORT },
  },
  Stopping: { number: 7, means: STOPPED, to: { stateComplete: 'Stopped', ...ABORT } },
  Aborting: { number: 8, means: BREAKDOWN, to: { stateComplete: 'Aborted' } },
  Aborted: { number: 9, means: BREAKDOWN, to: { clear: 'Clearing' } },
  Holding: { number: 10, means: STOPPED, to: { stateComplete: 'Held', ...STOP_OR_ABORT } },
  Held: { number: 11, means: STOPPED, to: { unhold: 'Unholding', ...STOP_OR_ABORT } },
  Unholding: { number: 12, means: STOPPED, to: { stateComplete: 'Execute', ...HOLD_STOP_OR_ABORT } },
  Suspending: { number: 13, means: STARVED, to: { stateComplete: 'Suspended', ...HOLD_STOP_OR_ABORT } },
  Unsuspending: { number: 14, means: STARVED, to: { stateComplete: 'Execute', ...HOLD_STOP_OR_ABORT } },
  Resetting: { number: 15, means: IDLE, to: { stateComplete: 'Idle', ...STOP_OR_ABORT } },
  Completing: { number: 16, means: RUNNING, to: { stateComplete: 'Complete', ...STOP_OR_ABORT } },
  Complete: { number: 17, means: IDLE, to: { reset: 'Resetting', ...STOP_OR_ABORT } },
};

const ROWS = Object.entries(PACKML) as [PackmlState, PackmlRow][];

/** By name, and by number as text, for machines that tell `StateCurrent` as it is. */
const BY_RAW: ReadonlyMap<string, PackmlState> = new Map(
  ROWS.flatMap(([state, { number }]) => [[state, state] as const, [String(number), state] as const]),
);

export const PACKML_MAPPING: StateMapping = Object.fromEntries(
  [...BY_RAW].map(([raw, state]) => [raw, PACKML[state].means]),
);

/** The state a machine means; `undefined`: none of PackML's. */
export function packmlState(raw: string): PackmlState | undefined {
  return BY_RAW.get(raw);
}

const NEXT: Readonly<Record<PackmlState, ReadonlySet<PackmlState>>> = Object.fromEntries(
  ROWS.map(([state, { to }]) => [state, new Set(Object.values(to))]),
) as unknown as Record<PackmlState, ReadonlySet<PackmlState>>;

/** Whether the table leads from one state to the other in one step, or they are one. */
export function isPackmlTransition(from: PackmlState, to: PackmlState): boolean {
  return from === to || NEXT[from].has(to);
}
