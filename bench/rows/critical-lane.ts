import { createFaultProxy } from '@ms5/testkit';
import { sleep, type Child } from '../measure/child.ts';
import { createLatencies } from '../measure/latencies.ts';
import { startLoad, type LoadReport } from '../measure/load.ts';
import { cpuMsOf } from '../measure/proc.ts';
import { figure, latencyFigures, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { CALLS, EVENTS, startGateway, using } from './gateway.ts';

const ROW = 'critical-lane';
const SESSIONS = 1_000;
const LOAD_RATE = 4_000;
/** Two hundred calls a run: with fewer the p99 would be that of the one call that came off worst. */
const CALL_INTERVAL_MS = 97;

function runsOf({ isShort }: RowContext): { readonly runs: number; readonly runMs: number } {
  return isShort ? { runs: 1, runMs: 4_000 } : { runs: 3, runMs: 20_000 };
}

/**
 * Sessions that one load process reads for. It takes all that came for them in one turn, and a call that comes
 * meanwhile waits for its end: with a thousand this would be more than the server's own share.
 */
const SESSIONS_PER_PROCESS = 250;

/** The calls as all the processes saw them. */
function together(reports: readonly LoadReport[]): Pick<LoadReport, 'p50Ms' | 'p99Ms' | 'maxMs'> {
  const all = createLatencies();
  for (const { critical } of reports) all.addSteps(critical.steps, critical.maxMs);
  return { p50Ms: all.percentile(0.5), p99Ms: all.percentile(0.99), maxMs: all.max() };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Calls to `readers` of the sessions while all of them get 4,000 events a second. */
async function underLoad(readers: number, context: RowContext): Promise<Measurement> {
  context.say(`critical calls to ${readers} of ${SESSIONS} sessions under load ...`);
  const { runs, runMs } = runsOf(context);
  // Not on one core: the threads that collect its garbage would take it from the one that delivers.
  const gateway = await startGateway(null);
  const reading = await startLoads(Math.ceil(readers / SESSIONS_PER_PROCESS));
  const others = readers < SESSIONS ? await startLoads(1) : [];
  const loads = [...reading, ...others];
  return using([...loads, gateway.child], async () => {
    const each = readers / reading.length;
    for (const load of reading)
      await load.call('connect', gateway.order(each, [EVENTS, CALLS], { isCriticalCounted: true }));
    for (const load of others) await load.call('connect', gateway.order(SESSIONS - readers, [EVENTS]));
    await gateway.child.call('publish', { rate: LOAD_RATE, topic: EVENTS });
    await gateway.child.call('raise', { topic: CALLS, intervalMs: CALL_INTERVAL_MS });
    await sleep(4_000);
    const reports: (readonly LoadReport[])[] = [];
    const cpu: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      await Promise.all(loads.map((load) => load.call('begin', { sampleEvery: 200 })));
      const before = cpuMsOf(gateway.child.pid);
      await sleep(runMs);
      cpu.push(((cpuMsOf(gateway.child.pid) - before) / runMs) * 100);
      reports.push(await Promise.all(loads.map((load) => load.call<LoadReport>('report'))));
    }
    return {
      row: ROW,
      subject: 'MS5',
      condition: `to ${readers} of ${SESSIONS}, ${LOAD_RATE} ev/s to all`,
      figures: [
        ...latencyFigures(reports.map((of) => together(of.slice(0, reading.length)))),
        figure(
          'received',
          '',
          reports.map((of) => sum(of.map(({ critical }) => critical.count))),
        ),
        figure(
          'other deliveries',
          '/s',
          reports.map((of) => sum(of.map((one) => (one.deliveries * 1_000) / one.elapsedMs))),
        ),
        figure('server CPU', '%', cpu),
        figure(
          'load CPU',
          '%',
          reports.map((of) => sum(of.map(({ cpuShare }) => cpuShare * 100))),
        ),
      ],
      notes: reports.flat().some(({ gaps }) => gaps > 0)
        ? ['events were lost to readers that were too late']
        : [],
    };
  });
}

function startLoads(count: number): Promise<readonly Child[]> {
  return Promise.all(Array.from({ length: count }, () => startLoad()));
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
      await sleep(runMs);
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
