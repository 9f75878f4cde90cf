import type { Clock, Connection, Transport } from '@ms5/hub';
import type { Socket, SocketEvents } from '@ms5/client';
import type { SeededRandom } from '@ms5/testkit';

const decoder = new TextDecoder();

/** One way of one connection: what is sent arrives in order, later; or not at all. */
interface Direction {
  send(arrive: () => void): void;
  /** Nothing arrives for so long. */
  stall(ms: number): void;
  /** Nothing arrives any more, and nobody is told. */
  die(): void;
}

function createDirection(clock: Clock, latencyMs: () => number): Direction {
  const queue: { readonly dueAt: number; readonly arrive: () => void }[] = [];
  let stalledUntil = 0;
  let isDead = false;
  let isPlanned = false;

  function isDue(): boolean {
    const [first] = queue;
    return first !== undefined && Math.max(first.dueAt, stalledUntil) <= clock.now();
  }

  function plan(): void {
    const [first] = queue;
    if (first === undefined || isPlanned) return;
    isPlanned = true;
    clock.after(Math.max(first.dueAt, stalledUntil) - clock.now(), () => {
      isPlanned = false;
      while (isDue()) queue.shift()?.arrive();
      plan();
    });
  }

  return {
    send(arrive) {
      if (isDead) return;
      queue.push({ dueAt: Math.max(queue.at(-1)?.dueAt ?? 0, clock.now() + latencyMs()), arrive });
      plan();
    },
    stall(ms) {
      stalledUntil = clock.now() + ms;
    },
    die() {
      isDead = true;
      queue.length = 0;
    },
  };
}

/** One connection as the network sees it. */
export interface Link {
  isOpen(): boolean;
  stall(which: 'toClient' | 'toServer', ms: number): void;
  /** One direction takes everything and delivers nothing. */
  halfOpen(which: 'toClient' | 'toServer'): void;
  /** What is under way is lost; `told`: who notices. */
  cut(told: 'both' | 'client' | 'server'): void;
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly maxLatencyMs: number;
  /** Accepts the connection; `null`: nobody listens. */
  readonly accept: (transport: Transport) => Connection | null;
  readonly events: SocketEvents;
}

/** Opens a connection that behaves like a WebSocket over a bad network. */
export function openLink({ clock, random, maxLatencyMs, accept, events }: LinkOptions): {
  readonly socket: Socket;
  readonly link: Link;
} {
  const latencyMs = (): number => (random.chance(0.9) ? random.int(0, 3) : random.int(0, maxLatencyMs));
  const toClient = createDirection(clock, latencyMs);
  const toServer = createDirection(clock, latencyMs);
  let connection: Connection | null = null;
  let isClientOpen = true;
  let isServerOpen = true;

  function closeClient(code: number, reason: string): void {
    if (!isClientOpen) return;
    isClientOpen = false;
    events.closed(code, reason);
  }
  function closeServer(code: number): void {
    if (!isServerOpen) return;
    isServerOpen = false;
    connection?.closed(code);
  }

  const transport: Transport = {
    remoteAddress: '127.0.0.1',
    write(messages) {
      if (!isServerOpen) return;
      for (const message of messages)
        toClient.send(() => {
          if (isClientOpen) events.message(decoder.decode(message));
        });
    },
    ping() {
      // Answered by the client's WebSocket, whoever uses it.
      toClient.send(() => {
        if (isClientOpen) toServer.send(() => isServerOpen && connection?.ponged());
      });
    },
    close(code, reason) {
      if (!isServerOpen) return;
      toClient.send(() => {
        closeClient(code, reason);
        closeServer(code);
      });
    },
  };

  toServer.send(() => {
    const accepted = accept(transport);
    if (accepted === null) {
      toClient.send(() => closeClient(1006, ''));
      return;
    }
    connection = accepted;
    toClient.send(() => {
      if (isClientOpen) events.opened();
    });
  });

  return {
    socket: {
      send(text) {
        if (isClientOpen) toServer.send(() => isServerOpen && connection?.receive(text));
      },
      close(code) {
        isClientOpen = false;
        toServer.send(() => closeServer(code));
      },
    },
    link: {
      isOpen: () => isClientOpen,
      stall: (which, ms) => (which === 'toClient' ? toClient : toServer).stall(ms),
      halfOpen: (which) => (which === 'toClient' ? toClient : toServer).die(),
      cut(told) {
        toClient.die();
        toServer.die();
        if (told !== 'server') closeClient(1006, '');
        if (told !== 'client') closeServer(1006);
      },
    },
  };
}
