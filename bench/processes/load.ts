// A load process: opens WebSocket connections to a server under test, takes what it sends, counts and times it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { clearCounting, createCounting } from '../load/counting.ts';
import type { Dialect, DialectConnection } from '../load/dialect.ts';
import { ms5Dialect, type Ms5Connection, type Ms5Options } from '../load/ms5-dialect.ts';
import { framesDialect, mqttDialect, natsDialect, socketIoDialect } from '../load/peer-dialects.ts';
import { openLoadSocket, type LoadSocket } from '../load/web-socket.ts';
import { serveCalls } from '../measure/control.ts';
import type { ConnectOrder, LoadReport } from '../measure/load.ts';

interface Open {
  readonly socket: LoadSocket;
  readonly connection: DialectConnection;
  readonly order: ConnectOrder;
}

const counting = createCounting();
const open: Open[] = [];
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let begunAt = performance.now();
let cpuAtBegin = process.cpuUsage();
let closedByServer = 0;
let opened = 0;
/** Upgrades under way at once; more only fill the server's backlog. */
const AT_ONCE = 100;

function dialectOf(order: ConnectOrder, resume?: Ms5Options['resume']): Dialect {
  const { dialect, path } = order;
  if (dialect === 'ms5')
    return ms5Dialect({ token: '', filters: [], ...order.ms5, ...(resume === undefined ? {} : { resume }) });
  if (dialect === 'frames') return framesDialect(path ?? '/');
  if (dialect === 'nats') return natsDialect;
  return dialect === 'mqtt' ? mqttDialect : socketIoDialect;
}

/** Of one connection; opened again it has the token it had. */
function orderOf({ tokens, ...order }: ConnectOrder, index: number): ConnectOrder {
  const token = tokens?.[index];
  return token === undefined || order.ms5 === undefined ? order : { ...order, ms5: { ...order.ms5, token } };
}

async function openOne(order: ConnectOrder, resume?: Ms5Options['resume']): Promise<Open> {
  const { promise: ready, resolve: isReady, reject } = Promise.withResolvers<void>();
  const dialect = dialectOf(order, resume);
  const connection = dialect.open(counting, isReady);
  let why = 'without a word';
  const sink = {
    payload: connection.sink.payload.bind(connection.sink),
    readDone: connection.sink.readDone.bind(connection.sink),
    closing(reason: string) {
      why = reason;
    },
    closed() {
      closedByServer += 1;
      reject(new Error(`closed before it was ready: ${why}`));
    },
  };
  opened += 1;
  // A few thousand connections by address, and addresses of its own for each process, leave enough ports for those that
  // wait to be forgotten: where few are free, the kernel looks for one longer than all else takes.
  const from = `127.0.${process.pid % 256}.${2 + (Math.floor(opened / 5_000) % 200)}`;
  const { port } = order;
  const { path, subprotocol } = dialect;
  const socket = await openLoadSocket({
    port,
    path,
    from,
    sink,
    opened: connection.start.bind(connection),
    ...(subprotocol === undefined ? {} : { subprotocol }),
    deflate: order.deflate === true,
  });
  await ready;
  if (order.isFrozen === true) socket.freeze();
  return { socket, connection, order };
}

async function openMany(order: ConnectOrder, atOnce = AT_ONCE): Promise<number> {
  const startedAt = performance.now();
  let left = order.count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      open.push(await openOne(orderOf(order, left)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, order.count) }, worker));
  return performance.now() - startedAt;
}

/** Cuts the first `count` connections, and opens them all again at once, from where they stood. */
async function reconnect(count: number): Promise<{ readonly liveMs: number; readonly failed: number }> {
  const cut = open.splice(0, count);
  for (const { socket } of cut) socket.destroy();
  const startedAt = performance.now();
  let failed = 0;
  const again = await Promise.all(
    cut.map(async ({ order, connection }) => {
      return openOne(order, (connection as Ms5Connection).standing()).catch(() => {
        failed += 1;
        return undefined;
      });
    }),
  );
  const liveMs = performance.now() - startedAt;
  open.push(...again.filter((one) => one !== undefined));
  return { liveMs, failed };
}

function report(): LoadReport {
  const elapsedMs = performance.now() - begunAt;
  const { user, system } = process.cpuUsage(cpuAtBegin);
  const { latencies, critical } = counting;
  return {
    elapsedMs,
    connections: open.length,
    closedByServer,
    deliveries: counting.deliveries,
    frames: counting.frames,
    bytes: counting.bytes,
    gaps: counting.gaps,
    samples: latencies.count(),
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
    maxMs: latencies.max(),
    critical: {
      count: critical.count(),
      p50Ms: critical.percentile(0.5),
      p99Ms: critical.percentile(0.99),
      maxMs: critical.max(),
      steps: critical.steps(),
    },
    cpuShare: (user + system) / 1_000 / elapsedMs,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
  };
}

/** Each connection ticks every 50 ms or so, at its own time as it would in a process of its own. */
const TICK_MS = 50;
const TICK_PARTS = 10;
let part = 0;
setInterval(() => {
  const now = performance.now();
  for (let index = part; index < open.length; index += TICK_PARTS) open[index]?.connection.tick(now);
  part = (part + 1) % TICK_PARTS;
}, TICK_MS / TICK_PARTS);

serveCalls({
  connect: (order: ConnectOrder) => openMany(order),
  reconnect: ({ count }: { readonly count: number }) => reconnect(count),
  closeAll() {
    for (const { socket } of open.splice(0)) socket.destroy();
  },
  begin({ sampleEvery }: { readonly sampleEvery: number }) {
    clearCounting(counting);
    counting.sampleEvery = sampleEvery;
    delay.reset();
    cpuAtBegin = process.cpuUsage();
    begunAt = performance.now();
  },
  report,
});
