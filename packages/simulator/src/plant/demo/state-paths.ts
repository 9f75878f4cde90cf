import type { StatePath } from '../line-spec.ts';

// PackML (ISA-TR88.00.02): the states a machine passes through on its way into a standstill and out of it.

/** An internal cause. */
export function held(reason?: string): StatePath {
  return packml({ before: [['Holding', 1_200]], stay: 'Held', after: [['Unholding', 1_800]] }, reason);
}

/** An external cause: starved or blocked. */
export function suspended(reason: string): StatePath {
  return packml(
    { before: [['Suspending', 800]], stay: 'Suspended', after: [['Unsuspending', 1_500]] },
    reason,
  );
}

export function aborted(reason: string): StatePath {
  return packml(
    {
      before: [['Aborting', 700]],
      stay: 'Aborted',
      after: [
        ['Clearing', 4_000],
        ['Stopped', 5_000],
        ['Resetting', 3_000],
        ['Idle', 1_500],
        ['Starting', 3_000],
      ],
    },
    reason,
  );
}

/** Stopped at will, at the end of a job or before a break. */
export function stopped(reason?: string): StatePath {
  return packml(
    {
      before: [['Stopping', 2_500]],
      stay: 'Stopped',
      after: [
        ['Resetting', 3_000],
        ['Idle', 1_500],
        ['Starting', 3_000],
      ],
    },
    reason,
  );
}

/** A machine that names nothing but the standstill. */
export function plain(stay: string, reason?: string): StatePath {
  return { stay, ...(reason === undefined ? {} : { reason }) };
}

type Named = readonly (readonly [state: string, forMs: number])[];

function packml(
  path: { readonly before: Named; readonly stay: string; readonly after: Named },
  reason: string | undefined,
): StatePath {
  const passing = (states: Named) => states.map(([state, forMs]) => ({ state, forMs }));
  return {
    before: passing(path.before),
    stay: path.stay,
    after: passing(path.after),
    ...(reason === undefined ? {} : { reason }),
  };
}
