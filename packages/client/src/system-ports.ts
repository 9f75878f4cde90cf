import type { Clock, OpenSocket, Random, Surroundings, WebSocketConstructor } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { next: () => Math.random() };

const ignore = (): void => {};

/** Sockets by a `WebSocket` class; without one, the global of the runtime. */
export function openByWebSocket(constructor?: WebSocketConstructor): OpenSocket {
  return (url, protocols, events) => {
    const WebSocketClass: WebSocketConstructor = constructor ?? globalThis.WebSocket;
    const socket = new WebSocketClass(url, [...protocols]);
    // Blobs could be read only later, and behind what comes meanwhile.
    socket.binaryType = 'arraybuffer';
    let isOver = false;
    const whileOpen = (task: () => void): void => {
      if (!isOver) task();
    };
    socket.addEventListener('open', () => whileOpen(events.opened));
    socket.addEventListener('message', ({ data }) =>
      whileOpen(() => events.message(data instanceof ArrayBuffer ? new Uint8Array(data) : String(data))),
    );
    socket.addEventListener('close', ({ code, reason }) =>
      whileOpen(() => {
        isOver = true;
        events.closed(code ?? 1006, reason ?? '');
      }),
    );
    // A close always follows, which carries the code; but `ws` throws errors that nobody listens to.
    socket.addEventListener('error', ignore);
    return {
      send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
      close(code, reason) {
        isOver = true;
        socket.close(code, reason);
      },
    };
  };
}

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

function listen(target: Target, types: readonly string[], listener: () => void): () => void {
  for (const type of types) target.addEventListener(type, listener);
  return () => {
    for (const type of types) target.removeEventListener(type, listener);
  };
}

const isTarget = (value: unknown): value is Target =>
  typeof value === 'object' && value !== null && 'addEventListener' in value;

/** Browser events where there are any; elsewhere (Node, React Native without a given port) nothing is watched. */
export const systemSurroundings: Surroundings = {
  watch(events) {
    const scope: { readonly document?: Document } = globalThis;
    const page = scope.document;
    if (!isTarget(globalThis) || page === undefined) return ignore;
    const seen = (): void => {
      if (page.visibilityState !== 'hidden') events.foreground();
    };
    const stops = [
      listen(globalThis, ['online'], () => events.online()),
      listen(globalThis, ['offline'], () => events.offline()),
      listen(globalThis, ['pageshow'], seen),
      listen(page, ['visibilitychange', 'resume'], seen),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  },
};
