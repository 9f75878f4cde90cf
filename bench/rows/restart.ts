import { figure, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { ingest, makeSite, startSiteEngine } from './ingest.ts';
import { isBuilt, serveOnce } from './serve.ts';

const ROW = 'restart';
const WANTED = 10_000_000;
const LIMIT_MS = 2_000;

/** Fills a log to each of the sizes and starts `ms5 serve` on it: after a clean end, and after a kill. */
async function measure(sizes: readonly number[], context: RowContext): Promise<readonly Measurement[]> {
  const site = await makeSite();
  const measurements: Measurement[] = [];
  let held = 0;
  try {
    for (const size of sizes) {
      context.say(`filling the log to ${size.toLocaleString('en')} observations ...`);
      const engine = await startSiteEngine(site);
      const report = await ingest(engine, size - held, 1_000);
      held = size;
      // Ended in the midst of its work, so the log has a tail behind its snapshot.
      await engine.stop();
      context.say(`starting on ${size.toLocaleString('en')} ...`);
      const killed = await serveOnce(site, 600_000);
      const clean: number[] = [];
      let residentMb = 0;
      for (let run = 0; run < (context.isShort ? 1 : 3); run += 1) {
        const served = await serveOnce(site, 600_000);
        clean.push(served.readyMs);
        ({ residentMb } = served);
      }
      measurements.push({
        row: ROW,
        subject: 'ms5 serve',
        condition: `${size.toLocaleString('en')} observations in the log`,
        figures: [
          figure('ready after a clean end', 'ms', clean),
          figure('ready after a kill', 'ms', killed.readyMs),
          figure('memory', 'MB', residentMb),
          figure('filled at', '/s', (report.accepted * 1_000) / report.elapsedMs),
          figure('log entries', '', report.head),
        ],
        notes: isBuilt ? [] : ['from sources: not built'],
      });
    }
  } finally {
    await site.remove();
  }
  return measurements;
}

export const restart: Row = {
  name: ROW,
  what: '`ms5 serve` on logs of growing size, until it is ready',
  async run(context) {
    const sizes = context.isShort ? [20_000, 100_000] : [100_000, 1_000_000, WANTED];
    const measurements = await measure(sizes, context);
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
