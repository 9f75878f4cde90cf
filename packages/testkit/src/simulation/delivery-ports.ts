import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PairConnection, PairTransport } from '../socket-pair.ts';
import type { ModelEntry, ModelImage } from './plant-model.ts';

/** What is simulated: a hub, by its shape. */
export interface SimulatedHub {
  load(image: ModelImage): void;
  append(log: string, entries: readonly ModelEntry[]): void;
  signal(
    changes: readonly { readonly topic: string; readonly at: number; readonly value: Uint8Array }[],
  ): void;
  connect(endpoint: string, transport: PairTransport & { ping(): void }): PairConnection;
  figures(): {
    readonly sessions: number;
    readonly interests: number;
    readonly commandsInFlight: number;
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
  readonly execute: () => Promise<{ readonly status: 'applied' }>;
  /** Sessions it takes at a time. */
  readonly sessions: number;
}
