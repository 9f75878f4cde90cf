import { LIMITS } from '@ms5/wire';

/** What the gateway takes before it refuses, each refusal with its own error. */
export interface GatewayLimits {
  /** Body of `POST /api/v1/observations`. Past it: 413. */
  readonly observationsBytes: number;
  /** Body of `POST /api/v1/publish`. Past it: 413. */
  readonly publishBytes: number;
  /** Publications in one request. */
  readonly publications: number;
  /** Body of any other request. Past it: 413. */
  readonly bodyBytes: number;
  /**
   * One message of a WebSocket client. Past it the connection is closed with 1009. Above what the protocol allows,
   * so that a message somewhat too large is answered with an error.
   */
  readonly messageBytes: number;
  /** Connections past which a new one is accepted, told when to come back, and closed. */
  readonly softConnections: number;
  /** Connections past which the upgrade itself is answered 503. */
  readonly hardConnections: number;
  /** Upgrades that may wait to be taken up, a few in each turn of the event loop. Past it: 503. */
  readonly waitingUpgrades: number;
  /** TCP connections of any kind past which a new one is dropped; leaves room to answer 503. */
  readonly sockets: number;
  /** Connections from one address past which the upgrade is answered 429. */
  readonly connectionsPerAddress: number;
  /**
   * Connections taken at once after a rest, and per second; what comes faster is told when to come back, and closed.
   */
  readonly acceptBurst: number;
  readonly acceptsPerSecond: number;
  /** Sessions of one user past which a new one is told when to come back, and closed. */
  readonly sessionsPerUser: number;
  /** What a refused connection is told to wait at least, and twice of it at most. */
  readonly connectionRetryAfterMs: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** Bytes waiting in a socket past which a client's own Pings are no longer answered. */
  readonly pongBacklogBytes: number;
  /** What a stream of Server-Sent Events carries when its client takes more. */
  readonly eventStreamBytesPerSecond: number;
  /** A comment is sent on such a stream when nothing else was for so long. */
  readonly eventStreamHeartbeatMs: number;
  /** Messages from this size on are compressed for whoever agreed to it, bytes of payload. */
  readonly compressBytes: number;
  /** From our Close frame to the peer's, before the socket is destroyed. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  observationsBytes: 4 * 1024 * 1024,
  publishBytes: 256 * 1024,
  publications: 100,
  bodyBytes: 64 * 1024,
  messageBytes: 4 * LIMITS.messageBytes,
  softConnections: 10_000,
  hardConnections: 12_000,
  waitingUpgrades: 12_000,
  sockets: 13_000,
  connectionsPerAddress: 1_000,
  acceptBurst: 2_000,
  acceptsPerSecond: 1_000,
  sessionsPerUser: 50,
  connectionRetryAfterMs: 5_000,
  requestTimeoutMs: 30_000,
  pongBacklogBytes: 64 * 1024,
  eventStreamBytesPerSecond: 256 * 1024,
  eventStreamHeartbeatMs: 15_000,
  compressBytes: 1_024,
  closeTimeoutMs: 5_000,
};
