import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openBasicClient, type BasicClient, type BasicMessage } from '../../test/support/basic-client.ts';
import { startServer } from '../../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from '../../test/support/plant.ts';
import { startShdrAdapter } from '../../test/support/shdr-adapter.ts';
import { sleep } from '../measure/child.ts';
import { startLoad, type LoadReport } from '../measure/load.ts';
import { createLatencies } from '../measure/latencies.ts';
import { figure, latencyFigures, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { startGateway, using } from './gateway.ts';

const ROW = 'light-load';
const WARM_UP = 50;
/** Below the limit of commands per second and session. */
const COMMAND_PAUSE_MS = 70;
const SIGNAL = 'works/hall/mill/mill/telemetry/spindle';
/** In step with no timer of the server. */
const SIGNAL_EVERY_MS = 53;

/** Through the gateway alone: a value handed to it by another thread, to its arrival at one subscriber. */
async function signalThroughGateway(context: RowContext): Promise<Measurement> {
  context.say('a signal through the gateway to one subscriber ...');
  const gateway = await startGateway();
  const load = await startLoad();
  return using([load, gateway.child], async () => {
    await load.call('connect', gateway.order(1, [SIGNAL], { isSignalsCounted: true }));
    await gateway.child.call('relay', { topic: SIGNAL, everyMs: SIGNAL_EVERY_MS });
    await sleep(2_000);
    const reports: LoadReport[] = [];
    for (let run = 0; run < (context.isShort ? 1 : 3); run += 1) {
      await load.call('begin', { sampleEvery: 1 });
      await sleep(context.isShort ? 3_000 : 10_000);
      reports.push(await load.call<LoadReport>('report'));
    }
    return {
      row: ROW,
      subject: 'MS5, gateway',
      condition: 'live signal to one subscriber',
      figures: [
        ...latencyFigures(reports),
        figure(
          'values',
          '',
          reports.map(({ deliveries }) => deliveries),
        ),
      ],
      notes: [],
    };
  });
}

/** Resolves with the instant at which the first matching message after the call arrived. */
function arrival(client: BasicClient, matches: (message: BasicMessage) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('no answer within 10 s')), 10_000);
    const stop = client.onMessage((message) => {
      if (!matches(message)) return;
      stop();
      clearTimeout(limit);
      resolve(performance.now());
    });
  });
}

interface Act {
  readonly what: string;
  readonly client: BasicClient;
  readonly pauseMs: number;
  send(index: number): void;
  matches(message: BasicMessage, index: number): boolean;
}

async function timeActs(act: Act, events: number): Promise<Measurement> {
  const latencies = createLatencies();
  for (let index = 0; index < events + WARM_UP; index += 1) {
    const arrived = arrival(act.client, (message) => act.matches(message, index));
    const sentAt = performance.now();
    act.send(index);
    const tookMs = (await arrived) - sentAt;
    if (index >= WARM_UP) latencies.add(tookMs);
    // Unevenly spaced, so that no timer of the server is hit in step.
    await sleep(act.pauseMs + ((index * 7) % 23));
  }
  return {
    row: ROW,
    subject: 'MS5, whole server',
    condition: act.what,
    figures: [
      figure('p50', 'ms', latencies.percentile(0.5)),
      figure('p99', 'ms', latencies.percentile(0.99)),
      figure('max', 'ms', latencies.max()),
      figure('events', '', latencies.count()),
    ],
    notes: [],
  };
}

const now = (): string => new Date().toISOString();
const raws = ['ACTIVE', 'READY'] as const;
const stateOf = (message: BasicMessage): string | undefined =>
  (message['data'] as { state?: { raw?: string } } | undefined)?.state?.raw;

/** Through `ms5 serve` with real parts: an SHDR adapter's line, or a person's command, to a WebSocket message. */
async function throughServer(context: RowContext): Promise<readonly Measurement[]> {
  const directory = await temporaryDirectory('latency');
  const adapter = await startShdrAdapter();
  const plantFile = await writePlant(directory, testPlant({ shdrPort: adapter.port }));
  const server = await startServer({ plantFile, dataDir: join(directory, 'data') });
  const reader = await openBasicClient(server.webSocketUrl, await server.token('lead'));
  const person = await openBasicClient(server.webSocketUrl, await server.token('operator'));
  try {
    reader.send({ type: 'subscribe', topics: ['works/hall/mill/#'], id: 1 });
    await reader.next('subscribed', (message) => message.type === 'subscribed');
    await adapter.connected();
    const calls = { client: reader, pauseMs: COMMAND_PAUSE_MS };
    const raise = (index: number): void =>
      person.send({
        type: 'command',
        command: 'enterCount',
        data: { line: 'hall/mill', good: 1 },
        key: { clientId: 'latency', counter: index + 1 },
        id: 100 + index,
      });
    const acts: readonly Act[] = [
      {
        what: 'telemetry signal: TCP line to WebSocket',
        client: reader,
        pauseMs: 5,
        send: (index) => adapter.send(`${now()}|spindle|${index}\n`),
        matches: (message, index) => message['topic'] === SIGNAL && Number(message['data']) === index,
      },
      {
        what: 'durable state change: TCP line to WebSocket',
        client: reader,
        pauseMs: 5,
        send: (index) => adapter.send(`${now()}|execution|${raws[index % 2] ?? ''}\n`),
        matches: (message, index) =>
          message['topic'] === 'works/hall/mill/status' && stateOf(message) === raws[index % 2],
      },
      {
        ...calls,
        what: "durable event: a person's command to its receipt by another",
        send: raise,
        matches: (message) => message['topic'] === 'works/hall/mill/production',
      },
    ];
    const measurements: Measurement[] = [];
    for (const act of acts) {
      context.say(`${act.what} ...`);
      measurements.push(await timeActs(act, context.isShort ? 60 : 1_000));
    }
    return measurements;
  } finally {
    reader.close();
    person.close();
    await server.stop();
    await adapter.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export const lightLoad: Row = {
  name: ROW,
  what: 'one event at a time: through the gateway, and through the whole server',
  async run(context) {
    const gateway = await signalThroughGateway(context);
    const whole = await throughServer(context);
    const [signal, change, command] = whole;
    const p = (one: Measurement | undefined, name: string): number => medianOf(one, name);
    const signalText = (one: Measurement | undefined): string =>
      `p50 ${p(one, 'p50').toFixed(2)}, p99 ${p(one, 'p99').toFixed(2)} ms`;
    const worst = Math.max(p(change, 'p99'), p(command, 'p99'));
    return {
      measurements: [gateway, ...whole],
      verdicts: [
        verdict(
          ROW,
          'live signal to one subscriber: p50 < 1 ms, p99 < 5 ms',
          `gateway ${signalText(gateway)}; from the machine's line ${signalText(signal)}`,
          p(signal, 'p50') < 1 && p(signal, 'p99') < 5,
        ),
        verdict(
          ROW,
          'durable event, from command to receipt: p99 < 15 ms',
          `command ${signalText(command)}; state change ${signalText(change)}`,
          worst < 15,
        ),
      ],
    };
  },
};
