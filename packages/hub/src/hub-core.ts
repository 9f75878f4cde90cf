import type { SharedContext } from './delivery/context.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { HubHealth } from './health/hub-health.ts';
import type { HubLimits } from './limits.ts';
import type {
  Authenticator,
  Clock,
  CommandPort,
  Hooks,
  PublishPort,
  Random,
  ReceiptPort,
  Transport,
} from './ports.ts';
import type { Seat, Session } from './session/session.ts';
import type { SharedFilters } from './session/shared-filters.ts';
import type { Interests } from './topics/interests.ts';
import type { TopicStore } from './topics/topic-store.ts';

/** What happened that operators want to know of. Never holds a token or a message's content. */
export interface HubLogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event:
    | 'sessionOpened'
    | 'sessionClosed'
    | 'sessionFailed'
    | 'sessionRefused'
    | 'commandFailed'
    | 'publishFailed';
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
  readonly publishing: PublishPort | undefined;
  readonly receipts: ReceiptPort | undefined;
  readonly hooks: Hooks | undefined;
  readonly version: string;
  readonly limits: HubLimits;
  readonly log: (entry: HubLogEntry) => void;
  readonly store: TopicStore;
  readonly interests: Interests<Session>;
  readonly filters: SharedFilters;
  readonly context: SharedContext;
  readonly sessions: Set<Session>;
  readonly health: HubHealth<Session>;
  /** Whatever fails for one session ends that session alone; the result is then `undefined`. */
  readonly contained: <Result>(session: Session, act: () => Result) => Result | undefined;
  /** Sessions by user. */
  readonly users: Map<string, number>;
  /** Takes the requests that waited, as far as they need not wait any more. */
  readonly serveHeld: (session: Session) => void;
  /** Serves the session, which has room for what had to wait, when those that came before it were served. */
  readonly resume: (session: Session) => void;
  /** Starts a session on a connection; `predecessor`: the one that was signed out there. */
  readonly open: (start: SessionStart) => Session;
  /** Counts since the start. */
  readonly totals: {
    writes: number;
    messages: number;
    bytes: number;
    sessions: number;
    commandsInFlight: number;
    publishesInFlight: number;
  };
}

export interface SessionStart {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly seat: Seat;
  /** Of the upgrade. */
  readonly token: string | null;
  readonly predecessor?: Session;
}
