import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createFaultLink, NO_FAULTS, type FaultLink, type LinkFaults } from './fault-link.ts';
import { createSeededRandom } from './seeded-random.ts';
import { systemTimers, type Timers } from './system-timers.ts';

export interface FaultProxyOptions {
  /** The server behind it, on this machine. */
  readonly targetPort: number;
  /** 0 or omitted: any free port. */
  readonly port?: number;
  readonly timers?: Timers;
  /** What is by chance comes from it. */
  readonly seed?: number;
}

export type LinkDirection = 'toClient' | 'toServer';

/** One connection through the proxy. */
export interface ProxiedConnection {
  readonly toClient: FaultLink;
  readonly toServer: FaultLink;
  /** Bytes vanish, in both directions or one, while both ends see an open connection: it is half open. */
  swallow(direction?: LinkDirection): void;
  /** Both ends see a reset, or only one; the other then sees a connection that says nothing more. */
  reset(told?: 'client' | 'server'): void;
  isOpen(): boolean;
  /** A direction swallows. */
  isHalfOpen(): boolean;
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
  /** New connections reach the server up to so much later, by chance: a later one may overtake an earlier one. */
  setConnectDelay(maxMs: number): void;
  /** Where new connections go: a server that was started anew. */
  setTarget(port: number): void;
  /** Every connection open now is reset. */
  resetAll(): void;
  close(): Promise<void>;
}

export function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const timers = options.timers ?? systemTimers;
  const faults: Record<LinkDirection, LinkFaults> = { toClient: NO_FAULTS, toServer: NO_FAULTS };
  const random = createSeededRandom(options.seed ?? 0);
  const open = new Set<ProxiedConnection>();
  let connectDelayMs = 0;
  let { targetPort } = options;
  let accepted = 0;
  let isRefusing = false;

  const server = createServer({ noDelay: true }, (client) => {
    accepted += 1;
    client.on('error', () => undefined);
    if (isRefusing) client.resetAndDestroy();
    else if (connectDelayMs === 0) accept(client);
    else timers.after(random.next() * connectDelayMs, () => accept(client));
  });

  function accept(client: Socket): void {
    if (client.destroyed) return;
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    const way = { timers, random };
    const toServer = createFaultLink({ ...way, from: client, to: target, faults: faults.toServer });
    const toClient = createFaultLink({ ...way, from: target, to: client, faults: faults.toClient });
    let isSwallowing = false;
    const connection: ProxiedConnection = {
      toClient,
      toServer,
      swallow(direction) {
        isSwallowing = true;
        if (direction !== 'toServer') toClient.swallow();
        if (direction !== 'toClient') toServer.swallow();
      },
      reset(told) {
        if (told === undefined) end();
        else connection.swallow();
        if (told !== 'server') client.resetAndDestroy();
        if (told !== 'client') target.resetAndDestroy();
      },
      isOpen: () => open.has(connection),
      isHalfOpen: () => isSwallowing && open.has(connection),
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
    setConnectDelay(maxMs) {
      connectDelayMs = maxMs;
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
