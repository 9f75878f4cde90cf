import { createFaultProxy } from '@ms5/testkit';
import { sleep } from '../measure/child.ts';
import { startLoad, type LoadReport } from '../measure/load.ts';
import { cpuMsOf } from '../measure/proc.ts';
import { figure, latencyFigures, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { CALLS, EVENTS, startGateway, using } from './gateway.ts';

const ROW = 'critical-lane';
const SESSIONS = 1_000;
const LOAD_RATE = 4_000;

function runsOf({ isShort }: RowContext): { readonly runs: number; readonly runMs: number } {
  return isShort ? { runs: 1, runMs: 4_000 } : { runs: 3, runMs: 10_000 };
}

/** Calls to `readers` of the sessions while all of them get 4,000 events a second. */
async function underLoad(readers: number, context: RowContext): Promise<Measurement> {
  context.say(`critical calls to ${readers} of ${SESSIONS} sessions under load ...`);
  const { runs, runMs } = runsOf(context);
  const gateway = await startGateway();
  const load = await startLoad();
  return using([load, gateway.child], async () => {
    await load.call('connect', gateway.order(readers, [EVENTS, CALLS], { isCriticalCounted: true }));
    if (readers < SESSIONS) await load.call('connect', gateway.order(SESSIONS - readers, [EVENTS]));
    await gateway.child.call('publish', { rate: LOAD_RATE, topic: EVENTS });
    await gateway.child.call('raise', { topic: CALLS, intervalMs: 173 });
    await sleep(4_000);
    const reports: LoadReport[] = [];
    const cpu: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      await load.call('begin', { sampleEvery: 200 });
      const before = cpuMsOf(gateway.child.pid);
      await sleep(runMs);
      cpu.push(((cpuMsOf(gateway.child.pid) - before) / runMs) * 100);
      reports.push(await load.call<LoadReport>('report'));
    }
    return {
      row: ROW,
      subject: 'MS5',
      condition: `to ${readers} of ${SESSIONS}, ${LOAD_RATE} ev/s to all`,
      figures: [
        ...latencyFigures(reports.map(({ critical }) => critical)),
        figure(
          'received',
          '',
          reports.map(({ critical }) => critical.count),
        ),
        figure(
          'other deliveries',
          '/s',
          reports.map((one) => (one.deliveries * 1_000) / one.elapsedMs),
        ),
        figure('server CPU', '%', cpu),
        figure(
          'load CPU',
          '%',
          reports.map(({ cpuShare }) => cpuShare * 100),
        ),
      ],
      notes: reports.some(({ gaps }) => gaps > 0) ? ['events were lost to readers that were too late'] : [],
    };
  });
}

const LINK_BITS = 256_000;
const TELEMETRY_TOPICS = Array.from(
  { length: 40 },
  (_, index) => `works/hall/mill/mill/telemetry/signal-${index}`,
);
const TELEMETRY_PER_SECOND = 10;

/** Calls over a link that telemetry saturates: 40 signals, ten times a second, are a megabit. */
async function overSlowLink(context: RowContext): Promise<Measurement> {
  context.say('critical calls over a link of 256 kbit/s saturated by telemetry ...');
  const { runs, runMs } = runsOf(context);
  const gateway = await startGateway();
  const load = await startLoad();
  const proxy = await createFaultProxy({ targetPort: gateway.port });
  const stop = { stop: () => proxy.close() };
  return using([load, gateway.child, stop], async () => {
    proxy.setFaults({ bytesPerSecond: LINK_BITS / 8 });
    const order = gateway.order(1, ['works/hall/mill/mill/telemetry/+', CALLS], {
      isCriticalCounted: true,
      isSignalsCounted: true,
    });
    await load.call('connect', { ...order, port: proxy.port });
    await gateway.child.call('signal', { topics: TELEMETRY_TOPICS, perSecond: TELEMETRY_PER_SECOND });
    await gateway.child.call('raise', { topic: CALLS, intervalMs: 311 });
    await sleep(4_000);
    const reports: LoadReport[] = [];
    for (let run = 0; run < runs; run += 1) {
      await load.call('begin', { sampleEvery: 1 });
      await sleep(runMs * 2);
      reports.push(await load.call<LoadReport>('report'));
    }
    const published = TELEMETRY_TOPICS.length * TELEMETRY_PER_SECOND;
    return {
      row: ROW,
      subject: 'MS5',
      condition: '256 kbit/s, saturated by telemetry',
      figures: [
        ...latencyFigures(reports.map(({ critical }) => critical)),
        figure(
          'received',
          '',
          reports.map(({ critical }) => critical.count),
        ),
        figure(
          'link used',
          '%',
          reports.map((one) => (one.bytes * 8 * 100_000) / one.elapsedMs / LINK_BITS),
        ),
        figure(
          'telemetry values',
          '/s',
          reports.map((one) => (one.deliveries * 1_000) / one.elapsedMs),
        ),
        figure('telemetry published', '/s', published),
        figure(
          'telemetry p50',
          'ms',
          reports.map(({ p50Ms }) => p50Ms),
        ),
      ],
      notes: [],
    };
  });
}

export const criticalLane: Row = {
  name: ROW,
  what: 'critical calls while 4M other deliveries/s go out, and over a slow link',
  async run(context) {
    const few = await underLoad(100, context);
    const all = await underLoad(SESSIONS, context);
    const slow = await overSlowLink(context);
    const judge = (target: string, one: Measurement, limitMs: number) => {
      const p99 = medianOf(one, 'p99');
      const others = medianOf(one, 'other deliveries');
      const beside = Number.isNaN(others) ? '' : `, beside ${(others / 1e6).toFixed(1)}M/s`;
      return verdict(ROW, target, `p99 ${p99.toFixed(1)} ms${beside}`, p99 < limitMs);
    };
    return {
      measurements: [few, all, slow],
      verdicts: [
        judge('to 100 of 1,000 sessions p99 < 10 ms', few, 10),
        judge('to all 1,000 p99 < 25 ms', all, 25),
        judge('on a saturated 256 kbit/s link p99 < 500 ms', slow, 500),
      ],
    };
  },
};
