// The product's gateway as `ms5 serve` composes it (HTTP server, WebSockets, hub, health), with a made-up log instead
// of the engine: it commits events at a given rate.
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  DEFAULT_LIMITS,
  issueToken,
  letHeapsDouble,
  startServer,
  type EnginePort,
  type RunningServer,
} from '@ms5/server';
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';
import { nowMs } from '../measure/clock.ts';
import { createSyntheticEngine } from '../measure/synthetic-engine.ts';

letHeapsDouble();
const tokenKey = randomBytes(32);
const engine = createSyntheticEngine();
let server: RunningServer | undefined;
const events: Pacer[] = [];
const timers: NodeJS.Timeout[] = [];

/** What limits how many come and how fast is off: it is the sessions that are measured. */
const UNLIMITED = 1_000_000;
const ADMISSION = [
  'softConnections',
  'hardConnections',
  'sockets',
  'connectionsPerAddress',
  'acceptBurst',
  'acceptsPerSecond',
  'sessionsPerUser',
] as const;

async function issue(userId: string): Promise<string> {
  const subject = { userId, name: 'Bench', roles: ['admin'] };
  return (await issueToken(tokenKey, subject, Date.now(), 8 * 3600 * 1000)).token;
}

serveCalls({
  async start({ compress = false }: { readonly compress?: boolean }) {
    server = await startServer({
      engine: engine satisfies EnginePort,
      tokenKey,
      users: [],
      port: 0,
      host: '127.0.0.1',
      compress,
      limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(ADMISSION.map((name) => [name, UNLIMITED])) },
    });
    return { port: server.port, token: await issue('bench') };
  },
  /** Tokens for so many users. */
  tokens: ({ count }: { readonly count: number }) =>
    Promise.all(Array.from({ length: count }, (_, index) => issue(`user-${index}`))),
  publish({ rate, topic }: { readonly rate: number; readonly topic: string }) {
    events.push(pace(rate, (texts) => engine.stream(topic, texts)));
  },
  /** Raises critical calls, one every `intervalMs`, unevenly. */
  raise({ topic, intervalMs }: { readonly topic: string; readonly intervalMs: number }) {
    let count = 0;
    timers.push(
      setInterval(() => {
        count += 1;
        engine.document(topic, `call-${count % 20}`, `{"~raised~":${Math.round(nowMs() * 1_000)}}`);
      }, intervalMs),
    );
  },
  /** Values of signals that carry their own time, each topic so many times a second. */
  signal({ topics, perSecond }: { readonly topics: readonly string[]; readonly perSecond: number }) {
    events.push(pace(perSecond, (texts) => engine.signals(topics, texts.at(-1) ?? '')));
  },
  /** Values of one signal from another thread, each with the time at which it was handed over. */
  relay({ topic, everyMs }: { readonly topic: string; readonly everyMs: number }) {
    const thread = new Worker(new URL('signal-thread.ts', import.meta.url), { workerData: { everyMs } });
    thread.on('message', (text: string) => engine.signals([topic], text));
    events.push({ stop: () => void thread.terminate(), emitted: () => 0 });
  },
  stopPublishing() {
    for (const one of events.splice(0)) one.stop();
    for (const timer of timers.splice(0)) clearInterval(timer);
  },
  figures: () => ({ emitted: events[0]?.emitted() ?? 0, connections: server?.connections() ?? 0 }),
  async collectGarbage() {
    for (let round = 0; round < 4; round += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return process.memoryUsage();
  },
});
