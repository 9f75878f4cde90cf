import type { Connection } from '@ms5/hub';
import { WebSocket, type RawData } from 'ws';
import type { WebSocketTransport } from './transport.ts';

/** What becomes of what a socket is told. One for all sockets. */
export interface SocketEvents {
  message(socket: ServedSocket, data: RawData, isBinary: boolean): void;
  ping(socket: ServedSocket, data: Buffer): void;
  pong(socket: ServedSocket): void;
  close(socket: ServedSocket, code: number): void;
  error(socket: ServedSocket, error: Error): void;
}

interface HeldMessage {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

/** The messages a session begins with: whose it is, what it wants, and one more. They take the most work. */
const START_MESSAGES = 3;
export const NONE_HELD: readonly HeldMessage[] = [];

/**
 * A client's WebSocket with what it is served by. What happens to it goes to one object that all share: listeners
 * of its own would take each of thousands a table, closures and whatever these hold on to.
 */
export class ServedSocket extends WebSocket {
  events: SocketEvents | null = null;
  /** As connections are counted by. */
  address = '';
  transport: WebSocketTransport | null = null;
  /** `null`: it is not served, but told to come back. */
  connection: Connection | null = null;
  /** How many of its first messages have yet to come. */
  startsLeft = START_MESSAGES;
  /** Messages that wait for their part of a turn. */
  held: readonly HeldMessage[] = NONE_HELD;

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    const { events } = this;
    if (events === null) return super.emit(event, ...details);
    switch (event) {
      case 'message':
        events.message(this, details[0] as RawData, details[1] === true);
        return true;
      case 'ping':
        events.ping(this, details[0] as Buffer);
        return true;
      case 'pong':
        events.pong(this);
        return true;
      case 'close':
        events.close(this, details[0] as number);
        return true;
      case 'error':
        events.error(this, details[0] as Error);
        return true;
      default:
        return super.emit(event, ...details);
    }
  }
}
