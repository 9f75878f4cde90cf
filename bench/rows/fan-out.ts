import { keepsUp, measureFanOut, type FanOutOptions, type FanOutRun } from '../measure/fan-out.ts';
import {
  figure,
  latencyFigures,
  medianOf,
  verdict,
  type Measurement,
  type Verdict,
} from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { brokerPeers } from '../peers/brokers.ts';
import { socketIoPeer, uWebSocketsPeer } from '../peers/installed.ts';
import { calibration, ms5Peer, wsPeer } from '../peers/node-peers.ts';
import type { Peer } from '../peers/peer.ts';
import { packageVersion } from '../measure/machine.ts';

const ROW = 'fan-out';
const SESSIONS = 1_000;
const RATES = [100, 1_000, 4_000];
const P99_LIMIT_MS = 100;
/** Above this the load process may be what limits. */
const BUSY_LOAD = 0.9;

function optionsFor(rate: number, { isShort }: RowContext): FanOutOptions {
  return isShort
    ? { rate, sessions: SESSIONS, runs: 1, warmUpMs: 2_000, runMs: 3_000 }
    : { rate, sessions: SESSIONS, runs: 3, warmUpMs: 5_000, runMs: 6_000 };
}

const conditionOf = (rate: number): string =>
  `${rate.toLocaleString('en')} ev/s x ${SESSIONS.toLocaleString('en')}`;

function measurementOf(subject: string, options: FanOutOptions, runs: readonly FanOutRun[]): Measurement {
  const notes: string[] = [];
  if (!runs.every((run) => keepsUp(run, options))) notes.push('falls behind');
  if (runs.some(({ report }) => report.gaps > 0))
    notes.push('events were lost to readers that were too late');
  if (runs.some(({ report }) => report.cpuShare > BUSY_LOAD)) notes.push('load process above 90 % busy');
  const reports = runs.map(({ report }) => report);
  return {
    row: ROW,
    subject,
    condition: conditionOf(options.rate),
    figures: [
      figure(
        'server CPU',
        '%',
        runs.map(({ cpuShare }) => cpuShare * 100),
      ),
      figure(
        'deliveries',
        '/s',
        runs.map(({ perSecond }) => perSecond),
      ),
      ...latencyFigures(reports),
      figure(
        'frames',
        '/s',
        reports.map(({ frames, elapsedMs }) => (frames * 1_000) / elapsedMs),
      ),
      figure(
        'server memory',
        'MB',
        runs.map(({ residentMb }) => residentMb),
      ),
      figure(
        'load CPU',
        '%',
        reports.map(({ cpuShare }) => cpuShare * 100),
      ),
      figure(
        'load loop p99',
        'ms',
        reports.map(({ loopDelayP99Ms }) => loopDelayP99Ms),
      ),
      figure(
        'core 0 busy',
        '%',
        runs.map(({ coreShare }) => coreShare * 100),
      ),
    ],
    notes,
  };
}

async function measurePeer(peer: Peer, context: RowContext): Promise<readonly Measurement[]> {
  const absent = 'absent' in peer.found ? peer.found.absent : undefined;
  if (absent !== undefined)
    return [{ row: ROW, subject: peer.name, condition: '', figures: [], notes: [`absent: ${absent}`] }];
  const measurements: Measurement[] = [];
  for (const rate of RATES) {
    context.say(`${peer.name}, ${conditionOf(rate)} ...`);
    const options = optionsFor(rate, context);
    try {
      const measurement = measurementOf(peer.name, options, await measureFanOut(peer, options));
      measurements.push(measurement);
      if (measurement.notes.includes('falls behind')) break;
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      measurements.push({
        row: ROW,
        subject: peer.name,
        condition: conditionOf(rate),
        figures: [],
        notes: [`failed: ${why.slice(0, 160)}`],
      });
      break;
    }
  }
  return measurements;
}

/** The highest rate with p99 below the limit: up in steps, then halving the last one. */
async function findHighest(peer: Peer, context: RowContext): Promise<readonly Measurement[]> {
  const tried = new Map<number, Measurement>();
  const holds = async (rate: number): Promise<boolean> => {
    context.say(`${peer.name}, highest rate: ${conditionOf(rate)} ...`);
    const options = optionsFor(rate, context);
    try {
      const measurement = measurementOf(peer.name, options, await measureFanOut(peer, options));
      tried.set(rate, measurement);
      return !measurement.notes.includes('falls behind') && medianOf(measurement, 'p99') < P99_LIMIT_MS;
    } catch {
      return false;
    }
  };
  let held = 0;
  let failed = Infinity;
  for (const rate of context.isShort ? [10_000] : [6_000, 8_000, 10_000, 12_000, 14_000, 20_000, 28_000]) {
    if (!(await holds(rate))) {
      failed = rate;
      break;
    }
    held = rate;
  }
  if (!context.isShort)
    for (let step = 0; step < 2 && failed < Infinity; step += 1) {
      const rate = Math.round((Math.max(held, 4_000) + failed) / 2 / 250) * 250;
      if (await holds(rate)) held = rate;
      else failed = rate;
    }
  const highest: Measurement = {
    row: ROW,
    subject: peer.name,
    condition: `highest rate held with p99 < ${P99_LIMIT_MS} ms`,
    figures: [figure('deliveries', '/s', held * SESSIONS)],
    notes: held === 0 ? ['none of those tried above 4,000 ev/s'] : [],
  };
  return [...[...tried.entries()].toSorted(([a], [b]) => a - b).map(([, one]) => one), highest];
}

