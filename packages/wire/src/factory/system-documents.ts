import type { Lane } from '../lane.ts';
import type { EpochMs } from './documents.ts';

/** How well something does, best first. */
export type HealthBand = 'excellent' | 'good' | 'fair' | 'poor' | 'critical';

/** Counts by band. */
export type BandCounts = Readonly<Record<HealthBand, number>>;

/** `system/health`, record, lane high. Figures are of the last 10 s, published every 10 s; the rest when it changes. */
export interface SystemHealthDocument {
  readonly server: { readonly version: string; readonly startedAt: EpochMs };
  readonly log: { readonly offset: number };
  readonly connectors: {
    readonly list: readonly {
      readonly id: string;
      readonly kind: string;
      readonly status: 'connecting' | 'connected' | 'lost';
      readonly since: EpochMs;
      readonly reason?: string;
      readonly rejectedLines: number;
    }[];
  };
  /** Score 0 to 1 and what keeps it from 1, worst first. */
  readonly condition: {
    readonly score: number;
    readonly band: HealthBand;
    readonly since: EpochMs;
    readonly reasons: readonly string[];
  };
  /** What is shed to keep the rest going; level 0: nothing. */
  readonly degradation: DegradationState;
  readonly sessions: SessionsSummary;
  readonly throughput: Throughput;
  readonly latency: Readonly<Record<Lane, LaneLatency>>;
  readonly process: ProcessFigures;
  readonly storage: StorageState;
}

export interface DegradationState {
  readonly level: 0 | 1 | 2 | 3;
  readonly since: EpochMs;
  /** Empty at level 0. */
  readonly reason: string;
}

export interface SessionsSummary {
  readonly count: number;
  readonly bands: BandCounts;
  readonly worst: { readonly session: string; readonly userId: string; readonly score: number } | null;
}

/** Per second. */
export interface Throughput {
  readonly messagesPerS: number;
  readonly bytesPerS: number;
  readonly writesPerS: number;
  readonly entriesPerS: number;
  readonly commandsPerS: number;
  readonly receivedPerS: number;
}

/** Estimated from buckets; `null`: there was nothing to measure. */
export interface LaneLatency {
  /** From the commit to the socket. */
  readonly handedP50Ms: number | null;
  readonly handedP99Ms: number | null;
  /** From the commit to the client's acknowledgement. */
  readonly acknowledgedP50Ms: number | null;
  readonly acknowledgedP99Ms: number | null;
}

export interface ProcessFigures {
  readonly eventLoopDelayP50Ms: number;
  readonly eventLoopDelayP99Ms: number;
  readonly eventLoopDelayMaxMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  /** In use of what there is, 0 to 1. */
  readonly memoryShare: number;
}

export interface StorageState {
  readonly queuedCommands: number;
  readonly queuedObservations: number;
  /** Since the last commit while something waits to be committed, else 0. */
  readonly pendingMs: number;
  readonly commitP99Ms: number | null;
  /** `null`: not known on this system. */
  readonly databaseBytes: number | null;
  readonly freeBytes: number | null;
  /** Entries of the log that history has not taken in yet; `null`: none is kept. */
  readonly historyBehind: number | null;
}

/** `system/alerts`, collection keyed by alert id, lane critical: raised ones, and cleared ones of the last hour. */
export interface SystemAlertDocument {
  readonly id: string;
  /** Which rule; a rule about several things has one alert for each, as `connectorDown/{connector}`. */
  readonly rule: string;
  readonly severity: 'warning' | 'critical';
  readonly message: string;
  readonly value: number;
  /** The rule's threshold; raised at or above it. */
  readonly threshold: number;
  readonly unit: string;
  readonly raisedAt: EpochMs;
  /** `null`: it is raised now. */
  readonly clearedAt: EpochMs | null;
}

/** `system/sessions`, collection, lane low: `session/{id}` for the hundred worst, and `counts`. Every 5 s. */
export type SystemSessionsDocument = SessionDocument | SessionCountsDocument;

export interface SessionDocument {
  readonly session: string;
  readonly userId: string;
  readonly roles: readonly string[];
  /** Empty on endpoints where clients do not name themselves. */
  readonly clientId: string;
  readonly endpoint: string;
  readonly remoteAddress: string;
  readonly connectedAt: EpochMs;
  readonly score: number;
  readonly band: HealthBand;
  readonly bandSince: EpochMs;
  readonly roundTripMs: number | null;
  readonly ackLagMs: number | null;
  readonly backlogTopics: number;
  readonly backlogMs: number;
  readonly errors: number;
  readonly reconnects: number;
  readonly subscriptions: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface SessionCountsDocument {
  readonly count: number;
  readonly bands: BandCounts;
  readonly byEndpoint: Readonly<Record<string, BandCounts>>;
  /** A session with several roles counts in each. */
  readonly byRole: Readonly<Record<string, BandCounts>>;
}

/** `GET /api/v1/system/sessions`. */
export interface SessionListing {
  /** Sessions that match. */
  readonly total: number;
  readonly offset: number;
  readonly sessions: readonly SessionDocument[];
}

/** `GET /api/v1/system/health/history`. */
export interface HealthHistory {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly stepMs: number;
  readonly samples: readonly HealthSample[];
}

/** Means over the step, but for what is named by `max`. */
export interface HealthSample {
  /** End of the step. */
  readonly at: EpochMs;
  readonly score: number;
  readonly degradationMax: number;
  readonly sessions: number;
  readonly sessionsCritical: number;
  readonly messagesPerS: number;
  readonly bytesPerS: number;
  readonly writesPerS: number;
  readonly entriesPerS: number;
  readonly commandsPerS: number;
  readonly receivedPerS: number;
  readonly flushShareMax: number;
  readonly eventLoopDelayP99MaxMs: number;
  readonly criticalHandedP99MaxMs: number;
  readonly highHandedP99MaxMs: number;
  readonly normalHandedP99MaxMs: number;
  readonly lowHandedP99MaxMs: number;
  readonly commitP99MaxMs: number;
  readonly queuedObservationsMax: number;
  readonly pendingMaxMs: number;
  readonly rssMaxBytes: number;
  readonly memoryShareMax: number;
  readonly alertsMax: number;
}
