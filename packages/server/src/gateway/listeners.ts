import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Sockets that listen on one port, where the system shares one out. Node takes one connection from each in a turn of
 * the event loop, and the kernel holds a backlog for each: when thousands come back at once, who does not fit asks
 * again only after 1, 3 and 7 s.
 */
const LISTENERS = process.platform === 'linux' ? 4 : 1;
const BACKLOG = 4_096;

interface ListenAddress {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
}

interface ListenOptions extends ListenAddress {
  readonly backlog: number;
  readonly reusePort: boolean;
}

export interface Listeners {
  /**
   * Has the HTTP server listen, and further sockets take connections for it from the same port. Rejects when the port
   * cannot be had; some may listen then, until they are closed.
   */
  open(address: ListenAddress, listen: (options: ListenOptions) => Promise<unknown>): Promise<void>;
  /** Takes no more; resolves when what the further ones took is gone. Idempotent. */
  close(): Promise<void>;
}

/** No more than `limit` connections are open, whoever took them. */
export function createListeners(http: HttpServer, limit: number): Listeners {
  const others: Server[] = [];
  let closing: Promise<unknown> | undefined;
  limitConnections(http, limit);

  const openOther = async (options: ListenOptions): Promise<void> => {
    // As the HTTP server makes its own.
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      http.emit('connection', socket);
    });
    others.push(other);
    other.listen(options);
    await once(other, 'listening');
  };

  return {
    async open(address, listen) {
      const shared = { backlog: BACKLOG, reusePort: LISTENERS > 1 };
      if (shared.reusePort && address.port > 0) await requireFree(address);
      await listen({ ...address, ...shared });
      const { port, address: host } = http.address() as AddressInfo;
      while (others.length < LISTENERS - 1) await openOther({ port, host, ...shared });
    },
    async close() {
      closing ??= Promise.all(others.map(closeServer));
      await closing;
    },
  };
}

/** Sockets that share a port would share it with another program's, too: whoever came first has it alone. */
async function requireFree({ port, host }: ListenAddress): Promise<void> {
  const probe = createServer((socket) => socket.destroy());
  probe.listen({ port, host });
  await once(probe, 'listening');
  await closeServer(probe);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function limitConnections(http: HttpServer, limit: number): void {
  let open = 0;
  const closed = (): void => {
    open -= 1;
  };
  http.prependListener('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', closed);
    if (open > limit) socket.destroy();
  });
}
