import { BANDS, LATENCY_BOUNDS_MS, type HubFigures } from '@ms5/hub';
import { LANES, type Lane } from '@ms5/wire';
import type { BandCounts, LaneLatency, StorageState, Throughput } from '@ms5/wire/factory';
import type { EngineFigures } from '../../engine-port.ts';
import { countsSince, quantile } from './histogram-window.ts';

type Hub = Pick<
  HubFigures,
  'messagesSent' | 'bytesSent' | 'writes' | 'entriesTaken' | 'messagesReceived' | 'counts'
>;

/** What flowed between two looks `elapsedMs` apart. */
export function throughputBetween(before: Hub, now: Hub, elapsedMs: number): Throughput {
  const perS = (from: number, to: number): number => round(((to - from) * 1_000) / Math.max(1, elapsedMs));
  return {
    messagesPerS: perS(before.messagesSent, now.messagesSent),
    bytesPerS: perS(before.bytesSent, now.bytesSent),
    writesPerS: perS(before.writes, now.writes),
    entriesPerS: perS(before.entriesTaken, now.entriesTaken),
    commandsPerS: perS(sumOf(before.counts.outcomes), sumOf(now.counts.outcomes)),
    receivedPerS: perS(before.messagesReceived, now.messagesReceived),
  };
}

/** Counts of one latency by lane and bucket. */
type LatencyCounts = readonly (readonly number[])[];

export interface LatencyLook {
  readonly handed: LatencyCounts;
  readonly acknowledged: LatencyCounts;
}

/** The counts as they are now, kept for a later comparison. */
export function lookAtLatency({ latency }: Pick<HubFigures, 'latency'>): LatencyLook {
  return {
    handed: latency.handed.map(({ counts }) => [...counts]),
    acknowledged: latency.acknowledged.map(({ counts }) => [...counts]),
  };
}

export function latencyBetween(before: LatencyLook, now: LatencyLook): Readonly<Record<Lane, LaneLatency>> {
  const ofLane = (lane: Lane): LaneLatency => {
    const index = LANES.indexOf(lane);
    const handed = countsSince(before.handed[index] ?? [], now.handed[index] ?? []);
    const acknowledged = countsSince(before.acknowledged[index] ?? [], now.acknowledged[index] ?? []);
    return {
      handedP50Ms: rounded(quantile(handed, 0.5)),
      handedP99Ms: rounded(quantile(handed, 0.99)),
      acknowledgedP50Ms: rounded(quantile(acknowledged, 0.5)),
      acknowledgedP99Ms: rounded(quantile(acknowledged, 0.99)),
    };
  };
  return {
    critical: ofLane('critical'),
    high: ofLane('high'),
    normal: ofLane('normal'),
    low: ofLane('low'),
  };
}

export const NO_LATENCY: LatencyLook = {
  handed: LANES.map(() => LATENCY_BOUNDS_MS.map(() => 0)),
  acknowledged: LANES.map(() => LATENCY_BOUNDS_MS.map(() => 0)),
};

/** `commitMs`: how long each commit of the interval took. */
export function storageState(
  engine: EngineFigures | null,
  commitMs: readonly number[],
  historyBehind: number | null,
): StorageState {
  return {
    queuedCommands: engine?.queuedCommands ?? 0,
    queuedObservations: engine?.queuedObservations ?? 0,
    pendingMs: engine?.pendingMs ?? 0,
    commitP99Ms: rounded(percentile(commitMs, 0.99)),
    databaseBytes: engine?.databaseBytes ?? null,
    freeBytes: engine?.freeBytes ?? null,
    historyBehind,
  };
}

/** The smallest of the values that `part` of them do not exceed; `null`: there are none. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null;
}

export function bandCounts(counts: readonly number[]): BandCounts {
  const of = (band: (typeof BANDS)[number]): number => counts[BANDS.indexOf(band)] ?? 0;
  return {
    excellent: of('excellent'),
    good: of('good'),
    fair: of('fair'),
    poor: of('poor'),
    critical: of('critical'),
  };
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const round = (value: number): number => Math.round(value * 10) / 10;
const rounded = (value: number | null): number | null => (value === null ? null : round(value));
