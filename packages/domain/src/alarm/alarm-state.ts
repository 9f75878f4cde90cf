/**
 * Where an alarm stands in its process (ISA-18.2, IEC 62682 clause 5.4). Shelving, suppression by design and being out
 * of service are none of these: they lie over them.
 */
export type AlarmState =
  | 'normal'
  /** Active, and nobody has acknowledged it. */
  | 'unacknowledged'
  /** Active. */
  | 'acknowledged'
  /** No longer active, and nobody has acknowledged it. */
  | 'returnedUnacknowledged'
  /** No longer active, and kept until it is reset. */
  | 'latchedUnacknowledged'
  | 'latchedAcknowledged';

export type AlarmStep =
  | 'activate'
  | 'return'
  /** The return of an alarm that latches. */
  | 'returnLatched'
  | 'acknowledge'
  | 'reset';

/** What each step does in each state; `null`: it is not possible and changes nothing. */
export const ALARM_TRANSITIONS: Readonly<Record<AlarmState, Readonly<Record<AlarmStep, AlarmState | null>>>> =
  {
    normal: {
      activate: 'unacknowledged',
      return: null,
      returnLatched: null,
      acknowledge: null,
      reset: null,
    },
    unacknowledged: {
      // A new occurrence takes the place of the one before.
      activate: 'unacknowledged',
      return: 'returnedUnacknowledged',
      returnLatched: 'latchedUnacknowledged',
      acknowledge: 'acknowledged',
      reset: null,
    },
    acknowledged: {
      activate: 'unacknowledged',
      return: 'normal',
      returnLatched: 'latchedAcknowledged',
      acknowledge: null,
      reset: null,
    },
    returnedUnacknowledged: {
      activate: 'unacknowledged',
      return: null,
      returnLatched: null,
      acknowledge: 'normal',
      reset: null,
    },
    latchedUnacknowledged: {
      activate: 'unacknowledged',
      return: null,
      returnLatched: null,
      acknowledge: 'latchedAcknowledged',
      reset: 'returnedUnacknowledged',
    },
    latchedAcknowledged: {
      activate: 'unacknowledged',
      return: null,
      returnLatched: null,
      acknowledge: null,
      reset: 'normal',
    },
  };

export function isActive(state: AlarmState): boolean {
  return state === 'unacknowledged' || state === 'acknowledged';
}

/** Whether somebody is still to acknowledge it. */
export function isUnacknowledged(state: AlarmState): boolean {
  return (
    state === 'unacknowledged' || state === 'returnedUnacknowledged' || state === 'latchedUnacknowledged'
  );
}
