// Calibration: sends prebuilt frames as fast as the sockets take them, so that the load process's ceiling shows.
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { serveCalls } from '../measure/control.ts';
import { eventText, FIRST_SEQUENCE } from '../measure/event.ts';
import { nowMs } from '../measure/clock.ts';

const sockets = new Set<Socket>();
const http = createServer();
let isRunning = false;
let sent = 0;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

http.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => undefined);
  socket.resume();
  sockets.add(socket as Socket);
});

function slice(events: number): Buffer {
  const frames = Array.from({ length: events }, (_, index) => {
    const payload = Buffer.from(eventText(FIRST_SEQUENCE + index, nowMs()));
    return Buffer.concat([
      Buffer.from([0x81, 126, payload.byteLength >> 8, payload.byteLength & 0xff]),
      payload,
    ]);
  });
  return Buffer.concat(frames);
}

function blast(events: number): void {
  const bytes = slice(events);
  const turn = (): void => {
    if (!isRunning) return;
    for (const socket of sockets) {
      if (socket.writableLength > 0) continue;
      socket.write(bytes);
      sent += events;
    }
    setImmediate(turn);
  };
  turn();
}

serveCalls({
  async start() {
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', 4_096, resolve);
    });
    return { port: (http.address() as AddressInfo).port };
  },
  /** `rate`: events in a slice. */
  publish({ rate }: { readonly rate: number }) {
    isRunning = true;
    blast(rate);
  },
  stopPublishing() {
    isRunning = false;
  },
  figures: () => ({ emitted: Math.floor(sent / Math.max(1, sockets.size)) }),
});
