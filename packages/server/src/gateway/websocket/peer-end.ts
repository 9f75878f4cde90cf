import type { Duplex } from 'node:stream';
import type { TurnQueue } from './turn-queue.ts';

/**
 * Ends connections whose peers ended their side, a few in each turn. The listeners of `ws` and of Node do it as it is
 * read, end the writable side first and wait for it, which takes each connection two more rounds of callbacks and an
 * error that nobody reads: when thousands are cut together, others wait for all of these.
 */
export function createPeerEnds(queue: TurnQueue): (socket: Duplex) => void {
  /** One function for all sockets. */
  function onEnd(this: Duplex): void {
    if (!queue.push(() => endNow(this))) endNow(this);
  }
  return (socket) => {
    socket.removeAllListeners('end');
    socket.on('end', onEnd);
  };
}

/** Nothing is lost that waits to be written. */
function endNow(socket: Duplex): void {
  if (socket.writableLength === 0) socket.destroy();
  else socket.end();
}
