import { sleep } from '../measure/child.ts';
import { startLoad, type LoadReport } from '../measure/load.ts';
import { openFileLimit } from '../measure/proc.ts';
import { figure, medianOf, verdict } from '../measure/result.ts';
import type { Row } from '../measure/row.ts';
import { EVENTS, startGateway, using } from './gateway.ts';

const ROW = 'reconnect';
const OTHERS = 500;
const SLOW_EVENTS = 'works/hall/lathe/events';

/** 10,000 sessions are cut and come back at once, with their marks, while others are being served. */
export const reconnect: Row = {
  name: ROW,
  what: '10,000 sessions reconnecting at once with recovery, beside others',
  async run(context) {
    const count = context.isShort ? 2_000 : Math.min(10_000, openFileLimit() - OTHERS - 500);
    const gateway = await startGateway();
    const load = await startLoad();
    const others = await startLoad();
    return using([load, others, gateway.child], async () => {
      context.say(`connecting ${count} and ${OTHERS} ...`);
      const tokens = await gateway.child.call<readonly string[]>('tokens', { count });
      const order = { ...gateway.order(count, [SLOW_EVENTS], { isMarksKept: true }), tokens };
      await load.call('connect', order, 300_000);
      await others.call('connect', gateway.order(OTHERS, [EVENTS]));
      await gateway.child.call('publish', { rate: 100, topic: EVENTS });
      await gateway.child.call('publish', { rate: 2, topic: SLOW_EVENTS });
      await sleep(4_000);
      const before = await window(3_000);
      const liveMs: number[] = [];
      const during: LoadReport[] = [];
      let failed = 0;
      let gaps = 0;
      for (let run = 0; run < (context.isShort ? 1 : 3); run += 1) {
        context.say(`${count} reconnect at once ...`);
        await others.call('begin', { sampleEvery: 5 });
        await load.call('begin', { sampleEvery: 1 });
        const result = await load.call<{ readonly liveMs: number; readonly failed: number }>(
          'reconnect',
          { count },
          120_000,
        );
        liveMs.push(result.liveMs);
        failed += result.failed;
        during.push(await others.call<LoadReport>('report'));
        await sleep(3_000);
        gaps += (await load.call<LoadReport>('report')).gaps;
      }
      const measurement = {
        row: ROW,
        subject: 'MS5',
        condition: `${count} at once, ${OTHERS} others`,
        figures: [
          figure('all live', 'ms', liveMs),
          figure(
            "others' p99",
            'ms',
            during.map(({ p99Ms }) => p99Ms),
          ),
          figure(
            "others' max",
            'ms',
            during.map(({ maxMs }) => maxMs),
          ),
          figure("others' p99 before", 'ms', before.p99Ms),
          figure('failed', '', failed),
          figure('gaps after recovery', '', gaps),
          figure(
            'load CPU',
            '%',
            during.map(({ cpuShare }) => cpuShare * 100),
          ),
        ],
        notes: ['limits of admission off; each a user of its own, with the token it had'],
      };
      const live = medianOf(measurement, 'all live');
      const p99 = medianOf(measurement, "others' p99");
      return {
        measurements: [measurement],
        verdicts: [
          verdict(
            ROW,
            '10,000 at once: all live in < 5 s',
            `${count}: ${(live / 1_000).toFixed(2)} s`,
            count >= 10_000 ? live < 5_000 : undefined,
          ),
          verdict(
            ROW,
            "others' p99 < 250 ms meanwhile",
            `${p99.toFixed(0)} ms`,
            count >= 10_000 ? p99 < 250 : undefined,
          ),
        ],
      };
      async function window(durationMs: number): Promise<LoadReport> {
        await others.call('begin', { sampleEvery: 5 });
        await sleep(durationMs);
        return others.call<LoadReport>('report');
      }
    });
  },
};
