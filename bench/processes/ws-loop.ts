// Peer: plain `ws`. Either each event is sent in a loop over the clients, or each client's frames are put together
// once and written every so many ms.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';

const sockets = new Map<WebSocket, Duplex>();
const http = createServer();
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let events: Pacer | undefined;
let pending: Buffer[] = [];
let flushTimer: NodeJS.Timeout | undefined;

http.on('upgrade', (request, socket, head) => {
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    sockets.set(webSocket, socket);
    webSocket.on('close', () => sockets.delete(webSocket));
    webSocket.on('error', () => undefined);
  });
});

/** A text frame from a server: not masked, the same for everybody. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([0x81, 126, payload.byteLength >> 8, payload.byteLength & 0xff]);
  return Buffer.concat([header, payload]);
}

function flush(): void {
  if (pending.length === 0) return;
  const slice = Buffer.concat(pending);
  pending = [];
  for (const socket of sockets.values()) socket.write(slice);
}

serveCalls({
  async start() {
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', 4_096, resolve);
    });
    return { port: (http.address() as AddressInfo).port };
  },
  publish({ rate, flushMs }: { readonly rate: number; readonly flushMs?: number }) {
    if (flushMs !== undefined) flushTimer = setInterval(flush, flushMs);
    events = pace(rate, (texts) => {
      if (flushMs !== undefined) pending.push(...texts.map(frameOf));
      else for (const text of texts) for (const webSocket of sockets.keys()) webSocket.send(text);
    });
  },
  stopPublishing() {
    events?.stop();
    clearInterval(flushTimer);
  },
  figures: () => ({ emitted: events?.emitted() ?? 0 }),
});
