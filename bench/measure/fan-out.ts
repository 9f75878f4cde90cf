import type { Peer } from '../peers/peer.ts';
import { SERVER_CORE, sleep } from './child.ts';
import { startLoad, type LoadReport } from './load.ts';
import { coreBusyMs, cpuMsOf, residentBytes } from './proc.ts';

export interface FanOutOptions {
  readonly rate: number;
  readonly sessions: number;
  readonly runs: number;
  readonly warmUpMs: number;
  readonly runMs: number;
}

export interface FanOutRun {
  readonly cpuShare: number;
  /** Of the whole core: with the kernel's work that no process is charged for. */
  readonly coreShare: number;
  readonly perSecond: number;
  /** Events published in the run, times sessions, by second. */
  readonly offeredPerSecond: number;
  readonly residentMb: number;
  readonly report: LoadReport;
}

/** Connects the sessions, publishes, lets it settle, and looks several times. */
export async function measureFanOut(peer: Peer, options: FanOutOptions): Promise<readonly FanOutRun[]> {
  const { rate, sessions, runs, warmUpMs, runMs } = options;
  const server = await peer.start();
  try {
    const load = await startLoad();
    try {
      await load.call('connect', server.order(sessions));
      await server.publish(rate);
      await sleep(warmUpMs);
      // About a thousand frames a second are decoded for their latency.
      const sampleEvery = Math.max(1, Math.floor((Math.min(rate, 1_000) * sessions) / 1_000 / 4));
      const results: FanOutRun[] = [];
      for (let run = 0; run < runs; run += 1) {
        const emittedBefore = await server.emitted();
        await load.call('begin', { sampleEvery });
        const startedAt = performance.now();
        const cpuBefore = cpuMsOf(server.serverPid);
        const coreBefore = coreBusyMs(SERVER_CORE);
        await sleep(runMs);
        const elapsedMs = performance.now() - startedAt;
        const cpuShare = (cpuMsOf(server.serverPid) - cpuBefore) / elapsedMs;
        const coreShare = (coreBusyMs(SERVER_CORE) - coreBefore) / elapsedMs;
        const report = await load.call<LoadReport>('report');
        const emitted = (await server.emitted()) - emittedBefore;
        results.push({
          cpuShare,
          coreShare,
          perSecond: (report.deliveries * 1_000) / report.elapsedMs,
          offeredPerSecond: Math.max((emitted * sessions * 1_000) / report.elapsedMs, rate * sessions * 0.9),
          residentMb: residentBytes(server.serverPid) / 1e6,
          report,
        });
      }
      return results;
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}

/** Whether as much arrived as was published, within what a run's edges blur. */
export function keepsUp(run: FanOutRun, { rate, sessions }: FanOutOptions): boolean {
  return run.perSecond >= rate * sessions * 0.97 && run.report.gaps === 0;
}
