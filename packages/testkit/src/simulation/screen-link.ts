import { decodeServerMessages, type ClientMessage, type ServerMessage } from '@ms5/wire';
import { createPackedReader, pack, unpack } from '@ms5/wire/msgpack';
import { createSocketPair, type PairSocket, type SocketPair } from '../socket-pair.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { SdkSocketEvents, SimulatedHub } from './delivery-ports.ts';

export type ScreenEndpoint = 'ms5.v1.json' | 'ms5.v1.msgpack';

/** The sockets that one client SDK opens, one after another. They move only when told to. */
export interface ScreenLink {
  open(events: SdkSocketEvents): PairSocket;
  isOpen(): boolean;
  /** The direction that takes nothing more, though the link looks open. Until the next socket. */
  die(direction: 'toClient' | 'toServer'): void;
  wake(): void;
  drop(): void;
  deliver(count: number): void;
  /** Moves what given-up sockets have under way to the server. */
  deliverLate(count: number): void;
  /** Says something that the client has no call for. */
  inject(message: ClientMessage): void;
}

export interface ScreenLinkParts {
  readonly name: string;
  readonly endpoint: ScreenEndpoint;
  readonly clock: FakeClock;
  readonly hub: () => SimulatedHub;
  /** The time a write takes the server. */
  readonly spend: () => void;
  readonly trace: ((line: string) => void) | undefined;
  readonly onSent: (message: ClientMessage) => void;
  /** `apply` hands the batch to the client. */
  readonly onReceived: (messages: readonly ServerMessage[], apply: () => void) => void;
}

export function createScreenLink(parts: ScreenLinkParts): ScreenLink {
  const { name, endpoint, clock, trace } = parts;
  const isPacked = endpoint === 'ms5.v1.msgpack';
  let pair: SocketPair | null = null;
  let isConnected = false;
  let dead: 'none' | 'toClient' | 'toServer' = 'none';
  let late: SocketPair[] = [];

  function readSent(data: string | Uint8Array): ClientMessage {
    if (typeof data === 'string') return JSON.parse(data) as ClientMessage;
    const unpacked = unpack(data);
    if (!unpacked.ok) throw new Error(`${name} sent what cannot be read: ${unpacked.error}`);
    return unpacked.value as ClientMessage;
  }

  function connect(opened: SocketPair, events: SdkSocketEvents): void {
    if (pair !== opened) return;
    isConnected = true;
    const read = isPacked ? createPackedReader() : null;
    const receive = (data: string | Uint8Array): void => {
      const decoded = typeof data === 'string' ? decodeServerMessages(data) : read?.(data);
      const messages = decoded?.ok === true ? decoded.messages : [];
      for (const message of messages) trace?.(`${name} < ${JSON.stringify(message)}`);
      parts.onReceived(messages, () => events.message(data));
    };
    const { transport } = opened;
    const connection = parts.hub().connect(endpoint, {
      ...transport,
      write(messages) {
        parts.spend();
        transport.write(messages);
      },
      ping() {},
    });
    opened.open(connection, {
      opened: () => events.opened(),
      message: receive,
      binary: receive,
      closed(code, reason) {
        if (pair === opened) pair = null;
        trace?.(`${name} closed ${code} ${reason}`);
        events.closed(code, reason);
      },
    });
  }

  return {
    open(events) {
      const opened = createSocketPair(undefined, isPacked);
      pair = opened;
      isConnected = false;
      dead = 'none';
      clock.soon(() => connect(opened, events));
      return {
        send(data) {
          const message = readSent(data);
          trace?.(`${name} > ${JSON.stringify(message)}`);
          parts.onSent(message);
          opened.socket.send(data);
        },
        close(code, reason) {
          opened.socket.close(code, reason);
          if (opened.isOpen()) late.push(opened);
          if (pair === opened) pair = null;
        },
      };
    },
    isOpen: () => isConnected && pair?.isOpen() === true,
    die(direction) {
      dead = direction;
    },
    wake() {
      dead = 'none';
    },
    drop() {
      if (isConnected) pair?.drop();
      for (const old of late.splice(0)) old.drop();
    },
    deliver(count) {
      const present = pair;
      if (present === null) return;
      if (dead !== 'toClient') present.deliverToClient(count);
      if (dead !== 'toServer') present.deliverToServer(count);
    },
    deliverLate(count) {
      for (const old of late) old.deliverToServer(count);
      late = late.filter((old) => old.isOpen());
    },
    inject(message) {
      trace?.(`${name} > ${JSON.stringify(message)}`);
      pair?.socket.send(isPacked ? pack(message) : JSON.stringify(message));
    },
  };
}
