import type { SharedContext } from './delivery/context.ts';
import type { Request } from './endpoints/endpoint.ts';
import type { HubLimits } from './limits.ts';
import type { Authenticator, Clock, CommandPort, Random } from './ports.ts';
import type { Session } from './session/session.ts';
import type { Interests } from './topics/interests.ts';
import type { TopicStore } from './topics/topic-store.ts';

/** What happened that operators want to know of. Never holds a token or a message's content. */
export interface HubLogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: 'sessionOpened' | 'sessionClosed' | 'sessionFailed' | 'sessionRefused' | 'commandFailed';
  readonly session?: string;
  readonly userId?: string;
  readonly remoteAddress?: string;
  readonly code?: number;
  readonly detail?: string;
}

/** What the parts of one hub share. */
export interface HubCore {
  readonly clock: Clock;
  readonly random: Random;
  readonly authenticator: Authenticator;
  readonly commands: CommandPort;
  readonly version: string;
  readonly limits: HubLimits;
  readonly log: (entry: HubLogEntry) => void;
  readonly store: TopicStore;
  readonly interests: Interests<Session>;
  readonly context: SharedContext;
  readonly sessions: Set<Session>;
  /** Whatever fails for one session ends that session alone; the result is then `undefined`. */
  readonly contained: <Result>(session: Session, act: () => Result) => Result | undefined;
  /** Takes a request that waited for the token to be checked. */
  readonly receiveHeld: (session: Session, request: Request) => void;
  /** Counts since the start. */
  readonly totals: {
    writes: number;
    messages: number;
    bytes: number;
    sessions: number;
    commandsInFlight: number;
  };
}
