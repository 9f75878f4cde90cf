import { nodeCommand, SERVER_CORE, startChild } from '../measure/child.ts';
import type { ConnectOrder } from '../measure/load.ts';
import type { Peer, RunningPeer } from './peer.ts';

/** A server of ours or a peer's that runs as a bench process and publishes by itself. */
export async function startBenchServer(
  command: readonly string[],
  order: (started: { readonly port: number; readonly token?: string }, count: number) => ConnectOrder,
  publishing: Readonly<Record<string, unknown>> = {},
  starting: Readonly<Record<string, unknown>> = {},
): Promise<RunningPeer> {
  const child = await startChild(SERVER_CORE, command);
  const started = await child.call<{ readonly port: number; readonly token?: string }>('start', starting);
  return {
    serverPid: child.pid,
    order: (count) => order(started, count),
    publish: (rate) => child.call('publish', { rate, ...publishing }),
    emitted: async () => (await child.call<{ readonly emitted: number }>('figures')).emitted,
    stop: () => child.stop(),
  };
}

/** The same for all: whoever needs more has run out of memory. */
export const MEMORY_LIMIT = ['--max-old-space-size=4096'];

const oneByOne = ({ port }: { readonly port: number }, count: number): ConnectOrder => ({
  dialect: 'frames',
  port,
  count,
});

const EVENTS_TOPIC = { normal: 'works/hall/mill/events', high: 'works/hall/mill/high' } as const;
export type BenchLane = keyof typeof EVENTS_TOPIC;

/** `isCompressed`: to clients that take permessage-deflate, which the server compresses once for all. */
export function ms5Peer(lane: BenchLane, version: string, isCompressed = false): Peer {
  const topic = EVENTS_TOPIC[lane];
  return {
    name: isCompressed ? 'MS5, permessage-deflate' : `MS5, lane ${lane}`,
    found: { version },
    start: () =>
      startBenchServer(
        nodeCommand('ms5-gateway.ts', MEMORY_LIMIT),
        ({ port, token = '' }, count) => ({
          dialect: 'ms5',
          port,
          count,
          deflate: isCompressed,
          ms5: { token, filters: [topic] },
        }),
        { topic },
        { compress: isCompressed },
      ),
  };
}

export function wsPeer(version: string, flushMs?: number): Peer {
  return {
    name: flushMs === undefined ? 'ws, send in a loop' : `ws, frame built once, every ${flushMs} ms`,
    found: { version },
    start: () =>
      startBenchServer(
        nodeCommand('ws-loop.ts', MEMORY_LIMIT),
        oneByOne,
        flushMs === undefined ? {} : { flushMs },
      ),
  };
}

export const calibration: Peer = {
  name: 'calibration',
  found: { version: '' },
  start: () => startBenchServer(nodeCommand('blaster.ts'), oneByOne),
};
