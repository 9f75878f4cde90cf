import { bundlePrograms } from './bundle.ts';
import { startClientProcess } from './client-handle.ts';
import { runFaultSeed, type FaultBench, type FaultReport } from './run-fault-seed.ts';

export interface FaultRun {
  readonly from: number;
  readonly count: number;
  /** Seeds at a time, each with its own processes. */
  readonly lanes: number;
  readonly stopsAtFailure?: boolean;
  readonly trace?: (line: string) => void;
  readonly onReport?: (report: FaultReport) => void;
}

const CLIENTS = 2;

/** The command that runs a seed again. */
export function reproduction(seed: number): string {
  return `npm run faults -- --runs 1 --from ${seed} --trace`;
}

/** Runs seeds against real processes, several at once, lowest first. */
export async function runFaults(run: FaultRun): Promise<readonly FaultReport[]> {
  const programs = await bundlePrograms();
  const reports: FaultReport[] = [];
  let next = run.from;
  let isStopped = false;

  async function work(): Promise<void> {
    const clients = Array.from({ length: CLIENTS }, () => startClientProcess(programs.client));
    try {
      while (next < run.from + run.count && !isStopped) {
        const seed = next;
        next += 1;
        const report = await runOne({ programs, clients }, seed, run.trace);
        reports.push(report);
        run.onReport?.(report);
        isStopped ||= run.stopsAtFailure === true && report.faults.length > 0;
      }
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(run.lanes, run.count) }, work));
  } finally {
    await programs.remove();
  }
  return reports.sort((a, b) => a.seed - b.seed);
}

/** What throws is a fault like any other. */
async function runOne(bench: FaultBench, seed: number, trace: FaultRun['trace']): Promise<FaultReport> {
  try {
    return await runFaultSeed(bench, { seed, trace });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const faults = [`threw ${text.split('\n').slice(0, 3).join(' ')}`];
    return { seed, faults, counts: {}, tookMs: 0, peakResidentBytes: 0 };
  }
}
