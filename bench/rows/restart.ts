import { join } from 'node:path';
import { nodeCommand, startChild } from '../measure/child.ts';
import { figure, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { ingest, makeSite, startSiteEngine, type BenchSite } from './ingest.ts';
import { isBuilt, serveOnce } from './serve.ts';

const ROW = 'restart';
const WANTED = 10_000_000;
const LIMIT_MS = 2_000;
/** Ingested at full speed before a kill: several snapshots' worth. */
const BEFORE_KILL = 400_000;

interface FillReport {
  readonly events: number;
  readonly head: number;
  readonly elapsedMs: number;
  readonly logBytes: number;
  readonly snapshotBytes: number;
}

async function fill({ plantFile }: BenchSite, dataDir: string, observations: number): Promise<FillReport> {
  const child = await startChild(null, nodeCommand('ms5-log.ts', ['--max-old-space-size=8192']));
  try {
    return await child.call<FillReport>('fill', { dataDir, plantFile, observations }, 1_800_000);
  } finally {
    await child.stop();
  }
}

/** `ms5 serve` on the log as it was left; history takes in the log meanwhile. */
async function afterCleanEnd(site: BenchSite, runs: number) {
  const readyMs: number[] = [];
  const residentMb: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const served = await serveOnce(site, 600_000);
    readyMs.push(served.readyMs);
    residentMb.push(served.residentMb);
  }
  return { readyMs, residentMb };
}

/** The engine ends in the midst of its work, so the log has a tail behind its snapshot. */
async function afterKill(site: BenchSite, runs: number): Promise<readonly number[]> {
  const readyMs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const engine = await startSiteEngine(site);
    await ingest(engine, BEFORE_KILL, 1_000);
    await engine.stop();
    readyMs.push((await serveOnce(site, 600_000)).readyMs);
  }
  return readyMs;
}

async function measureSize(site: BenchSite, size: number, context: RowContext): Promise<Measurement> {
  const text = size.toLocaleString('en');
  const own = { ...site, dataDir: join(site.directory, `data-${size}`) };
  context.say(`writing a log of ${text} observations ...`);
  const filled = await fill(site, own.dataDir, size);
  context.say(`starting on ${text} ...`);
  const runs = context.isShort ? 1 : 3;
  const clean = await afterCleanEnd(own, runs);
  const killed = await afterKill(own, runs);
  return {
    row: ROW,
    subject: 'ms5 serve',
    condition: `${text} observations in the log`,
    figures: [
      figure('ready after a clean end', 'ms', clean.readyMs),
      figure('ready after a kill', 'ms', killed),
      figure('memory', 'MB', clean.residentMb),
      figure('events', '', filled.events),
      figure('log', 'MB', filled.logBytes / 1e6),
      figure('snapshot', 'MB', filled.snapshotBytes / 1e6),
      figure('written at', '/s', (size * 1_000) / filled.elapsedMs),
    ],
    notes: isBuilt ? [] : ['from sources: not built'],
  };
}

export const restart: Row = {
  name: ROW,
  what: '`ms5 serve` on logs of growing size, until it is ready',
  async run(context) {
    const sizes = context.isShort ? [20_000, 100_000] : [100_000, 1_000_000, WANTED];
    const site = await makeSite();
    const measurements: Measurement[] = [];
    try {
      for (const size of sizes) measurements.push(await measureSize(site, size, context));
    } finally {
      await site.remove();
    }
    const largest = measurements.at(-1);
    const worst = Math.max(...(largest?.figures.slice(0, 2).map(({ median }) => median) ?? []));
    const isFull = sizes.includes(WANTED);
    return {
      measurements,
      verdicts: [
        verdict(
          ROW,
          '10M events in the log: serving in < 2 s',
          `${(worst / 1_000).toFixed(2)} s with ${largest?.condition ?? ''}`,
          isFull ? worst < LIMIT_MS : undefined,
        ),
      ],
    };
  },
};
