import { SEQUENCE_DIGITS, SEQUENCE_KEY } from '../measure/event.ts';
import { lastSequence, sampleLatencies, type Counting } from './counting.ts';
import type { Dialect, DialectConnection } from './dialect.ts';
import type { LoadSocket } from './web-socket.ts';

/** Smaller payloads are the protocol's own, not events. */
const MIN_EVENT_BYTES = 150;

/** One event per WebSocket message: plain `ws`, uWebSockets, nchan, the calibration. */
export const framesDialect = (path: string): Dialect => ({
  path,
  open: (counting, isReady) => framesConnection(counting, isReady, () => undefined),
});

function framesConnection(
  counting: Counting,
  isReady: () => void,
  small: (text: string, socket: LoadSocket) => void,
): DialectConnection {
  let socket: LoadSocket;
  return {
    sink: {
      payload(bytes, start, end, isFirst, isLast, frameBytes) {
        if (frameBytes < MIN_EVENT_BYTES) {
          if (isFirst && isLast) small(bytes.toString('latin1', start, end), socket);
          return;
        }
        if (!isLast) return;
        counting.deliveries += 1;
        counting.bytes += frameBytes;
        counting.frames += 1;
        if (isFirst && counting.frames % counting.sampleEvery === 0)
          sampleLatencies(counting, bytes, start, end);
      },
      readDone() {},
      closing() {},
      closed() {},
    },
    start(opened) {
      socket = opened;
      isReady();
    },
    tick() {},
  };
}

/** Engine.IO 4 over WebSocket: `40` opens the namespace, `2` is a ping, `42[…]` an event. */
export const socketIoDialect: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  open(counting, isReady) {
    let isOpen = false;
    const inner = framesConnection(
      counting,
      () => undefined,
      (text, socket) => {
        if (text === '2') socket.send('3');
        else if (text.startsWith('0{')) socket.send('40');
        else if (text.startsWith('40') && !isOpen) {
          isOpen = true;
          isReady();
        }
      },
    );
    return inner;
  },
};

/** Servers that put several messages into a frame, or cut them: counted by the events' own numbers. */
function sequenceConnection(
  counting: Counting,
  greet: (socket: LoadSocket, isReady: () => void) => void,
  isReady: () => void,
): DialectConnection {
  const tailBytes = SEQUENCE_KEY.length + SEQUENCE_DIGITS + 40;
  let last = 0;
  return {
    sink: {
      payload(bytes, start, end) {
        if (end - start < tailBytes) return;
        const newest = lastSequence(bytes, start, end);
        if (newest === 0) return;
        if (last > 0) counting.deliveries += Math.max(0, newest - last);
        last = newest;
        counting.bytes += end - start;
        counting.frames += 1;
        if (counting.frames % counting.sampleEvery === 0) sampleLatencies(counting, bytes, start, end);
      },
      readDone() {},
      closing() {},
      closed() {},
    },
    start: (socket) => greet(socket, isReady),
    tick() {},
  };
}

export const natsDialect: Dialect = {
  path: '/',
  open: (counting, isReady) =>
    sequenceConnection(
      counting,
      (socket, ready) => {
        const hello = { verbose: false, pedantic: false, protocol: 1, lang: 'bench', version: '1' };
        socket.send(`CONNECT ${JSON.stringify(hello)}\r\nSUB bench 1\r\n`, true);
        ready();
      },
      isReady,
    ),
};

let mqttClients = 0;

function mqttString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.byteLength >> 8, bytes.byteLength & 0xff]), bytes]);
}

function mqttPacket(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, body.byteLength]), body]);
}

/** MQTT 3.1.1 over WebSocket, quality 0. */
export const mqttDialect: Dialect = {
  path: '/mqtt',
  subprotocol: 'mqtt',
  open: (counting, isReady) =>
    sequenceConnection(
      counting,
      (socket, ready) => {
        mqttClients += 1;
        const id = mqttString(`bench-${process.pid}-${mqttClients}`);
        const connect = Buffer.concat([mqttString('MQTT'), Buffer.from([4, 2, 0, 0]), id]);
        const subscribe = Buffer.concat([Buffer.from([0, 1]), mqttString('bench'), Buffer.from([0])]);
        socket.send(Buffer.concat([mqttPacket(0x10, connect), mqttPacket(0x82, subscribe)]), true);
        ready();
      },
      isReady,
    ),
};
