import { join } from 'node:path';
import { figure, medianOf, verdict } from '../measure/result.ts';
import type { Row } from '../measure/row.ts';
import { makeSite } from './ingest.ts';
import { isBuilt, serveOnce } from './serve.ts';

const ROW = 'start';

export const start: Row = {
  name: ROW,
  what: '`ms5 serve` on an empty directory, until it is ready',
  async run(context) {
    const site = await makeSite();
    try {
      const runs: number[] = [];
      const memory: number[] = [];
      // The first one reads the program from disk, and is no run.
      for (let run = 0; run <= (context.isShort ? 2 : 5); run += 1) {
        const dataDir = join(site.directory, `data-${run}`);
        const { readyMs, residentMb } = await serveOnce({ plantFile: site.plantFile, dataDir }, 30_000);
        if (run === 0) continue;
        runs.push(readyMs);
        memory.push(residentMb);
      }
      const measurement = {
        row: ROW,
        subject: 'ms5 serve',
        condition: 'empty directory',
        figures: [figure('ready', 'ms', runs), figure('memory', 'MB', memory)],
        notes: isBuilt ? [] : ['from sources: not built'],
      };
      const ready = medianOf(measurement, 'ready');
      return {
        measurements: [measurement],
        verdicts: [verdict(ROW, 'ready in < 1 s', `${ready.toFixed(0)} ms`, ready < 1_000)],
      };
    } finally {
      await site.remove();
    }
  },
};
