import type { AlarmObservation } from '../alarm/alarm.ts';
import type { AlarmCommand, AlarmEvent } from '../alarm/alarm-events.ts';
import type { EquipmentEvent } from '../equipment/equipment-events.ts';
import type { CountCommand, CountEvent } from '../count/count-events.ts';
import type { DowntimeCommand, DowntimeEvent } from '../downtime/downtime-events.ts';
import type { CallCommand, CallEvent } from '../andon/call-events.ts';
import type { EscalationCommand, EscalationEvent } from '../escalation/escalation-events.ts';
import type { JobCommand, JobEvent } from '../job/job-events.ts';
import type { ChangeoverCommand, ChangeoverEvent } from '../changeover/changeover-events.ts';
import type { MaintenanceCommand, MaintenanceEvent } from '../maintenance/maintenance-events.ts';
import type { OeeEvent } from '../oee/oee-events.ts';
import type { PeriodCommand, PeriodEvent } from '../period/period-events.ts';
import type { QualityCommand, QualityEvent } from '../quality/quality-events.ts';
import type { PlanCommand, PlanEvent } from '../plan/plan-events.ts';
import type { ShiftEvent } from '../shift/shift-events.ts';
import type { EpochMs, EquipmentPath } from '../plant/plant.ts';

/** What a machine said. `at`: event time by the machine; `receivedAt`: our clock. */
export interface Observation {
  readonly equipment: EquipmentPath;
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  /** State as the machine names it. */
  readonly state?: string;
  readonly reason?: string;
  /** Mode as the machine names it. */
  readonly mode?: string;
  readonly product?: string | null;
  /** Increments. */
  readonly good?: number;
  readonly scrap?: number;
  readonly rework?: number;
  /** Running totals. */
  readonly counter?: number;
  readonly rejectCounter?: number;
  readonly alarm?: AlarmObservation;
  /** Instants at which the machine was merely heard (telemetry, heartbeat), as `[from, to]` spans; `at` counts too. */
  readonly heard?: readonly (readonly [from: EpochMs, to: EpochMs])[];
  /** The connection to the machine was lost at `at`: it is silent from then on. */
  readonly lost?: true;
}

/** What a person asked. `author`: user id. `at`: the person's instant, corrected for their clock. */
export interface FactoryCommandEnvelope {
  readonly author: string;
  readonly at: EpochMs;
  readonly command: FactoryCommand & Adjusting;
}

/** Why a period that is closed is changed all the same. Omitted: a command that would change one is refused. */
export interface Adjusting {
  readonly adjustment?: string;
}

export type FactoryCommand =
  | CountCommand
  | AlarmCommand
  | DowntimeCommand
  | CallCommand
  | EscalationCommand
  | JobCommand
  | ChangeoverCommand
  | QualityCommand
  | PlanCommand
  | MaintenanceCommand
  | PeriodCommand;

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
  | EquipmentEvent
  | CountEvent
  | AlarmEvent
  | DowntimeEvent
  | CallEvent
  | EscalationEvent
  | JobEvent
  | ChangeoverEvent
  | QualityEvent
  | ShiftEvent
  | PlanEvent
  | MaintenanceEvent
  | PeriodEvent
  | OeeEvent
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
