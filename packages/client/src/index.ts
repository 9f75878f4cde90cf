export { createClient, type ClientOptions, type ClientPorts } from './client.ts';
export type { Codec, Encoding } from './encoding.ts';
export { UnauthorizedError } from './errors.ts';
export { connectionHealth, type ConnectionHealth, type HealthBand } from './health.ts';
export { isApplied } from './outcome.ts';
export { lineOf, lineTopics, siteTopics } from './topics/line-topics.ts';
export { createMemoryOutbox } from './outbox/memory-storage.ts';
export { createIndexedDbOutbox, type IndexedDbOutboxOptions } from './outbox/indexeddb-storage.ts';
export type { LockPort } from './outbox/claim.ts';
export { createKeyValueOutbox, type KeyValueStore } from './outbox/key-value-storage.ts';
export type { OpenedOutbox, OutboxStorage, StoredCommand } from './outbox/storage.ts';
export { openByWebSocket, systemClock, systemRandom, systemSurroundings } from './system-ports.ts';
export type {
  Clock,
  OpenSocket,
  Random,
  Socket,
  SocketEvents,
  SurroundingEvents,
  Surroundings,
  WebSocketConstructor,
  WebSocketLike,
} from './ports.ts';
export { CONNECTION_REASONS, type ConnectionReasonCode } from './connection/reasons.ts';
export type * from './types.ts';

// Types a screen needs beside the client's own: topic documents, commands, REST bodies.
export type * from '@ms5/wire/factory';
export {
  CALL_PRIORITIES,
  CALL_STATUSES,
  CALL_TYPES,
  LOSS_NAMES,
  SCHEDULE_STATUSES,
  STATE_NAMES,
} from '@ms5/wire/factory';
export type { CommandKey, Json, Lane, OutcomeStatus, Position, Rate, TopicKind, Unknown } from '@ms5/wire';
