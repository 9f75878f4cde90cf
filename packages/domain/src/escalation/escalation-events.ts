import type { CallPriority, CallType } from '../andon/call-kinds.ts';
import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';
import type { EscalationClock } from './policy.ts';

/** What people ask for. */
export type EscalationCommand =
  | { readonly name: 'snoozeEscalation'; readonly callId: string; readonly forMs: number }
  | { readonly name: 'takeOver'; readonly callId: string };

interface OfEscalation {
  readonly callId: string;
  readonly line: LinePath;
  readonly at: EpochMs;
}

interface OfLevel extends OfEscalation {
  readonly clock: EscalationClock;
  /** From 1. */
  readonly level: number;
}

/** Why a level began: its time had come, nobody was on call at the one before, or no screen had shown the call. */
export type LevelCause = 'due' | 'nobodyOnCall' | 'notDisplayed';

/** What one message is about. */
export interface NotificationItem {
  readonly callId: string;
  readonly subject: 'level' | 'reminder' | 'stillNeeded';
  readonly clock: EscalationClock;
  /** 0: none has begun. */
  readonly level: number;
  readonly cause?: LevelCause;
  /** The call as it was then, so that a text can be made of it anywhere. */
  readonly line: LinePath;
  readonly lineName: string;
  readonly equipment?: EquipmentPath;
  readonly equipmentName?: string;
  readonly callType: CallType;
  readonly priority: CallPriority;
  readonly note?: string;
  readonly raisedBy: string;
  readonly raisedAt: EpochMs;
}

/** What a person is told when quiet hours are over. */
export interface Deferred {
  readonly person: string;
  readonly means: string;
  readonly clock: EscalationClock;
  readonly level: number;
  readonly subject: 'level' | 'reminder';
  readonly cause?: LevelCause;
  /** Of a reminder, from 1; 0 for a level. */
  readonly number: number;
  readonly until: EpochMs;
}

export type SuppressedBy = 'quietHours' | 'rateLimit';

/** What became true; `at` is when it was decided. */
export type EscalationEvent =
  | (OfLevel & {
      readonly type: 'escalationTriggered';
      readonly policy: string;
      readonly cause: LevelCause;
      /** When it was to begin. */
      readonly dueAt: EpochMs;
      /** Who is told; empty: nobody is on call. */
      readonly people: readonly string[];
    })
  | (OfLevel & {
      readonly type: 'nobodyOnCall';
      /** The level above begins at once. */
      readonly goesUp: boolean;
      /** There is none above and nobody below: from then on it waits until somebody is there. */
      readonly retryAt: EpochMs | null;
    })
  | (OfLevel & {
      readonly type: 'escalationReminder';
      readonly number: number;
      readonly people: readonly string[];
    })
  /** Nobody starts any more until the call is taken by somebody else or resolved. */
  | (OfEscalation & { readonly type: 'escalationAcknowledged'; readonly author: string })
  | (OfEscalation & { readonly type: 'escalationClosed'; readonly by: 'resolved' | 'cancelled' })
  | (OfEscalation & {
      readonly type: 'escalationSnoozed';
      readonly author: string;
      readonly until: EpochMs;
    })
  | (OfEscalation & { readonly type: 'escalationResumed'; readonly dueAt: EpochMs })
  /** Nobody answered whether a call that came late is still needed, so it is taken to be. */
  | (OfEscalation & { readonly type: 'confirmationLapsed' })
  /** No screen showed a critical call in time. */
  | (OfEscalation & { readonly type: 'callNotDisplayed' })
  | (OfLevel & {
      readonly type: 'escalationSuppressed';
      readonly person: string;
      readonly means: string;
      readonly by: SuppressedBy;
      /** It is told when quiet hours are over, if the call still needs it. Absent: it is dropped. */
      readonly deferred?: Pick<Deferred, 'until' | 'subject' | 'number' | 'cause'>;
    })
  /** Quiet hours are over: what was deferred is told. */
  | (OfEscalation & { readonly type: 'escalationQuietEnded' })
  /** Somebody is to be told. Sent at least once, each time under the same key. */
  | {
      readonly type: 'notificationRequested';
      readonly at: EpochMs;
      /** Of the first item. */
      readonly line: LinePath;
      readonly key: string;
      readonly person: string;
      readonly means: string;
      readonly items: readonly NotificationItem[];
    };
