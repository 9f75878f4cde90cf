import { createReferenceClient, createReferenceRecorder, restOf, type Sighting } from '@ms5/testkit';
import { OBSERVED, OBSERVER_RETRY_MS, type Observer } from './observer.ts';
import { systemClock } from './system-clock.ts';

export interface PackedObserverParts {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly sightings: Sighting[];
}

/** The reference client on `ms5.v1.msgpack`, over the platform's WebSocket. */
export function createPackedObserver({ name, url, token, sightings }: PackedObserverParts): Observer {
  const client = createReferenceClient({
    clientId: name,
    token,
    endpoint: 'ms5.v1.msgpack',
    observe: createReferenceRecorder(name, () => client.topics, sightings),
  });
  client.subscribe(OBSERVED);
  let socket: WebSocket | null = null;
  let isClosed = false;

  function connect(): void {
    const opened = new WebSocket(url, ['ms5.v1.msgpack']);
    socket = opened;
    opened.binaryType = 'arraybuffer';
    const events = client.attach((message) => {
      if (opened.readyState === WebSocket.OPEN) opened.send(message as Uint8Array<ArrayBuffer>);
    });
    const whileCurrent = (task: () => void): void => {
      if (socket === opened) task();
    };
    opened.addEventListener('open', () => whileCurrent(() => events.opened()));
    opened.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) =>
      whileCurrent(() => events.binary?.(new Uint8Array(data))),
    );
    opened.addEventListener('error', () => undefined);
    opened.addEventListener('close', ({ code, reason }) =>
      whileCurrent(() => {
        socket = null;
        events.closed(code, reason);
        if (!isClosed) systemClock.after(OBSERVER_RETRY_MS, again);
      }),
    );
  }

  function again(): void {
    if (socket === null && !isClosed) connect();
  }

  function drop(): void {
    const present = socket;
    socket = null;
    present?.close();
  }

  connect();
  return {
    name,
    reconnect() {
      drop();
      connect();
    },
    rest: () => restOf(name, [OBSERVED], client.topics),
    faults: () => client.violations.map((violation) => `${name}: ${violation}`),
    close() {
      isClosed = true;
      drop();
    },
  };
}
