import type { RawData } from 'ws';
import { NONE_HELD, type ServedSocket } from './served-socket.ts';
import type { TurnQueue } from './turn-queue.ts';

/**
 * So many messages of one connection wait, and none that is longer: past that they are taken as they are read, which
 * slows whoever sends them.
 */
const MAX_HELD = 8;
const MAX_HELD_BYTES = 16_384;

type StartingSocket = Pick<ServedSocket, 'connection' | 'startsLeft' | 'held'>;

/**
 * Takes what clients say in its order: the first messages of each a few in each turn, for thousands may come at once,
 * the others as they are read.
 */
export interface SessionStarts {
  message(socket: StartingSocket, data: RawData, isBinary: boolean): void;
  /** Takes whatever waits of this connection, which has ended. */
  finish(socket: StartingSocket): void;
}

export function createSessionStarts(queue: TurnQueue): SessionStarts {
  function take(socket: StartingSocket): void {
    const { held, connection } = socket;
    socket.held = NONE_HELD;
    for (const { bytes, isBinary } of held) connection?.receive(contentOf(bytes, isBinary));
  }

  return {
    message(socket, data, isBinary) {
      const bytes = bytesOf(data);
      const isFirst = socket.held.length === 0;
      if (socket.startsLeft === 0 && isFirst) {
        socket.connection?.receive(contentOf(bytes, isBinary));
        return;
      }
      if (socket.startsLeft > 0) socket.startsLeft -= 1;
      socket.held = [...socket.held, { bytes, isBinary }];
      const isTooMuch = socket.held.length > MAX_HELD || bytes.byteLength > MAX_HELD_BYTES;
      if (isTooMuch || (isFirst && !queue.push(() => take(socket)))) take(socket);
    },
    finish: take,
  };
}

function contentOf(bytes: Buffer, isBinary: boolean): string | Buffer {
  return isBinary ? bytes : bytes.toString('utf8');
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
