import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createFaultLink, NO_FAULTS, type FaultLink, type LinkFaults } from './fault-link.ts';
import { systemTimers, type Timers } from './system-timers.ts';

export interface FaultProxyOptions {
  /** The server behind it, on this machine. */
  readonly targetPort: number;
  /** 0 or omitted: any free port. */
  readonly port?: number;
  readonly timers?: Timers;
}

export type LinkDirection = 'toClient' | 'toServer';

/** One connection through the proxy. */
export interface ProxiedConnection {
  readonly toClient: FaultLink;
  readonly toServer: FaultLink;
  /** Bytes vanish in both directions while both ends see an open connection: a half-open connection. */
  swallow(): void;
  /** Both ends see a reset. */
  reset(): void;
  isOpen(): boolean;
}

/** A TCP proxy on loopback that makes a link bad in ways that real ones are. */
export interface FaultProxy {
  readonly port: number;
  /** Those open now, oldest first. */
  connections(): readonly ProxiedConnection[];
  /** Accepted since the start. */
  accepted(): number;
  /** Applies to connections open now and to come. Omitted direction: both. */
  setFaults(faults: Partial<LinkFaults>, direction?: LinkDirection): void;
  /** New connections are reset at once. */
  setRefusing(isRefusing: boolean): void;
  /** Where new connections go: a server that was started anew. */
  setTarget(port: number): void;
  /** Every connection open now is reset. */
  resetAll(): void;
  close(): Promise<void>;
}

export function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const timers = options.timers ?? systemTimers;
  const faults: Record<LinkDirection, LinkFaults> = { toClient: NO_FAULTS, toServer: NO_FAULTS };
  const open = new Set<ProxiedConnection>();
  let { targetPort } = options;
  let accepted = 0;
  let isRefusing = false;

  const server = createServer({ noDelay: true }, (client) => {
    accepted += 1;
    client.on('error', () => undefined);
    if (isRefusing) client.resetAndDestroy();
    else accept(client);
  });

  function accept(client: Socket): void {
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    const toServer = createFaultLink(client, target, timers, faults.toServer);
    const toClient = createFaultLink(target, client, timers, faults.toClient);
    let isSwallowing = false;
    const connection: ProxiedConnection = {
      toClient,
      toServer,
      swallow() {
        isSwallowing = true;
        toClient.swallow();
        toServer.swallow();
      },
      reset() {
        end();
        client.resetAndDestroy();
        target.resetAndDestroy();
      },
      isOpen: () => open.has(connection),
    };
    const end = (): void => {
      open.delete(connection);
      toClient.stop();
      toServer.stop();
    };
    open.add(connection);
    target.on('error', () => undefined);
    // Who vanished behind a half-open link does not take the other end along.
    client.on('close', () => {
      if (isSwallowing && !target.destroyed) return;
      end();
      target.destroy();
    });
    target.on('close', () => {
      if (isSwallowing && !client.destroyed) return;
      end();
      client.destroy();
    });
  }

  const proxy = (): FaultProxy => ({
    port: (server.address() as AddressInfo).port,
    connections: () => [...open],
    accepted: () => accepted,
    setFaults(changed, direction) {
      for (const one of ['toClient', 'toServer'] as const) {
        if (direction !== undefined && direction !== one) continue;
        faults[one] = { ...faults[one], ...changed };
        for (const connection of open) connection[one].setFaults(changed);
      }
    },
    setRefusing(value) {
      isRefusing = value;
    },
    setTarget(port) {
      targetPort = port;
    },
    resetAll() {
      for (const connection of open) connection.reset();
    },
    close() {
      for (const connection of open) connection.reset();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve(proxy()));
  });
}
