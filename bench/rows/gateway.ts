import { nodeCommand, SERVER_CORE, startChild, type Child } from '../measure/child.ts';
import type { ConnectOrder } from '../measure/load.ts';
import type { Ms5Options } from '../load/ms5-dialect.ts';
import { MEMORY_LIMIT } from '../peers/node-peers.ts';

export interface Gateway {
  readonly child: Child;
  readonly port: number;
  order(count: number, filters: readonly string[], more?: Partial<Ms5Options>): ConnectOrder;
}

/** The product's gateway with a made-up log, on its core; `null`: on any. */
export async function startGateway(core: number | null = SERVER_CORE): Promise<Gateway> {
  const child = await startChild(core, nodeCommand('ms5-gateway.ts', MEMORY_LIMIT));
  const { port, token } = await child.call<{ readonly port: number; readonly token: string }>('start');
  return {
    child,
    port,
    order: (count, filters, more = {}) => ({ dialect: 'ms5', port, count, ms5: { token, filters, ...more } }),
  };
}

export const EVENTS = 'works/hall/mill/events';
export const CALLS = 'works/hall/mill/andon';

/** Starts what `use` needs and stops it whatever happens. */
export async function using<Value>(
  parts: readonly { stop(): Promise<void> }[],
  use: () => Promise<Value>,
): Promise<Value> {
  try {
    return await use();
  } finally {
    for (const part of parts) await part.stop();
  }
}
