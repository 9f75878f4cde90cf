import { bandOf, markOf, type Band, type DegradationLevel } from '@ms5/hub';
import type { SystemHealthDocument } from '@ms5/wire/factory';

/** What the system's score is made of. `null`: not measured, which counts as good. */
export interface SystemMeasures {
  readonly eventLoopDelayMs: number;
  readonly memoryShare: number;
  readonly commitP99Ms: number | null;
  /** Since the last commit while something waits. */
  readonly pendingMs: number;
  readonly criticalHandedP99Ms: number | null;
  readonly freeBytes: number | null;
  /** Age of the oldest entry that history has not taken in; 0: it is in step, or none is kept. */
  readonly historyBehindMs: number;
  /** Part of the sessions that are in the critical band. */
  readonly criticalSessionShare: number;
  readonly connectors: number;
  readonly connectorsDown: number;
  readonly degradation: DegradationLevel;
}

const GIB = 1024 ** 3;
const DEGRADATION_MARKS: Readonly<Record<DegradationLevel, number>> = { 0: 1, 1: 0.8, 2: 0.6, 3: 0.4 };
/** Marks above this are no reason worth naming. */
const FULL_MARK = 0.95;

interface Mark {
  readonly mark: number;
  readonly reason: string;
}

function marksOf(measures: SystemMeasures): readonly Mark[] {
  const { connectors, connectorsDown, criticalSessionShare, degradation, freeBytes } = measures;
  const latency = measures.criticalHandedP99Ms;
  return [
    {
      mark: markOf(measures.eventLoopDelayMs, { good: 50, bad: 1_000 }),
      reason: `event loop delayed by ${ms(measures.eventLoopDelayMs)}`,
    },
    {
      mark: markOf(measures.memoryShare, { good: 0.75, bad: 1 }),
      reason: `${percent(measures.memoryShare)} of the memory in use`,
    },
    {
      mark: markOf(measures.commitP99Ms, { good: 25, bad: 1_000 }),
      reason: `commits take ${ms(measures.commitP99Ms ?? 0)}`,
    },
    {
      mark: markOf(measures.pendingMs, { good: 250, bad: 10_000 }),
      reason: `nothing committed for ${ms(measures.pendingMs)} though something waits`,
    },
    {
      mark: markOf(latency, { good: 25, bad: 2_000 }),
      reason: `critical changes wait ${ms(latency ?? 0)} for the socket`,
    },
    {
      mark: freeBytes === null ? 1 : markOf(GIB / Math.max(1, freeBytes), { good: 1, bad: 64 }),
      reason: `${Math.round((freeBytes ?? 0) / 1024 ** 2)} MiB of disk left`,
    },
    {
      mark: markOf(measures.historyBehindMs, { good: 60_000, bad: 24 * 3_600_000 }),
      reason: `history is ${Math.round(measures.historyBehindMs / 1_000)} s behind`,
    },
    {
      mark: 1 - criticalSessionShare,
      reason: `${percent(criticalSessionShare)} of the sessions are in the critical band`,
    },
    {
      mark: connectors === 0 ? 1 : 1 - (0.5 * connectorsDown) / connectors,
      reason: `${connectorsDown} of ${connectors} connectors down`,
    },
    { mark: DEGRADATION_MARKS[degradation], reason: `degradation level ${degradation}` },
  ];
}

/** The product of the marks, and the reasons it is below 1, worst first. */
export function systemCondition(
  measures: SystemMeasures,
  before: { readonly band: Band; readonly since: number } | null,
  now: number,
): SystemHealthDocument['condition'] {
  const marks = marksOf(measures);
  const score = Math.round(marks.reduce((product, { mark }) => product * mark, 1) * 100) / 100;
  const band = bandOf(score, before?.band ?? null);
  const reasons = marks.filter(({ mark }) => mark < FULL_MARK).toSorted((a, b) => a.mark - b.mark);
  return {
    score,
    band,
    since: before?.band === band ? before.since : now,
    reasons: reasons.map(({ reason }) => reason),
  };
}

const ms = (value: number): string => `${Math.round(value)} ms`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
