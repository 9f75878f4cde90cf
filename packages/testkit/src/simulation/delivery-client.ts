import { unpack } from '@ms5/wire/msgpack';
import { settlePromises } from '../fake-clock.ts';
import { createReferenceClient, type ReferenceClient } from '../reference-client.ts';
import { createSocketPair, type SocketPair } from '../socket-pair.ts';
import type { SimulatedHub } from './delivery-ports.ts';
import { createReferenceRecorder } from './reference-recorder.ts';
import { restOf } from './reference-rest.ts';
import type { Rest, Sighting } from './sightings.ts';

/** A reference client with its link, which moves only when told to. */
export interface DeliveryClient {
  readonly client: ReferenceClient;
  readonly name: string;
  /** Filters subscribed to later. */
  readonly extra: (readonly string[])[];
  /** The direction that takes nothing more, though the link looks open. */
  dead: 'none' | 'toClient' | 'toServer';
  acknowledges: boolean;
  isOpen(): boolean;
  /** Its welcome has arrived, and the server has not closed the connection. */
  isServed(): boolean;
  connect(hub: SimulatedHub): void;
  /** Gives up the connection, which the server learns of when the old bytes have arrived. */
  abandon(): void;
  drop(): void;
  /** Moves at most so many messages each way, and an acknowledgement behind them. */
  deliver(count: number): Promise<void>;
  /** Moves what old connections have under way to the server. */
  deliverLate(count: number): Promise<void>;
  /** All acknowledgements that were held back. */
  acknowledge(): void;
  /** What is wrong with what is outstanding. */
  checkWindow(): readonly string[];
  rest(): Rest;
}

/** The part for critical alone, one message larger than the window, and replies, which do not wait for it. */
const OVERSHOOT_BYTES = 40_960;

export interface DeliveryClientOptions {
  readonly name: string;
  readonly endpoint: ReferenceClient['endpoint'];
  readonly sightings: Sighting[];
  readonly trace: ((line: string) => void) | undefined;
  /** The time a write takes the server. */
  readonly spend: () => void;
}

const decoder = new TextDecoder();
/** Begins a message in JSON. */
const OPENING_BRACE = 0x7b;

function textOf(message: string | Uint8Array): string {
  if (typeof message === 'string') return message;
  const unpacked = unpack(message);
  return unpacked.ok ? JSON.stringify(unpacked.value) : unpacked.error;
}

/** The window that a message from the server tells; `undefined`: it tells none. */
function windowIn(message: Uint8Array): number | undefined {
  if (!Buffer.from(message.buffer, message.byteOffset, message.byteLength).includes('windowBytes'))
    return undefined;
  const [first] = message;
  const told = textOf(first === OPENING_BRACE ? decoder.decode(message) : message);
  return Number(/"windowBytes":(\d+)/.exec(told)?.[1]);
}

export function createDeliveryClient({
  name,
  endpoint,
  sightings,
  trace,
  spend,
}: DeliveryClientOptions): DeliveryClient {
  const client: ReferenceClient = createReferenceClient({
    clientId: name,
    acknowledges: false,
    endpoint,
    observe: createReferenceRecorder(name, () => client.topics, sightings),
  });
  let pair: SocketPair | null = null;
  let bytesApplied = 0;
  /** The general part of the window as told last, which may be on its way still. */
  let windowBytes = 0;
  /** The server has closed the present connection. */
  let isClosing = false;
  /** Given up by the client; their bytes are still on the way. */
  let late: SocketPair[] = [];

  const simulated: DeliveryClient = {
    client,
    name,
    extra: [],
    dead: 'none',
    acknowledges: true,
    isOpen: () => pair !== null,
    isServed: () => pair !== null && !isClosing && client.receivedOf('welcome').length > 0,
    connect(hub) {
      const opened = createSocketPair(undefined, client.endpoint === 'ms5.v1.msgpack');
      pair = opened;
      simulated.acknowledges = true;
      simulated.dead = 'none';
      bytesApplied = 0;
      windowBytes = 0;
      isClosing = false;
      const connection = hub.connect(client.endpoint, {
        ...opened.transport,
        write(messages) {
          spend();
          // What is told over a connection given up says nothing of the present one.
          if (pair === opened) for (const message of messages) windowBytes = windowIn(message) ?? windowBytes;
          opened.transport.write(messages);
        },
        close(code, reason) {
          isClosing ||= pair === opened;
          opened.transport.close(code, reason);
        },
        ping() {},
      });
      const events = client.attach((message) => {
        trace?.(`${name} > ${textOf(message)}`);
        opened.socket.send(message);
      });
      opened.open(connection, {
        ...events,
        message(text) {
          trace?.(`${name} < ${text}`);
          events.message(text);
        },
        binary(bytes) {
          trace?.(`${name} < ${textOf(bytes)}`);
          events.binary?.(bytes);
        },
      });
    },
    abandon() {
      if (pair === null) return;
      pair.socket.close(1000, '');
      late.push(pair);
      pair = null;
    },
    drop() {
      pair?.drop();
      pair = null;
      for (const old of late.splice(0)) old.drop();
    },
    async deliver(count) {
      const present = pair;
      if (present === null) return;
      const arrived = simulated.dead === 'toClient' ? 0 : present.deliverToClient(count);
      if (arrived > 0 && simulated.acknowledges && present.isOpen()) simulated.acknowledge();
      if (simulated.dead !== 'toServer') present.deliverToServer(count);
      await settlePromises();
      if (!present.isOpen() && pair === present) pair = null;
    },
    async deliverLate(count) {
      for (const old of late) old.deliverToServer(count);
      late = late.filter((old) => old.isOpen());
      await settlePromises();
    },
    acknowledge() {
      if (pair?.isOpen() !== true || client.receivedCount() === 0) return;
      bytesApplied = pair.toClient().bytes - pair.bytesToClientUnderWay();
      client.ack();
    },
    checkWindow() {
      if (pair === null) return [];
      // A window that grew may not have been told yet; it grows at most fourfold at a time.
      const bound = 4 * windowBytes + OVERSHOOT_BYTES;
      const outstanding = pair.toClient().bytes - bytesApplied;
      return outstanding <= bound
        ? []
        : [`${name}: ${outstanding} bytes outstanding, ${bound} are the bound`];
    },
    rest: () => restOf(name, client.filters(), client.topics),
  };
  return simulated;
}
