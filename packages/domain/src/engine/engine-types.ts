import type { CallPriority, CallType } from '../andon/call.ts';
import type { EpochMs, EquipmentPath, LinePath, StateName } from '../plant/plant.ts';

/** What a machine said. `at`: event time by the machine; `receivedAt`: our clock. */
export interface Observation {
  readonly equipment: EquipmentPath;
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  /** State as the machine names it. */
  readonly state?: string;
  readonly reason?: string;
  readonly product?: string | null;
  /** Increments. */
  readonly good?: number;
  readonly scrap?: number;
  readonly rework?: number;
  /** Running totals. */
  readonly counter?: number;
  readonly rejectCounter?: number;
  /** Instants at which the machine was merely heard (telemetry, heartbeat), as `[from, to]` spans; `at` counts too. */
  readonly heard?: readonly (readonly [from: EpochMs, to: EpochMs])[];
  /** The connection to the machine was lost at `at`: it is silent from then on. */
  readonly lost?: true;
}

/** What a person asked. `author`: user id. `at`: the person's instant, corrected for their clock. */
export interface FactoryCommandEnvelope {
  readonly author: string;
  readonly at: EpochMs;
  readonly command: FactoryCommand;
}

export type FactoryCommand =
  | {
      readonly name: 'raiseCall';
      readonly line: LinePath;
      readonly equipment?: EquipmentPath;
      readonly callType: CallType;
      readonly priority: CallPriority;
      readonly note?: string;
      readonly raisedAt?: EpochMs;
    }
  | { readonly name: 'acknowledgeCall'; readonly callId: string }
  | { readonly name: 'resolveCall'; readonly callId: string; readonly note?: string }
  | { readonly name: 'cancelCall'; readonly callId: string; readonly note?: string }
  | { readonly name: 'classifyDowntime'; readonly downtimeId: string; readonly reason: string }
  | {
      readonly name: 'startJob';
      readonly line: LinePath;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    }
  | { readonly name: 'completeJob'; readonly line: LinePath }
  | { readonly name: 'startChangeover'; readonly line: LinePath; readonly toProduct: string }
  | { readonly name: 'completeChangeover'; readonly line: LinePath }
  | {
      readonly name: 'enterCount';
      readonly line: LinePath;
      readonly good?: number;
      readonly scrap?: number;
      readonly rework?: number;
    };

/** A call was on a visible screen long enough to be seen. `at`: our clock. */
export interface Display {
  readonly callId: string;
  /** Whose screen it was: a user id. */
  readonly reader: string;
  readonly at: EpochMs;
}

export type EngineInput =
  | { readonly kind: 'observation'; readonly observation: Observation }
  | { readonly kind: 'display'; readonly display: Display }
  | { readonly kind: 'command'; readonly envelope: FactoryCommandEnvelope }
  /** The clock reached `now`: shifts start and end, machines fall silent. Sent about once a second. */
  | { readonly kind: 'tick' };

/** What became true. `at` is event time. Recorded in the log; replay applies these and decides nothing again. */
export type FactoryEvent =
  | {
      readonly type: 'equipmentStateChanged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly state: StateName;
      readonly raw: string;
      readonly reason?: string;
      readonly late?: true;
    }
  | {
      readonly type: 'productChanged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly product: string | null;
      /** A person (job, changeover) set it; absent: the machine said so, and was heard. */
      readonly author?: string;
      readonly late?: true;
    }
  /** Increments, at their event time. */
  | {
      readonly type: 'counted';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly good: number;
      readonly scrap: number;
      readonly rework: number;
      /** A person entered it; absent: the machine said so, and was heard. */
      readonly author?: string;
      /** The source told scrap or rework, if only that there was none. */
      readonly rejectsGiven?: true;
      readonly late?: true;
    }
  /** A running total was read; increments are derived between neighbours in event time. */
  | {
      readonly type: 'counterRead';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly counter: 'produced' | 'rejected';
      readonly total: number;
      readonly late?: true;
    }
  | {
      readonly type: 'equipmentHeard';
      readonly equipment: EquipmentPath;
      readonly spans: readonly (readonly [EpochMs, EpochMs])[];
    }
  | { readonly type: 'contactLost'; readonly equipment: EquipmentPath; readonly at: EpochMs }
  /** A stop of a constraint began. Repeated for the same id when a late observation changes its kind or opens it again. */
  | {
      readonly type: 'downtimeStarted';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly state: StateName;
      readonly reason?: string;
    }
  /** Repeated for the same id when a late observation moves the end. */
  | {
      readonly type: 'downtimeEnded';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly from: EpochMs;
      readonly minor: boolean;
    }
  /** A late observation showed that this stop did not happen, or began at another instant. */
  | {
      readonly type: 'downtimeWithdrawn';
      readonly downtimeId: string;
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'downtimeClassified';
      readonly downtimeId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly reason: string;
      readonly before?: string;
    }
  | {
      readonly type: 'callRaised';
      readonly callId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly equipment?: EquipmentPath;
      readonly author: string;
      readonly callType: CallType;
      readonly priority: CallPriority;
      readonly note?: string;
      readonly receivedAt: EpochMs;
    }
  /** A screen showed the call for the first time. */
  | {
      readonly type: 'callDisplayed';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
    }
  | {
      readonly type: 'callAcknowledged';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
    }
  | {
      readonly type: 'callResolved';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly note?: string;
    }
  | {
      readonly type: 'callCancelled';
      readonly callId: string;
      readonly at: EpochMs;
      readonly author: string;
      readonly note?: string;
    }
  | {
      readonly type: 'jobStarted';
      readonly jobId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
      readonly workOrder: string;
      readonly product: string;
      readonly targetCount: number;
    }
  | {
      readonly type: 'jobCompleted';
      readonly jobId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
    }
  | {
      readonly type: 'changeoverStarted';
      readonly changeoverId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
      readonly fromProduct: string | null;
      readonly toProduct: string;
    }
  | {
      readonly type: 'changeoverCompleted';
      readonly changeoverId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
    }
  | {
      readonly type: 'shiftStarted';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly to: EpochMs;
    }
  /** Figures of the closed shift, as known at its close. */
  | {
      readonly type: 'shiftEnded';
      readonly line: LinePath;
      readonly at: EpochMs;
      readonly shiftId: string;
      readonly from: EpochMs;
      readonly figures: Readonly<Record<string, unknown>>;
    }
  /** The engine's clock; what is shown "as of" is computed with it. */
  | { readonly type: 'timeAdvanced'; readonly at: EpochMs };

/** Why a command or observation changed nothing. `code` is stable; `message` says what was found and expected. */
export interface Refusal {
  readonly status: 'rejected' | 'conflict';
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

export interface StepResult {
  readonly events: readonly FactoryEvent[];
  /** What an applied command returns, for example `{ callId }`. */
  readonly data?: Readonly<Record<string, string>>;
  readonly refusal?: Refusal;
}
