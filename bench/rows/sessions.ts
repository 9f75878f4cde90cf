import { nodeCommand, SERVER_CORE, startChild, sleep } from '../measure/child.ts';
import { startLoad } from '../measure/load.ts';
import { openFileLimit, tcpBufferBytes } from '../measure/proc.ts';
import { figure, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { slope } from '../measure/slope.ts';
import { startGateway, using } from './gateway.ts';

const ROW = 'sessions';
const MEMORY_SESSIONS = 100_000;
/** Files of each process that are not sessions. */
const RESERVED_FILES = 200;
const SUBSCRIPTIONS = ['status', 'production', 'oee', 'andon', 'downtime'];

/** Five filters of one line. */
const filtersOf = (line: number): readonly string[] =>
  SUBSCRIPTIONS.map((name) => `works/hall/line-${line}/${name}`);

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

function memoryFigures(points: readonly (readonly [count: number, memory: Memory])[]) {
  // The first point is before the first session: what the code itself takes when it first runs is not a session's.
  const used = points.slice(1);
  const by = (pick: (memory: Memory) => number): number =>
    slope(used.map(([count, memory]) => [count, pick(memory)] as const)) / 1_024;
  return [
    figure('sessions', '', used.at(-1)?.[0] ?? 0),
    figure(
      'resident memory each',
      'KB',
      by(({ rss }) => rss),
    ),
    figure(
      'heap each',
      'KB',
      by(({ heapUsed }) => heapUsed),
    ),
    figure(
      'outside the heap each',
      'KB',
      by(({ external }) => external),
    ),
    figure('resident memory', 'MB', (used.at(-1)?.[1].rss ?? 0) / 1e6),
  ];
}

async function overSockets(context: RowContext): Promise<Measurement> {
  const most = Math.min(context.isShort ? 4_000 : 100_000, openFileLimit() - RESERVED_FILES);
  const gateway = await startGateway();
  const load = await startLoad();
  return using([load, gateway.child], async () => {
    const points: (readonly [number, Memory])[] = [[0, await gateway.child.call<Memory>('collectGarbage')]];
    const steps = 5;
    const step = Math.floor(most / steps);
    let opened = 0;
    let openMs = 0;
    for (let index = 1; index <= steps; index += 1) {
      context.say(`${(opened + step).toLocaleString('en')} sessions over sockets ...`);
      openMs += await load.call<number>('connect', gateway.order(step, filtersOf(index % 20)), 300_000);
      opened += step;
      await sleep(1_000);
      points.push([opened, await gateway.child.call<Memory>('collectGarbage')]);
    }
    return {
      row: ROW,
      subject: 'MS5, real sockets',
      condition: '5 subscriptions each',
      figures: [
        ...memoryFigures(points),
        figure('kernel socket buffers', 'MB', tcpBufferBytes() / 1e6),
        figure('opened', '/s', (opened * 1_000) / openMs),
      ],
      notes: [],
    };
  });
}

async function inMemory(context: RowContext): Promise<Measurement> {
  const steps = 5;
  const step = (context.isShort ? 20_000 : MEMORY_SESSIONS) / steps;
  const child = await startChild(SERVER_CORE, nodeCommand('ms5-memory.ts', ['--max-old-space-size=8192']));
  return using([child], async () => {
    const points: (readonly [number, Memory])[] = [[0, await child.call<Memory>('memory')]];
    const filters = Array.from({ length: 20 }, (_, line) => filtersOf(line));
    for (let index = 1; index <= steps; index += 1) {
      context.say(`${(index * step).toLocaleString('en')} sessions in memory ...`);
      await child.call('open', { count: step, filters }, 300_000);
      points.push([index * step, await child.call<Memory>('memory')]);
    }
    const { writes } = await child.call<{ readonly writes: number }>('change', { topics: filtersOf(0) });
    return {
      row: ROW,
      subject: 'MS5, sockets in memory',
      condition: '5 subscriptions each',
      figures: [...memoryFigures(points), figure('writes for one change of a line', '', writes)],
      notes: ['without a socket: the hub alone'],
    };
  });
}

export const sessions: Row = {
  name: ROW,
  what: 'memory of a session: as many sockets as files may be open, and 100,000 in memory',
  async run(context) {
    const real = await overSockets(context);
    const memory = await inMemory(context);
    const each = medianOf(real, 'resident memory each');
    const hub = medianOf(memory, 'resident memory each');
    return {
      measurements: [real, memory],
      verdicts: [
        verdict(
          ROW,
          'at most 12 KB of resident memory each, with its socket',
          `${each.toFixed(1)} KB over ${medianOf(real, 'sessions')} sockets; ${hub.toFixed(1)} KB of it the hub's, over ${medianOf(memory, 'sessions')}`,
          context.isShort ? undefined : each <= 12,
        ),
      ],
    };
  },
};
