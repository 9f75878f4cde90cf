// Sessions without sockets: the hub alone, with transports that forget what they are given. For their memory.
import { createHub, type Connection, type Hub, type Transport } from '@ms5/hub';
import { serveCalls } from '../measure/control.ts';

const FAR = Date.now() + 8 * 3600 * 1000;
const encoder = new TextEncoder();
let hub: Hub | undefined;
const connections: Connection[] = [];
let offset = 0;

const clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(delayMs: number, task: () => void) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (task: () => void) => void setImmediate(task),
};

function openHub(): Hub {
  const opened = createHub({
    clock,
    random: { next: () => Math.random() },
    version: 'bench',
    limits: { sessions: 1_000_000, sessionsPerUser: 1_000_000 },
    authenticator: {
      authenticate: (token) =>
        Promise.resolve({
          userId: token,
          name: token,
          roles: [],
          expiresAt: FAR,
          permissions: { subscribe: ['#'], publish: [], command: [] },
        }),
    },
    commands: { execute: () => Promise.reject(new Error('none')) },
  });
  opened.load({ log: 'works', epoch: 'bench', offset: 0, topics: [] });
  return opened;
}

/** A transport that counts messages, so that they can be acknowledged. */
function createSink(): Transport & { readonly messages: () => number } {
  let messages = 0;
  return {
    remoteAddress: '127.0.0.1',
    write: (list) => void (messages += list.length),
    ping: () => undefined,
    close: () => undefined,
    messages: () => messages,
  };
}

async function open(count: number, filters: readonly (readonly string[])[]): Promise<void> {
  const running = (hub ??= openHub());
  for (let index = 0; index < count; index += 1) {
    const sink = createSink();
    const connection = running.connect('ms5.v1.json', sink);
    const number = connections.length;
    connections.push(connection);
    const client = { id: `client-${number}`, name: 'bench', version: '1' };
    connection.receive(JSON.stringify({ type: 'connect', token: `user-${number % 500}`, client }));
    await Promise.resolve();
    const own = filters[number % filters.length] ?? [];
    connection.receive(JSON.stringify({ type: 'subscribe', id: 1, filters: own }));
    await Promise.resolve();
    connection.receive(JSON.stringify({ type: 'ack', received: sink.messages() }));
    if (index % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
}

serveCalls({
  async open({
    count,
    filters,
  }: {
    readonly count: number;
    readonly filters: readonly (readonly string[])[];
  }) {
    await open(count, filters);
    return { sessions: hub?.figures().sessions };
  },
  /** One change in each of these topics, to all who see it. */
  async change({ topics }: { readonly topics: readonly string[] }) {
    const before = hub?.figures().writes ?? 0;
    for (const topic of topics) {
      offset += 1;
      const set = [['state', encoder.encode('"running"')] as const];
      hub?.append('works', [
        { offset, at: clock.now(), changes: [{ kind: 'record', topic, lane: 'high', set, remove: [] }] },
      ]);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { writes: (hub?.figures().writes ?? 0) - before };
  },
  async memory() {
    for (let round = 0; round < 4; round += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return process.memoryUsage();
  },
});