function verdicts(measurements: readonly Measurement[]): readonly Verdict[] {
  const of = (subject: string, rate: number): Measurement | undefined =>
    measurements.find((one) => one.subject.startsWith(subject) && one.condition === conditionOf(rate));
  const cpu = (subject: string, rate: number): number => medianOf(of(subject, rate), 'server CPU');
  const ratio = (lane: string, rate: number, limit: number, target: string): Verdict => {
    const ours = cpu(`MS5, lane ${lane}`, rate);
    const theirs = cpu('uWebSockets', rate);
    const isKnown = ours > 0 && theirs > 0;
    const text = `${ours.toFixed(0)} % : ${theirs.toFixed(0)} % = ${(ours / theirs).toFixed(2)}`;
    return verdict(
      ROW,
      target,
      isKnown ? text : 'no peer to compare with',
      isKnown ? ours / theirs <= limit : undefined,
    );
  };
  const tenMillion = (subject: string, target: string): Verdict => {
    const ten = of(subject, 10_000);
    const isHeld = ten?.notes.includes('falls behind') === false && medianOf(ten, 'p99') < P99_LIMIT_MS;
    const text = `${(medianOf(ten, 'deliveries') / 1e6).toFixed(2)}M/s, p99 ${medianOf(ten, 'p99').toFixed(0)} ms`;
    return verdict(ROW, target, ten ? text : 'not reached', isHeld);
  };
  return [
    tenMillion('MS5, lane normal', '10M deliveries/s on one core with p99 < 100 ms, not compressed'),
    tenMillion('MS5, permessage-deflate', 'the same to clients that take permessage-deflate'),
    ratio('normal', 1_000, 1 / 3, 'at 1M/s at most 1/3 of the CPU of uWebSockets'),
    ratio('normal', 100, 1 / 2, 'at 100k/s at most half the CPU of uWebSockets'),
    ratio('high', 1_000, 0.6, 'lane high at 1M/s at most 60 % of the CPU of uWebSockets'),
  ];
}

/** Our CPU as a share of each peer's at the same rate, of this run. */
function ratios(measurements: readonly Measurement[]): readonly Measurement[] {
  const measured = measurements.filter((one) => !Number.isNaN(medianOf(one, 'server CPU')));
  const ours = measured.filter(({ subject }) => subject.startsWith('MS5'));
  const peers = measured.filter(({ subject }) => !subject.startsWith('MS5'));
  return ours.flatMap((one) => {
    const beside = peers.filter(({ condition, notes }) => condition === one.condition && notes.length === 0);
    if (beside.length === 0) return [];
    const cpu = medianOf(one, 'server CPU');
    const figures = beside.map((peer) => figure(peer.subject, '', cpu / medianOf(peer, 'server CPU')));
    return [
      { row: ROW, subject: `${one.subject}, CPU ratio to`, condition: one.condition, figures, notes: [] },
    ];
  });
}

/** What the load process can take at most, from a server that only writes. */
async function calibrate(context: RowContext): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const [events, what] of [
    [1, 'one event per write'],
    [100, '100 events per write'],
  ] as const) {
    context.say(`calibration, ${what} ...`);
    const options = { ...optionsFor(events, context), warmUpMs: 2_000 };
    const runs = await measureFanOut(calibration, options);
    measurements.push({
      row: ROW,
      subject: 'load process, its ceiling',
      condition: `prebuilt frames, ${what}`,
      figures: [
        figure(
          'deliveries',
          '/s',
          runs.map(({ perSecond }) => perSecond),
        ),
        figure(
          'server CPU',
          '%',
          runs.map(({ cpuShare }) => cpuShare * 100),
        ),
        figure(
          'load CPU',
          '%',
          runs.map(({ report }) => report.cpuShare * 100),
        ),
      ],
      notes: [],
    });
  }
  return measurements;
}

export const fanOut: Row = {
  name: ROW,
  what: 'events of one stream to 1,000 sessions, beside the peers',
  async run(context) {
    const ws = packageVersion('ws');
    const peers = [
      uWebSocketsPeer(),
      ...brokerPeers(),
      socketIoPeer(),
      wsPeer(ws),
      wsPeer(ws, 10),
      wsPeer(ws, 50),
      // As often as lane `normal` is flushed: what the writes alone take.
      wsPeer(ws, 75),
      ms5Peer('normal', context.version),
      ms5Peer('high', context.version),
      ms5Peer('normal', context.version, true),
    ];
    const measurements: Measurement[] = [];
    const ceiling = await calibrate(context);
    for (const peer of peers) measurements.push(...(await measurePeer(peer, context)));
    for (const peer of [ms5Peer('normal', context.version), ms5Peer('normal', context.version, true)])
      measurements.push(...(await findHighest(peer, context)));
    const verdictsOfRun = verdicts(measurements);
    return { measurements: [...ceiling, ...measurements, ...ratios(measurements)], verdicts: verdictsOfRun };
  },
};
