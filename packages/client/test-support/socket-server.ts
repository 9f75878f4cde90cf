import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHub, type CommandPort, type Hub, type LogImage } from '@ms5/hub';
import { systemClock, systemRandom } from '@ms5/client';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SocketServer {
  readonly url: string;
  readonly hub: Hub;
  /** Breaks every connection at once, as a crash does, and frees the port. */
  kill(): Promise<void>;
  sockets(): readonly WebSocket[];
}

export interface SocketServerOptions {
  readonly image: LogImage;
  readonly commands: CommandPort;
  /** 0: any that is free. */
  readonly port?: number;
}

/** A real hub behind a real WebSocket server on the loopback interface. Any token is taken. */
export async function startSocketServer({
  image,
  commands,
  port = 0,
}: SocketServerOptions): Promise<SocketServer> {
  const hub = createHub({
    clock: { ...systemClock, soon: (task) => setImmediate(task) },
    random: systemRandom,
    version: '0.1.0',
    commands,
    authenticator: {
      authenticate: (token) =>
        Promise.resolve({
          userId: token,
          name: token,
          roles: [],
          expiresAt: systemClock.now() + 3_600_000,
          permissions: { subscribe: ['#'], publish: [], command: ['#'] },
        }),
    },
  });
  hub.load(image);
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port,
    handleProtocols: ([first]) => first ?? false,
  });
  server.on('connection', (socket) => bridge(hub, socket));
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${address.port}/ws`,
    hub,
    sockets: () => [...server.clients],
    async kill() {
      for (const socket of server.clients) socket.terminate();
      hub.close();
      server.close();
      await once(server, 'close');
    },
  };
}

function bridge(hub: Hub, socket: WebSocket): void {
  const connection = hub.connect(socket.protocol, {
    remoteAddress: '127.0.0.1',
    write(messages) {
      for (const message of messages) socket.send(message, { binary: socket.protocol === 'ms5.v1.msgpack' });
    },
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
  });
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer;
    connection.receive(isBinary ? bytes : bytes.toString());
  });
  socket.on('pong', () => connection.ponged());
  socket.on('close', (code) => connection.closed(code));
  socket.on('error', () => socket.terminate());
}
