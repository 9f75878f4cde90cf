import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCommand, SERVER_CORE, startChild, type Child } from '../measure/child.ts';
import { yearPlant } from '../measure/plant-stream.ts';
import { figure, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { slope } from '../measure/slope.ts';

/** Observations of the plant in a year. */
const YEAR = 100_000_000;
const WITHIN_S = 300;

interface FoldReport {
  readonly refused: number;
  readonly events: number;
  readonly foldMs: number;
  readonly tickMs: number;
  readonly plantDays: number;
}

/** A process with the plant of 20 lines loaded, and a directory that goes with it. */
async function withPlant<Value>(use: (child: Child, directory: string) => Promise<Value>): Promise<Value> {
  const directory = await mkdtemp(join(tmpdir(), 'ms5-bench-engine-'));
  const child = await startChild(SERVER_CORE, nodeCommand('ms5-domain.ts', ['--max-old-space-size=8192']));
  try {
    const plantFile = join(directory, 'plant.yaml');
    await writeFile(plantFile, yearPlant());
    await child.call('load', { plantFile });
    return await use(child, directory);
  } finally {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function heapOf(child: Child): Promise<number> {
  return (await child.call<NodeJS.MemoryUsage>('memory')).heapUsed;
}

/** Each run goes on where the last one ended; the first fills the shifts whose facts are held. */
async function foldRuns(child: Child, context: RowContext): Promise<Measurement> {
  const runs = context.isShort ? 3 : 10;
  const count = context.isShort ? 500_000 : 2_000_000;
  const reports: FoldReport[] = [];
  const heaps: (readonly [number, number])[] = [];
  await child.call('fold', { observations: count }, 600_000);
  for (let run = 0; run < runs; run += 1) {
    context.say(`folding ${count.toLocaleString('en')} observations, run ${run + 1} of ${runs} ...`);
    reports.push(await child.call<FoldReport>('fold', { observations: count }, 600_000));
    heaps.push([(run + 1) * count, await heapOf(child)]);
  }
  const days = reports.reduce((sum, { plantDays }) => sum + plantDays, 0);
  const bytes = slope(heaps);
  return {
    row: 'engine',
    subject: 'MS5 domain',
    condition: '20 lines, 60 machines',
    figures: [
      figure(
        'observations',
        '/s',
        reports.map(({ foldMs }) => (count * 1_000) / foldMs),
      ),
      figure(
        'without ticks',
        '/s',
        reports.map(({ foldMs, tickMs }) => (count * 1_000) / (foldMs - tickMs)),
      ),
      figure('days of the plant', '', days),
      figure(
        'heap',
        'MB',
        heaps.map(([, heap]) => heap / 1e6),
      ),
      figure('heap for each observation more', 'B', bytes),
      figure('heap for 10⁸ more, by that slope', 'MB', (bytes * YEAR) / 1e6),
    ],
    notes: ['a tick for every minute of the plant'],
  };
}

export const engineRow: Row = {
  name: 'engine',
  what: 'observations decided and folded in memory, by the domain alone, on one core',
  async run(context) {
    const measurement = await withPlant((child) => foldRuns(child, context));
    const rate = medianOf(measurement, 'observations');
    return {
      measurements: [measurement],
      verdicts: [
        verdict('engine', '500,000 observations/s folded in memory', `${rate.toFixed(0)}/s`, rate >= 500_000),
      ],
    };
  },
};

async function replayRuns(child: Child, directory: string, context: RowContext): Promise<Measurement> {
  const dataDir = join(directory, 'data');
  const observations = context.isShort ? 200_000 : 4_000_000;
  context.say(`writing a log of ${observations.toLocaleString('en')} observations ...`);
  const { entries } = await child.call<{ readonly entries: number }>(
    'fill',
    { dataDir, observations },
    900_000,
  );
  const { size } = await stat(join(dataDir, 'events.sqlite'));
  const runs: number[] = [];
  let events = 0;
  for (let run = 0; run < (context.isShort ? 1 : 3); run += 1) {
    context.say('replaying it ...');
    const report = await child.call<{ readonly events: number; readonly replayMs: number }>(
      'replay',
      { dataDir },
      600_000,
    );
    runs.push(report.replayMs);
    ({ events } = report);
  }
  return {
    row: 'replay',
    subject: 'MS5 log and domain',
    condition: `${observations.toLocaleString('en')} observations`,
    figures: [
      figure(
        'observations',
        '/s',
        runs.map((ms) => (observations * 1_000) / ms),
      ),
      figure(
        '10⁸ of them, a year',
        's',
        runs.map((ms) => (ms / observations / 1_000) * YEAR),
      ),
      figure('log for each', 'B', size / observations),
      figure('entries', '', entries),
      figure('events', '', events),
    ],
    notes: ['an entry of observations and a tick every 2 s of the plant'],
  };
}

export const replayRow: Row = {
  name: 'replay',
  what: 'a log of observations read and applied to an empty state, on one core',
  async run(context) {
    const measurement = await withPlant((child, directory) => replayRuns(child, directory, context));
    const seconds = medianOf(measurement, '10⁸ of them, a year');
    return {
      measurements: [measurement],
      verdicts: [
        verdict(
          'replay',
          'a year of a 20-line plant (10⁸ observations) replayed in < 5 min',
          `${seconds.toFixed(0)} s, scaled`,
          seconds < WITHIN_S,
        ),
      ],
    };
  },
};
