// Peer: uWebSockets through Bun's `publish`. Run by Bun, not by Node.
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';

interface BunSocket {
  subscribe(topic: string): void;
}
interface BunServer {
  readonly port: number;
  publish(topic: string, message: string): number;
  upgrade(request: Request): boolean;
}
interface BunRuntime {
  serve(options: {
    readonly port: number;
    readonly hostname: string;
    readonly fetch: (request: Request, server: BunServer) => Response | undefined;
    readonly websocket: {
      readonly open: (socket: BunSocket) => void;
      readonly message: () => void;
      readonly backpressureLimit: number;
      readonly perMessageDeflate: boolean;
    };
  }): BunServer;
}

const bun = (globalThis as unknown as { readonly Bun: BunRuntime }).Bun;
let server: BunServer | undefined;
let events: Pacer | undefined;

serveCalls({
  start() {
    server = bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, own) =>
        own.upgrade(request) ? undefined : new Response('WebSocket only', { status: 426 }),
      websocket: {
        open: (socket) => socket.subscribe('bench'),
        message: () => undefined,
        backpressureLimit: 64 * 1024 * 1024,
        perMessageDeflate: false,
      },
    });
    return { port: server.port };
  },
  publish({ rate }: { readonly rate: number }) {
    events = pace(rate, (texts) => {
      for (const text of texts) server?.publish('bench', text);
    });
  },
  stopPublishing() {
    events?.stop();
  },
  figures: () => ({ emitted: events?.emitted() ?? 0 }),
});
