/** Limits of the protocol. Servers may configure lower or higher ones where PROTOCOL.md says so. */
export const LIMITS = {
  /** UTF-8 bytes of a topic or a topic filter. */
  topicBytes: 256,
  /** Levels of a topic or a topic filter. */
  topicLevels: 16,
  /** UTF-16 units of one WebSocket message from a client. */
  messageBytes: 65_536,
  /** Nesting of any JSON value from a client. */
  jsonDepth: 32,
  /** Filters in one `subscribe` or `unsubscribe`. */
  filtersPerRequest: 500,
  /** Filters of one session, requested ones. */
  subscriptionsPerSession: 2_000,
  /** Characters of ids and names given by clients: client id, name, version, command name, command key. */
  nameLength: 128,
  /** Characters of a token. */
  tokenLength: 16_384,
  /** Commands a session may send per second, sustained, and at once after a rest. */
  commandsPerSecond: 20,
  commandBurst: 40,
  /** Commands of one session whose outcome is outstanding. */
  commandsInFlight: 64,
  /** Publications a session may send per second, sustained, and at once after a rest. */
  publishesPerSecond: 50,
  publishBurst: 100,
  /** Publications of one session whose answer is outstanding. */
  publishesInFlight: 64,
  /** Displayed-receipts of one session that are taken; more are passed over. */
  receiptsPerSecond: 20,
  receiptBurst: 100,
  /** Requests of any kind a session may send per second, sustained, and at once after a rest. */
  requestsPerSecond: 200,
  requestBurst: 1_000,
  /** Invalid messages tolerated at once; one more is forgiven every `invalidForgivenMs`. */
  invalidMessages: 20,
  invalidForgivenMs: 10_000,
  /** Bytes of replies sent and not acknowledged. */
  unreadReplyBytes: 262_144,
} as const;

/** Times of the protocol, ms. */
export const TIMES = {
  /** From the connection's start to a valid `connect`. */
  connectTimeoutMs: 10_000,
  pingIntervalMs: 25_000,
  pongTimeoutMs: 8_000,
  /** Nothing heard for so long means dead. */
  silenceMs: 33_000,
  /** A critical change that waited so long for a full window closes the connection. */
  criticalStallMs: 15_000,
  /** The client acknowledges data no later than this after receiving it; the most that a server with many asks for. */
  ackDelayMs: 500,
  maxAckDelayMs: 2_000,
  /** Expiry is announced so long before it. */
  expiryNoticeMs: 60_000,
  /** A token may be refreshed so long after it expired. */
  expiryGraceMs: 25_000,
} as const;

/** The flow-control window, bytes. */
export const WINDOW = {
  /** At the start of a connection. */
  startBytes: 16_384,
  /** The part only `critical` may use. */
  criticalReserveBytes: 8_192,
  /** The rest is sized to drain within this. */
  drainMs: 200,
  /** Bounds of the rest. */
  minBulkBytes: 2_048,
  maxBulkBytes: 1_048_576,
} as const;

/** How far back a topic can be recovered. */
export const HISTORY = {
  /** Entries of a stream, and single changes of a `critical` topic. */
  entries: 10_000,
  ageMs: 3_600_000,
  /** Removed keys remembered per collection. */
  tombstones: 1_000,
} as const;
