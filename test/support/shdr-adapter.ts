import { createServer, type Socket } from 'node:net';
import { until } from './until.ts';

/** The machine's side of an SHDR connection, driven by the test over real TCP. */
export interface ShdrAdapter {
  readonly port: number;
  /** Resolves when the agent is connected. */
  connected(): Promise<void>;
  send(text: string | Uint8Array): void;
  /** Cuts every connection. */
  cut(): void;
  /** How many connections were accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

export async function startShdrAdapter(port = 0): Promise<ShdrAdapter> {
  const sockets = new Set<Socket>();
  let acceptedCount = 0;
  const server = createServer((socket) => {
    acceptedCount += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('* PING')) socket.write('* PONG 10000\n');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    async connected() {
      await until('agent connected', () => (sockets.size > 0 ? true : undefined));
    },
    send(text) {
      for (const socket of sockets) socket.write(text);
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    accepted: () => acceptedCount,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
