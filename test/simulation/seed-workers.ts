import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Tier } from './run-seed.ts';
import type { SeedShare, ShareReport } from './simulate-worker.ts';

export interface SeedRun {
  readonly tier: Tier;
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  readonly stopsAtFailure: boolean;
  /** Told after each share how much is done. */
  readonly onProgress?: (run: number, failures: ShareReport['failures']) => void;
}

const SHARE: Readonly<Record<Tier, number>> = { delivery: 50, system: 10 };

/** Runs seeds on worker threads, in shares, lowest first. */
export async function runSeeds(options: SeedRun): Promise<ShareReport> {
  const { tier, from, count, stopsAtFailure } = options;
  const failures: ShareReport['failures'][number][] = [];
  const counts = new Map<string, number>();
  let run = 0;
  let next = from;
  let isStopped = false;

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./simulate-worker.ts', import.meta.url), {
      execArgv: ['--conditions=ms5-source'],
    });
    while (next < from + count && !isStopped) {
      const share: SeedShare = {
        tier,
        from: next,
        count: Math.min(SHARE[tier], from + count - next),
        stopsAtFailure,
      };
      next += share.count;
      worker.postMessage(share, []);
      const [report] = (await once(worker, 'message')) as [ShareReport];
      run += report.run;
      failures.push(...report.failures);
      for (const [what, times] of Object.entries(report.counts))
        counts.set(what, (counts.get(what) ?? 0) + times);
      isStopped ||= stopsAtFailure && report.failures.length > 0;
      options.onProgress?.(run, failures);
    }
    await worker.terminate();
  }
  await Promise.all(Array.from({ length: options.workers }, work));
  failures.sort((a, b) => a.seed - b.seed);
  return { run, failures, counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
