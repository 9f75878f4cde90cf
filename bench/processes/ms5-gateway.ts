// The product's gateway as `ms5 serve` composes it (HTTP server, WebSockets, hub, health), with a made-up log instead
// of the engine: it commits events at a given rate.
import { randomBytes } from 'node:crypto';
import { issueToken, startServer, type EnginePort, type RunningServer } from '@ms5/server';
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';
import { nowMs } from '../measure/clock.ts';
import { createSyntheticEngine } from '../measure/synthetic-engine.ts';

const tokenKey = randomBytes(32);
const engine = createSyntheticEngine();
let server: RunningServer | undefined;
let events: Pacer | undefined;
const timers: NodeJS.Timeout[] = [];

const UNLIMITED = 1_000_000;

serveCalls({
  async start() {
    server = await startServer({
      engine: engine satisfies EnginePort,
      tokenKey,
      users: [],
      port: 0,
      host: '127.0.0.1',
      limits: {
        softConnections: UNLIMITED,
        hardConnections: UNLIMITED,
        sockets: UNLIMITED,
        connectionsPerAddress: UNLIMITED,
      },
    });
    const subject = { userId: 'bench', name: 'Bench', roles: ['admin'] };
    const { token } = await issueToken(tokenKey, subject, Date.now(), 8 * 3600 * 1000);
    return { port: server.port, token };
  },
  publish({ rate, topic }: { readonly rate: number; readonly topic: string }) {
    events = pace(rate, (texts) => engine.stream(topic, texts));
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
  signals({ topics, perSecond }: { readonly topics: readonly string[]; readonly perSecond: number }) {
    timers.push(setInterval(() => engine.signals(topics), 1_000 / perSecond));
  },
  stopPublishing() {
    const emitted = events?.emitted() ?? 0;
    events?.stop();
    for (const timer of timers.splice(0)) clearInterval(timer);
    return emitted;
  },
  figures: () => ({ emitted: events?.emitted() ?? 0, connections: server?.connections() ?? 0 }),
  collectGarbage() {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage();
  },
});
