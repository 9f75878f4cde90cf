import type { MappedState, StateMapping, StateName } from '../plant/plant.ts';

const STATE_NAMES: readonly StateName[] = [
  'running',
  'stopped',
  'idle',
  'setup',
  'blocked',
  'starved',
  'notScheduled',
  'unknown',
];

/** States that stand still for a cause: an unbroken stretch of them is a stop. */
export function isStop(state: StateName): boolean {
  return state === 'stopped' || state === 'idle' || state === 'blocked' || state === 'starved';
}

/** MTConnect EXECUTION. */
export const MTCONNECT_MAPPING: StateMapping = {
  READY: { state: 'idle' },
  ACTIVE: { state: 'running' },
  INTERRUPTED: { state: 'stopped' },
  FEED_HOLD: { state: 'stopped' },
  STOPPED: { state: 'stopped' },
  OPTIONAL_STOP: { state: 'stopped' },
  PROGRAM_STOPPED: { state: 'stopped' },
  PROGRAM_COMPLETED: { state: 'stopped' },
  WAIT: { state: 'starved' },
  UNAVAILABLE: { state: 'unknown' },
};

/** OPC UA for Machinery (40001-1), MachineryItemState. */
export const OPCUA_MACHINERY_MAPPING: StateMapping = {
  NotAvailable: { state: 'stopped' },
  OutOfService: { state: 'stopped' },
  NotExecuting: { state: 'idle' },
  Executing: { state: 'running' },
};

/** A machine that tells by a bit whether it runs. */
export const BIT_MAPPING: StateMapping = {
  1: { state: 'running' },
  0: { state: 'stopped' },
  true: { state: 'running' },
  false: { state: 'stopped' },
};

/** A machine that already speaks this product's state names. */
export const PLAIN_MAPPING: StateMapping = Object.fromEntries(
  STATE_NAMES.map((state): [string, MappedState] => [state, { state }]),
);

/** Reason shown while a raw state that the table does not hold lasts; the state is unknown. */
export const UNMAPPED_STATE = 'unmappedState';

/** What a raw state means. `reported`: the reason the observation carried, which comes before the table's. */
export function meaningOf(
  mapping: ReadonlyMap<string, MappedState>,
  raw: string,
  reported: string | undefined,
): { readonly state: StateName; readonly reason: string | null } {
  const mapped = mapping.get(raw);
  if (mapped === undefined) return { state: 'unknown', reason: UNMAPPED_STATE };
  return { state: mapped.state, reason: reported ?? mapped.reason ?? null };
}
