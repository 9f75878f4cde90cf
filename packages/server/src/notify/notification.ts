import type { FactoryEvent } from '@ms5/domain';

/** What the engine asked to be told, as it stands in the log. */
export type Notification = Extract<FactoryEvent, { type: 'notificationRequested' }>;

/** What became of a call since it was asked for. */
export interface Since {
  readonly what: 'acknowledged' | 'resolved' | 'cancelled';
  readonly by: string;
  readonly at: number;
}

/** A notification that waits to be sent, or was given up. */
export interface Letter {
  /** `{logId}_{key}`: the same however often it is sent. */
  readonly id: string;
  readonly means: string;
  readonly person: string;
  readonly requestedAt: number;
  readonly notification: Notification;
  /** By call. */
  readonly since: Readonly<Record<string, Since>>;
  readonly attempts: number;
  readonly nextAt: number;
  readonly state: 'queued' | 'dead';
  /** Why it failed last; empty: it did not. Holds nothing secret. */
  readonly reason: string;
}
