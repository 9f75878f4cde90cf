import type { ServerResponse } from 'node:http';

/**
 * Calls `listener` once when nobody can get the response any more. A response that is pipelined behind another has no
 * socket yet and would never say so itself; the request's has to be watched, too.
 */
export function whenGone(response: ServerResponse, listener: () => void): void {
  const { socket } = response.req;
  let isGone = false;
  const gone = (): void => {
    // The response closes while the socket tells its listeners, this one among them.
    if (isGone) return;
    isGone = true;
    response.off('close', gone);
    socket.off('close', gone);
    listener();
  };
  response.on('close', gone);
  socket.on('close', gone);
}
