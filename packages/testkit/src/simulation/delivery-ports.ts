import type { CommandMessage, DisplayedMessage, Mark, PublishMessage } from '@ms5/wire';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PairConnection, PairTransport } from '../socket-pair.ts';
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
