import type { ReasonConfig, StateMapping, StateName } from '@ms5/domain';

function all(state: StateName, raw: readonly string[]): StateMapping {
  return Object.fromEntries(raw.map((name) => [name, { state }]));
}

function allBecause(state: StateName, reason: string, raw: readonly string[]): StateMapping {
  return Object.fromEntries(raw.map((name) => [name, { state, reason }]));
}

/** Reason the built-in `packml` mapping gives to aborts; added to a plant that uses it and has none of that code. */
export const BREAKDOWN_REASON: ReasonConfig = {
  code: 'breakdown',
  name: 'Breakdown',
  loss: 'breakdown',
  failure: true,
};

/** MTConnect EXECUTION. */
const mtconnect: StateMapping = {
  ...all('running', ['ACTIVE']),
  ...all('idle', ['READY']),
  ...all('starved', ['WAIT']),
  ...all('unknown', ['UNAVAILABLE']),
  ...all('stopped', [
    'INTERRUPTED',
    'FEED_HOLD',
    'STOPPED',
    'OPTIONAL_STOP',
    'PROGRAM_STOPPED',
    'PROGRAM_OPTIONAL_STOP',
    'PROGRAM_COMPLETED',
  ]),
};

/** The 17 states of ISA-TR88.00.02 by name. */
const packml: StateMapping = {
  ...all('running', ['Starting', 'Execute', 'Completing']),
  ...all('idle', ['Idle', 'Resetting', 'Complete']),
  ...all('starved', ['Suspending', 'Suspended', 'Unsuspending']),
  ...allBecause('stopped', BREAKDOWN_REASON.code, ['Aborting', 'Aborted', 'Clearing']),
  ...all('stopped', ['Stopping', 'Stopped', 'Holding', 'Held', 'Unholding']),
};

/** The product's own state names. */
const simple: StateMapping = {
  running: { state: 'running' },
  stopped: { state: 'stopped' },
  idle: { state: 'idle' },
  setup: { state: 'setup' },
  blocked: { state: 'blocked' },
  starved: { state: 'starved' },
  notScheduled: { state: 'notScheduled' },
  unknown: { state: 'unknown' },
};

export const BUILT_IN_MAPPINGS: Readonly<Record<string, StateMapping>> = { mtconnect, packml, simple };
