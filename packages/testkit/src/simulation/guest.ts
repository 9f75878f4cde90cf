import { createSocketPair } from '../socket-pair.ts';
import type { GuestConnection, SimulatedHub } from './delivery-ports.ts';
import type { Rest } from './sightings.ts';

/** Somebody who speaks to the hub in another way than the reference clients do. */
export interface Guest {
  readonly name: string;
  isOpen(): boolean;
  connect(hub: SimulatedHub): void;
  drop(): void;
  /** Moves at most so many messages each way. */
  deliver(count: number): void;
  /** Does what its user may do next. */
  act(): void;
  /** From now on it starts nothing new. */
  calm(): void;
  /** Asks, at rest, for what must be done now. */
  conclude(): void;
  rest(): Rest;
  /** What was wrong, and what it still waits for. */
  faults(): readonly string[];
}

/** What a guest does with its connection. */
interface GuestEvents {
  opened(): void;
  message(text: string): void;
}

/** A guest's connection, which moves only when told to and answers Pings behind what came before them. */
export interface GuestLink {
  isOpen(): boolean;
  open(
    connect: (transport: Parameters<SimulatedHub['connect']>[1]) => GuestConnection,
    events: GuestEvents,
  ): void;
  send(message: object): void;
  drop(): void;
  deliver(count: number): void;
}

export interface GuestLinkOptions {
  readonly name: string;
  readonly trace: ((line: string) => void) | undefined;
  /** What becomes of messages before they are sent. */
  readonly stamp?: () => (message: Uint8Array) => Uint8Array;
}

export function createGuestLink({ name, trace, stamp }: GuestLinkOptions): GuestLink {
  let pair = createSocketPair();
  let connection: GuestConnection | null = null;
  let arrived = 0;
  /** Messages that stand before each Ping under way. */
  let pings: number[] = [];

  const link: GuestLink = {
    isOpen: () => connection !== null && pair.isOpen(),
    open(connect, events) {
      link.drop();
      const opened = createSocketPair();
      const stamped = stamp?.() ?? ((message: Uint8Array) => message);
      pair = opened;
      arrived = 0;
      pings = [];
      connection = connect({
        ...opened.transport,
        write: (messages) => opened.transport.write(messages.map((message) => stamped(message))),
        ping: () => void pings.push(opened.toClient().messages),
      });
      opened.open(connection, {
        opened: () => events.opened(),
        message(text) {
          trace?.(`${name} < ${text}`);
          events.message(text);
        },
        closed() {},
      });
    },
    send(message) {
      const text = JSON.stringify(message);
      trace?.(`${name} > ${text}`);
      pair.socket.send(text);
    },
    drop() {
      connection = null;
      pair.drop();
    },
    deliver(count) {
      if (!link.isOpen()) return;
      arrived += pair.deliverToClient(count);
      pair.deliverToServer(count);
      for (; (pings[0] ?? Infinity) <= arrived && link.isOpen(); pings.shift()) connection?.ponged();
    },
  };
  return link;
}
