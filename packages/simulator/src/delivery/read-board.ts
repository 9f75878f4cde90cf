import type { BasicServerMessage } from '@ms5/wire';
import type { CallDocument } from '@ms5/wire/factory';
import type { Clock } from '../clock/clock.ts';

export interface BoardQuestion {
  /** Of the server, as for its API. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** After the last word about a call, what else there is would have come. */
const QUIET_MS = 700;
const TIMEOUT_MS = 10_000;

/**
 * The andon calls that stand on the board now, read once over the basic WebSocket endpoint. Nothing is learnt
 * from a server that does not answer, or not in time: an empty board.
 */
export function readBoard({ url, token, clock, signal }: BoardQuestion): Promise<readonly CallDocument[]> {
  return new Promise((resolve) => {
    const calls = new Map<string, CallDocument>();
    const address = new URL('/ws', url);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address);
    const done = () => {
      cancelTimeout();
      cancelQuiet();
      signal.removeEventListener('abort', done);
      socket.close();
      resolve([...calls.values()].filter(({ status }) => status !== 'resolved' && status !== 'cancelled'));
    };
    const cancelTimeout = clock.after(TIMEOUT_MS, done);
    let cancelQuiet = () => {};
    signal.addEventListener('abort', done);
    socket.addEventListener('error', done);
    socket.addEventListener('close', done);
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'auth', token }));
      socket.send(JSON.stringify({ type: 'subscribe', topics: ['+/+/+/andon'], id: 1 }));
    });
    socket.addEventListener('message', ({ data }) => {
      const said = parse(data);
      if (said?.type === 'event') take(calls, said.data);
      if (said?.type !== 'event' && said?.type !== 'subscribed') return;
      cancelQuiet();
      cancelQuiet = clock.after(QUIET_MS, done);
    });
  });
}

function parse(data: unknown): BasicServerMessage | undefined {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as BasicServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

/** A collection's event: what was set and removed since the one before. */
function take(calls: Map<string, CallDocument>, data: unknown): void {
  const { set = {}, remove = [] } = data as {
    readonly set?: Readonly<Record<string, CallDocument>>;
    readonly remove?: readonly string[];
  };
  for (const [id, call] of Object.entries(set)) calls.set(id, call);
  for (const id of remove) calls.delete(id);
}
