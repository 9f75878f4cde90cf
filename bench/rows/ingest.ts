import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCommand, SERVER_CORE, startChild, type Child } from '../measure/child.ts';
import { benchPlant } from '../measure/plant.ts';
import { figure, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row } from '../measure/row.ts';

const ROW = 'ingest';
const LINES = 20;

export interface IngestReport {
  readonly accepted: number;
  readonly other: number;
  readonly firstOther: string;
  readonly busy: number;
  readonly elapsedMs: number;
  readonly cpuShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly head: number;
  readonly residentMb: number;
}

export interface BenchSite {
  readonly directory: string;
  readonly dataDir: string;
  readonly plantFile: string;
  remove(): Promise<void>;
}

export async function makeSite(): Promise<BenchSite> {
  const directory = await mkdtemp(join(tmpdir(), 'ms5-bench-site-'));
  const plantFile = join(directory, 'plant.yaml');
  await writeFile(plantFile, benchPlant(LINES));
  return {
    directory,
    dataDir: join(directory, 'data'),
    plantFile,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export async function startSiteEngine({ dataDir, plantFile }: BenchSite): Promise<Child> {
  const child = await startChild(SERVER_CORE, nodeCommand('ms5-engine.ts', ['--max-old-space-size=8192']));
  await child.call('start', { dataDir, plantFile }, 300_000);
  return child;
}

export function ingest(
  child: Child,
  observations: number,
  perBody: number,
  keys = false,
): Promise<IngestReport> {
  const order = { observations, perBody, lines: LINES, atOnce: 4, keys };
  return child.call<IngestReport>('ingest', order, 1_800_000);
}

function measurementOf(perBody: number, keys: boolean, reports: readonly IngestReport[]): Measurement {
  const refused = reports.find(({ other }) => other > 0);
  return {
    row: ROW,
    subject: 'MS5 engine',
    condition: `${perBody} a request, ${keys ? 'each with a key' : 'without keys'}, 4 requests at once`,
    figures: [
      figure(
        'observations',
        '/s',
        reports.map((one) => (one.accepted * 1_000) / one.elapsedMs),
      ),
      figure(
        'request p50',
        'ms',
        reports.map(({ p50Ms }) => p50Ms),
      ),
      figure(
        'request p99',
        'ms',
        reports.map(({ p99Ms }) => p99Ms),
      ),
      figure(
        'observations for each s of CPU',
        '/s',
        reports.map(({ accepted, elapsedMs, cpuShare }) => (accepted * 1_000) / elapsedMs / cpuShare),
      ),
      figure(
        'CPU',
        '%',
        reports.map(({ cpuShare }) => cpuShare * 100),
      ),
      figure(
        'told to wait',
        '',
        reports.map(({ busy }) => busy),
      ),
      figure(
        'memory',
        'MB',
        reports.map(({ residentMb }) => residentMb),
      ),
    ],
    notes: refused === undefined ? [] : [`not accepted: ${refused.firstOther}`],
  };
}

export const ingestRow: Row = {
  name: ROW,
  what: 'observations through the factory engine into the durable log, on one core',
  async run(context) {
    const site = await makeSite();
    const child = await startSiteEngine(site);
    try {
      const measurements: Measurement[] = [];
      const best = { plain: 0, keyed: 0 };
      for (const keys of [false, true]) {
        for (const perBody of [100, 1_000]) {
          context.say(`observations, ${perBody} a request${keys ? ', each with a key' : ''} ...`);
          const count = context.isShort ? 40_000 : 400_000;
          await ingest(child, count / 4, perBody, keys);
          const reports: IngestReport[] = [];
          for (let run = 0; run < (context.isShort ? 1 : 3); run += 1)
            reports.push(await ingest(child, count, perBody, keys));
          const measurement = measurementOf(perBody, keys, reports);
          measurements.push(measurement);
          const kind = keys ? 'keyed' : 'plain';
          best[kind] = Math.max(best[kind], medianOf(measurement, 'observations'));
        }
      }
      const target = '100,000 observations/s into the durable log and through the engine on one core';
      const judged = (rate: number, which: string) =>
        verdict(ROW, `${target}, ${which}`, `${rate.toFixed(0)}/s`, rate >= 100_000);
      return {
        measurements,
        verdicts: [judged(best.plain, 'without keys'), judged(best.keyed, 'each with a key')],
      };
    } finally {
      await child.stop();
      await site.remove();
    }
  },
};
