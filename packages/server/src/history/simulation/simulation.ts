import type { PolicyReport } from '@ms5/domain';

/** Past calls are to happen again. */
export interface Simulation {
  /** Calls received from `from` on and before `to`. */
  readonly from: number;
  readonly to: number;
  /** The section `escalation` of a plant file. Omitted: the one in force. */
  readonly escalation?: unknown;
  /** Topic filters of whoever asks: calls of lines whose events they do not cover are left out. */
  readonly permitted: readonly string[];
}

export type SimulationReply =
  | {
      readonly status: 'done';
      readonly asOf: { readonly offset: number; readonly at: number };
      readonly report: PolicyReport;
    }
  | { readonly status: 'invalid' | 'tooMuch'; readonly message: string; readonly path?: string }
  /** It took longer than `limitMs` and was given up. */
  | { readonly status: 'tookTooLong'; readonly limitMs: number }
  /** Another one runs. */
  | { readonly status: 'busy' };
