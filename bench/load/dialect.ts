import type { Counting } from './counting.ts';
import type { FrameSink, LoadSocket } from './web-socket.ts';

/** How one kind of server is spoken to: what is sent after the upgrade, and how events are counted. */
export interface Dialect {
  readonly path: string;
  readonly subprotocol?: string;
  /** One connection's reader. `isReady` is called when events will come. */
  open(counting: Counting, isReady: () => void): DialectConnection;
}

export interface DialectConnection {
  readonly sink: FrameSink;
  /** The upgrade is done. */
  start(socket: LoadSocket): void;
  /** Called every 50 ms or so. */
  tick(now: number): void;
}

export type DialectName = 'ms5' | 'frames' | 'socket.io' | 'nats' | 'mqtt';
