import { parentPort } from 'node:worker_threads';
import { runSeed, type Tier } from './run-seed.ts';

/** A share of seeds to run. */
export interface SeedShare {
  readonly tier: Tier;
  readonly from: number;
  readonly count: number;
  /** Ends the share early. */
  readonly stopsAtFailure: boolean;
}

export interface ShareReport {
  readonly run: number;
  readonly failures: readonly { readonly seed: number; readonly faults: readonly string[] }[];
  readonly counts: Readonly<Record<string, number>>;
}

async function runShare({ tier, from, count, stopsAtFailure }: SeedShare): Promise<ShareReport> {
  const failures: { readonly seed: number; readonly faults: readonly string[] }[] = [];
  const counts = new Map<string, number>();
  let run = 0;
  for (; run < count; run += 1) {
    const report = await runSeed(tier, { seed: from + run });
    for (const [what, times] of Object.entries(report.counts))
      counts.set(what, (counts.get(what) ?? 0) + times);
    if (report.faults.length === 0) continue;
    failures.push({ seed: report.seed, faults: report.faults.slice(0, 5) });
    if (!stopsAtFailure) continue;
    run += 1;
    break;
  }
  return { run, failures, counts: Object.fromEntries(counts) };
}

parentPort?.on('message', (share: SeedShare) => {
  void runShare(share).then((report) => parentPort?.postMessage(report, []));
});
