import type { CommandMessage, DisplayedMessage, Mark, Position, PublishMessage, Rate } from '@ms5/wire';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PairConnection, PairSocket, PairTransport } from '../socket-pair.ts';
import type { ModelEntry, ModelImage } from './plant-model.ts';

/** The hub's end of a connection. */
export interface GuestConnection extends PairConnection {
  ponged(): void;
}

/** Gives messages of a stream of Server-Sent Events their ids. */
export type CreateEventIds = (resumed: readonly Mark[] | null) => {
  stamp(message: Uint8Array): Uint8Array;
};

/** What is simulated: a hub, by its shape. */
export interface SimulatedHub {
  load(image: ModelImage): void;
  append(log: string, entries: readonly ModelEntry[]): void;
  signal(
    changes: readonly { readonly topic: string; readonly at: number; readonly value: Uint8Array }[],
  ): void;
  connect(endpoint: string, transport: PairTransport & { ping(): void }, token?: string): GuestConnection;
  figures(): {
    readonly sessions: number;
    readonly interests: number;
    readonly commandsInFlight: number;
    readonly publishesInFlight: number;
    readonly cachedBytes: number;
  };
  revoke(whose: { readonly userIds?: readonly string[] }): number;
  drain(options?: { readonly windowMs?: number }): Promise<void>;
  close(): void;
}

/** Whoever a token speaks for. */
export interface SimulatedIdentity {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly expiresAt: number;
  readonly permissions: {
    readonly subscribe: readonly string[];
    readonly publish: readonly string[];
    readonly command: readonly string[];
  };
}

/** What the simulated hub reaches of its surroundings. */
export interface DeliveryPorts {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly authenticate: (token: string) => Promise<SimulatedIdentity>;
  readonly execute: (
    command: CommandMessage,
    author: SimulatedIdentity,
  ) => Promise<{ readonly status: 'applied' }>;
  readonly publish: (
    publication: Omit<PublishMessage, 'type' | 'id'>,
    author: SimulatedIdentity,
  ) => Promise<
    | { readonly status: 'published'; readonly offset: number; readonly isDuplicate: boolean }
    | { readonly status: 'busy'; readonly retryAfterMs: number }
  >;
  readonly displayed: (receipt: Omit<DisplayedMessage, 'type'>, reader: SimulatedIdentity) => void;
  /** Sessions it takes at a time. */
  readonly sessions: number;
  /** Rounds of a few sessions are long ones already. */
  readonly hasLongRounds: boolean;
}

/** What a socket reports to the client SDK. */
export interface SdkSocketEvents {
  readonly opened: () => void;
  readonly message: (data: string | Uint8Array) => void;
  readonly closed: (code: number, reason: string) => void;
}

/** One topic as the client SDK shows it. */
export interface SdkView {
  readonly freshness: 'live' | 'recovering' | 'stale' | 'lost';
  readonly position: Position | null;
  readonly value: unknown;
}

/** All topics of one kind that a filter matches. */
export interface SdkStore {
  get(): { readonly value: ReadonlyMap<string, SdkView> };
  subscribe(listener: () => void): () => void;
}

/** The client SDK, by its shape: what an application has of it. */
export interface SimulatedSdk {
  connect(): void;
  signOut(): void;
  signIn(): void;
  close(): void;
  state(): { readonly status: string };
  records(filter: string, options: { readonly rate?: Rate }): SdkStore;
  collections(filter: string, options: { readonly rate?: Rate }): SdkStore;
  stream(
    filter: string,
    onEvent: (event: { readonly topic: string; readonly offset: number; readonly data: unknown }) => void,
    onLost: (topic: string) => void,
  ): () => void;
}

/** What the simulated client SDK reaches of its surroundings. */
export interface SdkPorts {
  readonly clientId: string;
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly isPacked: boolean;
  readonly getToken: () => Promise<string>;
  readonly openSocket: (events: SdkSocketEvents) => PairSocket;
  /** Told how to say that the device is in somebody's hands again. */
  readonly onForeground: (tell: () => void) => void;
  /** The client takes what the server said for a violation of the protocol. */
  readonly onViolation: (what: string) => void;
}
export type CreateSdk = (ports: SdkPorts) => SimulatedSdk;
