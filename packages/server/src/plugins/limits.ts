import type { PluginLimits } from './plugin.ts';

export const DEFAULT_PLUGIN_LIMITS: PluginLimits = {
  beforeMs: 250,
  afterMs: 5_000,
  setupMs: 10_000,
  closeMs: 5_000,
  memoryMb: 128,
};

/** What every plugin is held to. */
export const HOST_LIMITS = {
  /** After-hook calls and event batches that a plugin has not finished; more are dropped and counted. */
  pendingWork: 1_000,
  /** Bytes of changes a plugin has not finished; more are dropped and counted. */
  pendingEventBytes: 4 * 1024 * 1024,
  /** Before-hook calls without an answer; more count as failed at once. */
  pendingQuestions: 1_000,
  /** Calls of a plugin to the server under way; more are refused. */
  pendingCalls: 256,
  /** Lines a plugin may log per 10 s; more are dropped and counted. */
  logLines: 200,
  logPeriodMs: 10_000,
  refusalLength: 500,
} as const;

export const HOST_TIMES = {
  /** How often a plugin's thread is asked whether it lives. */
  watchMs: 1_000,
  /** A thread that has not answered for so long is ended and started again. */
  blockedMs: 2_000,
  /** Between the end of a thread and its next start; doubles each time. */
  restartMs: 500,
  maxRestartMs: 30_000,
  /** A thread that ran so long starts the doubling anew. */
  healthyMs: 60_000,
} as const;
