// The product's engine (ingest, domain, log, projections) as `ms5 serve` starts it, fed with observations.
import { letHeapsDouble, startEngine, type EnginePort } from '@ms5/server';
import { serveCalls } from '../measure/control.ts';
import { benchLines } from '../measure/plant.ts';

let engine: EnginePort | undefined;
let published = 0;

/** As long as every key, and different in each body. */
const KEY_PREFIX = '0000000000';

/**
 * Bodies as devices send them: mostly counts, a tenth changes of state. Made once, copied for each request. With keys
 * each item has one of its own, which begins with the number of the request.
 */
function makeBodies(lines: number, perBody: number, keys: boolean): readonly Buffer[] {
  const names = benchLines(lines);
  return Array.from({ length: 10 }, (_, body) => {
    const items = Array.from({ length: perBody }, (_, index) => {
      const name = names[(index + body) % names.length] ?? '';
      const equipment = `hall/${name}/${name}`;
      const key = keys ? { source: 'bench', key: `${KEY_PREFIX}-${index}` } : null;
      if (index % 10 !== 0) return { equipment, good: 1, ...key };
      return { equipment, state: (index / 10 + body) % 2 === 0 ? 'running' : 'stopped', ...key };
    });
    return Buffer.from(JSON.stringify(items));
  });
}

let requests = 0;

/** A copy of a body, its keys begun with a number that no request had before. */
function bodyOf(template: Buffer, keys: boolean): Uint8Array {
  const body = new Uint8Array(template);
  requests += 1;
  if (!keys) return body;
  const number = Buffer.from(String(requests).padStart(KEY_PREFIX.length, '0'));
  const copy = Buffer.from(body.buffer);
  for (let at = copy.indexOf(KEY_PREFIX); at >= 0; at = copy.indexOf(KEY_PREFIX, at)) number.copy(copy, at);
  return body;
}

interface IngestOrder {
  readonly observations: number;
  readonly perBody: number;
  readonly lines: number;
  /** Requests under way at once. */
  readonly atOnce: number;
  /** Each item has an idempotency key. */
  readonly keys: boolean;
}

async function ingest({ observations, perBody, lines, atOnce, keys }: IngestOrder): Promise<unknown> {
  const running = engine;
  if (running === undefined) throw new Error('the engine is not started');
  const bodies = makeBodies(lines, perBody, keys);
  const counts = { accepted: 0, other: 0, busy: 0 };
  const latenciesMs: number[] = [];
  let firstOther = '';
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < observations) {
      const body = bodies[(sent / perBody) % bodies.length] ?? Buffer.alloc(0);
      sent += perBody;
      await deliver(bodyOf(body, keys));
    }
  };
  const deliver = async (body: Uint8Array): Promise<void> => {
    const startedAt = performance.now();
    const reply = await running.observe(new Uint8Array(body), 'bench', ['#']);
    if (reply.status === 'busy') {
      counts.busy += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, reply.retryAfterMs)));
      return deliver(body);
    }
    latenciesMs.push(performance.now() - startedAt);
    if (reply.status === 'malformed') throw new Error(reply.message);
    for (const result of reply.results)
      if (result.status === 'accepted') counts.accepted += 1;
      else {
        counts.other += 1;
        firstOther ||= JSON.stringify(result);
      }
  };
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, send));
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    ...counts,
    firstOther,
    elapsedMs,
    cpuShare: (user + system) / 1_000 / elapsedMs,
    p50Ms: sorted[Math.floor(sorted.length * 0.5)],
    p99Ms: sorted[Math.floor(sorted.length * 0.99)],
    head: running.head(),
    residentMb: process.memoryUsage().rss / 1e6,
  };
}

serveCalls({
  async start(options: { readonly dataDir: string; readonly plantFile: string }) {
    const startedAt = performance.now();
    letHeapsDouble();
    engine = await startEngine(options);
    engine.onCommitted((_log, entries) => (published += entries.length));
    return { startedMs: performance.now() - startedAt, head: engine.head() };
  },
  ingest,
  figures: () => ({ published }),
  close: () => engine?.close(),
});
