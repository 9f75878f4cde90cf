// Latency of one event through the whole path, light load, real parts: a line written to a TCP socket by an SHDR
// adapter -> connector -> domain -> commit -> projection -> hub -> WebSocket message at a plain client.
//   node bench/path-latency.ts [events]     default 400; prints a table, and JSON with --json
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBasicClient, type BasicMessage } from '../test/support/basic-client.ts';
import { startServer } from '../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from '../test/support/plant.ts';
import { startShdrAdapter } from '../test/support/shdr-adapter.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const wantedEvents = Number(positionals[0] ?? 400);
const WARM_UP = 50;
/** Below the limit of commands per second and session. */
const COMMAND_PAUSE_MS = 100;

interface Row {
  readonly what: string;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function row(what: string, latenciesMs: readonly number[]): Row {
  const sorted = latenciesMs.slice(WARM_UP).toSorted((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    what,
    events: sorted.length,
    p50Ms: round(percentile(sorted, 0.5)),
    p99Ms: round(percentile(sorted, 0.99)),
    maxMs: round(sorted.at(-1) ?? Number.NaN),
  };
}

const directory = await temporaryDirectory('latency');
const adapter = await startShdrAdapter();
const plantFile = await writePlant(directory, testPlant({ shdrPort: adapter.port }));
const server = await startServer({ plantFile, dataDir: join(directory, 'data') });
const client = await openBasicClient(server.webSocketUrl, await server.token('lead'));
client.send({ type: 'subscribe', topics: ['works/hall/mill/#'], id: 1 });
await client.next('subscribed', (message) => message.type === 'subscribed');
await adapter.connected();

/** Resolves with the instant (performance.now) at which the first matching message after the call arrived. */
function arrival(matches: (message: BasicMessage) => boolean): Promise<number> {
  return new Promise((resolve) => {
    const stop = client.onMessage((message) => {
      if (!matches(message)) return;
      stop();
      resolve(performance.now());
    });
  });
}

async function measure(
  what: string,
  send: (index: number) => void,
  matches: (message: BasicMessage, index: number) => boolean,
  pauseMs = 5,
): Promise<Row> {
  const latenciesMs: number[] = [];
  console.error(`measuring: ${what} (${wantedEvents} events) ...`);
  for (let index = 0; index < wantedEvents + WARM_UP; index += 1) {
    const arrived = arrival((message) => matches(message, index));
    const sentAt = performance.now();
    send(index);
    latenciesMs.push((await arrived) - sentAt);
    // Unevenly spaced, so that no timer of the server is hit in step.
    await new Promise((resolve) => setTimeout(resolve, pauseMs + ((index * 7) % 23)));
  }
  return row(what, latenciesMs);
}

const now = (): string => new Date().toISOString();
const raws = ['ACTIVE', 'READY'] as const;
const stateOf = (message: BasicMessage): string | undefined =>
  (message['data'] as { state?: { raw?: string } } | undefined)?.state?.raw;

const rows = [
  await measure(
    'durable state change: TCP line to WebSocket',
    (index) => adapter.send(`${now()}|execution|${raws[index % 2] ?? ''}\n`),
    (message, index) => message['topic'] === 'works/hall/mill/status' && stateOf(message) === raws[index % 2],
  ),
  await measure(
    'telemetry signal: TCP line to WebSocket',
    (index) => adapter.send(`${now()}|spindle|${index}\n`),
    (message, index) =>
      message['topic'] === 'works/hall/mill/mill/telemetry/spindle' && Number(message['data']) === index,
  ),
  await measure(
    'command to durable outcome, same WebSocket',
    (index) =>
      client.send({
        type: 'command',
        command: 'enterCount',
        data: { line: 'hall/mill', good: 1 },
        key: { clientId: 'latency', counter: index + 1 },
        id: 100 + index,
      }),
    (message, index) => message.type === 'outcome' && message['id'] === 100 + index,
    COMMAND_PAUSE_MS,
  ),
];

client.close();
await server.stop();
await adapter.close();
await rm(directory, { recursive: true, force: true });
if (values.json) console.log(JSON.stringify(rows));
else console.table(rows);
