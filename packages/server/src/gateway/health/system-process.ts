import { totalmem } from 'node:os';
import { constrainedMemory, cpuUsage, memoryUsage } from 'node:process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ProcessFigures } from '@ms5/wire/factory';

export interface ProcessProbe {
  /** Figures now; the event loop's delay is that since the last call. */
  read(): ProcessFigures;
  /** CPU time of all threads since the start, µs. */
  cpu(): { readonly user: number; readonly system: number };
  close(): void;
}

const RESOLUTION_MS = 10;
const NS_PER_MS = 1_000_000;

/**
 * Watches this process. `memoryLimitBytes`: what it may use; omitted: the container's limit, or the machine's memory.
 */
export function createProcessProbe(memoryLimitBytes = memoryThereIs()): ProcessProbe {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  // The histogram measures the time between two wake-ups: what is above the resolution is delay.
  const delayMs = (ns: number): number =>
    Number.isFinite(ns) ? Math.max(0, ns / NS_PER_MS - RESOLUTION_MS) : 0;
  return {
    read() {
      const { rss, heapUsed, external } = memoryUsage();
      const figures = {
        eventLoopDelayP50Ms: delays.count === 0 ? 0 : delayMs(delays.percentile(50)),
        eventLoopDelayP99Ms: delays.count === 0 ? 0 : delayMs(delays.percentile(99)),
        eventLoopDelayMaxMs: delays.count === 0 ? 0 : delayMs(delays.max),
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        externalBytes: external,
        memoryShare: Math.max(rss / memoryLimitBytes, heapUsed / getHeapStatistics().heap_size_limit),
      };
      delays.reset();
      return figures;
    },
    cpu: () => cpuUsage(),
    close() {
      delays.disable();
    },
  };
}

function memoryThereIs(): number {
  const limit = constrainedMemory();
  const total = totalmem();
  return limit > 0 && limit < total ? limit : total;
}
