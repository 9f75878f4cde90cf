// Peer: Socket.IO, `emit` to a room. The package is not ours: it is loaded from where the bench keeps its peers.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';

interface SocketIoServer {
  emit(event: string, data: unknown): void;
}
interface SocketIo {
  readonly Server: new (http: unknown, options: Readonly<Record<string, unknown>>) => SocketIoServer;
}

const load = createRequire(join(process.env['BENCH_PEERS'] ?? '', 'package.json'));
const { Server } = load('socket.io') as SocketIo;
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
let events: Pacer | undefined;

serveCalls({
  async start() {
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', 4_096, resolve);
    });
    return { port: (http.address() as AddressInfo).port };
  },
  publish({ rate }: { readonly rate: number }) {
    events = pace(rate, (texts) => {
      for (const text of texts) io.emit('e', JSON.parse(text) as unknown);
    });
  },
  stopPublishing() {
    events?.stop();
  },
  figures: () => ({ emitted: events?.emitted() ?? 0 }),
});
