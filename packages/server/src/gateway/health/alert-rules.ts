import type { DegradationLevel } from '@ms5/hub';
import { BANDS } from '@ms5/hub';
import type { SystemAlertDocument } from '@ms5/wire/factory';
import type { AlertSide, AlertTerms } from './alert-state.ts';
import type { Reading } from './reading.ts';

/** What the rules judge, once a second. */
export interface AlertInput {
  readonly reading: Reading;
  /** 99th percentile of the commits of the last 10 s. */
  readonly commitP99Ms: number | null;
  readonly degradation: DegradationLevel;
  /** Within the last minute. */
  readonly refusedTokens: number;
  readonly criticalStalls: number;
  readonly pluginFailures: (plugin: string) => number;
}

interface Measured {
  /** What it is about, where a rule is about several things; else ''. */
  readonly subject: string;
  readonly value: number;
}

export interface AlertRule {
  readonly severity: SystemAlertDocument['severity'];
  readonly side: AlertSide;
  readonly unit: string;
  readonly terms: AlertTerms;
  readonly measure: (input: AlertInput) => readonly Measured[];
  readonly message: (value: number, subject: string) => string;
}

const MIB = 1024 ** 2;
const one = (value: number): readonly Measured[] => [{ subject: '', value }];
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');
/** Fewer sessions than this make no share worth an alert. */
const LEAST_SESSIONS = 5;

export const ALERT_NAMES = [
  'eventLoopDelay',
  'memory',
  'diskSpace',
  'commitLatency',
  'commitStalled',
  'ingestQueue',
  'historyBehind',
  'connectorDown',
  'criticalSessions',
  'criticalStalls',
  'refusedTokens',
  'pluginFailing',
  'degradation',
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/** The alerts with the thresholds that hold where none are configured. */
export const ALERT_RULES: Readonly<Record<AlertName, AlertRule>> = {
  eventLoopDelay: {
    severity: 'warning',
    side: 'above',
    unit: 'ms',
    terms: { raise: 200, clear: 100, raiseAfterMs: 5_000, clearAfterMs: 15_000 },
    measure: ({ reading }) => one(reading.process.eventLoopDelayP99Ms),
    message: (value) => `The event loop is delayed by ${whole(value)} ms (99th percentile of a second).`,
  },
  memory: {
    severity: 'critical',
    side: 'above',
    unit: 'share',
    terms: { raise: 0.88, clear: 0.8, raiseAfterMs: 10_000, clearAfterMs: 30_000 },
    measure: ({ reading }) => one(reading.process.memoryShare),
    message: (value) => `${percent(value)} of the memory is in use.`,
  },
  diskSpace: {
    severity: 'critical',
    side: 'below',
    unit: 'bytes',
    terms: { raise: 1_024 * MIB, clear: 1_536 * MIB, raiseAfterMs: 5_000, clearAfterMs: 30_000 },
    measure: ({ reading }) => {
      const freeBytes = reading.engine?.freeBytes ?? null;
      return freeBytes === null ? [] : one(freeBytes);
    },
    message: (value) => `${whole(value / MIB)} MiB are left on the disk of the data directory.`,
  },
  commitLatency: {
    severity: 'warning',
    side: 'above',
    unit: 'ms',
    terms: { raise: 250, clear: 100, raiseAfterMs: 10_000, clearAfterMs: 30_000 },
    measure: ({ commitP99Ms }) => one(commitP99Ms ?? 0),
    message: (value) => `Commits take ${whole(value)} ms (99th percentile of 10 s).`,
  },
  commitStalled: {
    severity: 'critical',
    side: 'above',
    unit: 'ms',
    terms: { raise: 3_000, clear: 1_000, raiseAfterMs: 0, clearAfterMs: 5_000 },
    measure: ({ reading: { engine, at } }) =>
      engine === null ? [] : one(Math.max(engine.pendingMs, at - engine.at - 1_000)),
    message: (value) => `Nothing was committed for ${whole(value)} ms, though something waits.`,
  },
  ingestQueue: {
    severity: 'warning',
    side: 'above',
    unit: 'observations',
    terms: { raise: 50_000, clear: 20_000, raiseAfterMs: 5_000, clearAfterMs: 10_000 },
    measure: ({ reading }) => one(reading.engine?.queuedObservations ?? 0),
    message: (value) => `${whole(value)} observations wait to be committed.`,
  },
  historyBehind: {
    severity: 'warning',
    side: 'above',
    unit: 'ms',
    terms: { raise: 60_000, clear: 10_000, raiseAfterMs: 10_000, clearAfterMs: 30_000 },
    measure: ({ reading }) => one(reading.history?.behindMs ?? 0),
    message: (value) =>
      `History is ${whole(value / 1_000)} s behind the log: figures of the past are not up to date.`,
  },
  connectorDown: {
    severity: 'critical',
    side: 'above',
    unit: 'connectors',
    terms: { raise: 1, clear: 1, raiseAfterMs: 10_000, clearAfterMs: 2_000 },
    measure: ({ reading }) =>
      reading.connectors.map(({ id, status }) => ({ subject: id, value: status === 'connected' ? 0 : 1 })),
    message: (_value, subject) => `Connector "${subject}" has no connection to its machine.`,
  },
  criticalSessions: {
    severity: 'warning',
    side: 'above',
    unit: 'share',
    terms: { raise: 0.1, clear: 0.05, raiseAfterMs: 15_000, clearAfterMs: 30_000 },
    measure: ({ reading: { census } }) => {
      const all = census.bands.reduce((sum, count) => sum + count, 0);
      return one(all < LEAST_SESSIONS ? 0 : (census.bands[BANDS.indexOf('critical')] ?? 0) / all);
    },
    message: (value) => `${percent(value)} of the sessions are in the critical band.`,
  },
  criticalStalls: {
    severity: 'critical',
    side: 'above',
    unit: 'sessions',
    terms: { raise: 1, clear: 1, raiseAfterMs: 0, clearAfterMs: 0 },
    measure: ({ criticalStalls }) => one(criticalStalls),
    message: (value) =>
      `${whole(value)} session(s) were closed within a minute because a critical change could not be delivered.`,
  },
  refusedTokens: {
    severity: 'warning',
    side: 'above',
    unit: 'refusals',
    terms: { raise: 60, clear: 20, raiseAfterMs: 0, clearAfterMs: 30_000 },
    measure: ({ refusedTokens }) => one(refusedTokens),
    message: (value) => `${whole(value)} tokens and logins were refused within a minute.`,
  },
  pluginFailing: {
    severity: 'warning',
    side: 'above',
    unit: 'failures',
    terms: { raise: 5, clear: 1, raiseAfterMs: 0, clearAfterMs: 30_000 },
    measure: ({ reading, pluginFailures }) =>
      reading.plugins.map(({ plugin }) => ({ subject: plugin, value: pluginFailures(plugin) })),
    message: (value, subject) =>
      `Plugin "${subject}" failed ${whole(value)} times within a minute: errors, time-outs, restarts.`,
  },
  degradation: {
    severity: 'warning',
    side: 'above',
    unit: 'level',
    terms: { raise: 1, clear: 1, raiseAfterMs: 0, clearAfterMs: 0 },
    measure: ({ degradation }) => one(degradation),
    message: (value) => `The server sheds load: level ${value} (see degradation in system/health).`,
  },
};
