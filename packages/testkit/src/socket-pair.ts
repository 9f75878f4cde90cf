/** The server's end, as a hub uses it. */
export interface PairTransport {
  write(messages: readonly Uint8Array[]): void;
  close(code: number, reason: string): void;
  readonly remoteAddress: string;
}

/** What the server's end reports to. */
export interface PairConnection {
  receive(message: string | Uint8Array): void;
  closed(code: number): void;
}

/** The client's end, as a client uses it. */
export interface PairSocket {
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/** What the client's end reports to. */
export interface PairSocketEvents {
  opened(): void;
  message(data: string): void;
  /** A binary message; omitted: there are none. */
  binary?(data: Uint8Array): void;
  closed(code: number, reason: string): void;
}

interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** Counts of one direction since the start. */
export interface PairTraffic {
  readonly bytes: number;
  readonly messages: number;
  /** Calls of `write` or `send`. */
  readonly writes: number;
}

/**
 * Two ends of one WebSocket in memory. Nothing arrives before it is delivered: `deliverToClient`,
 * `deliverToServer`, `flush`. What was sent before a close arrives before it; `drop` loses what is under way.
 */
export interface SocketPair {
  readonly transport: PairTransport;
  readonly socket: PairSocket;
  /** Connects the ends to their owners; reports `opened` to the client. */
  open(connection: PairConnection, events: PairSocketEvents): void;
  /** Delivers at most `count` messages; returns how many arrived. */
  deliverToClient(count?: number): number;
  deliverToServer(count?: number): number;
  /** Delivers both ways until nothing is under way. */
  flush(): void;
  /** The link breaks: both ends see 1006, what is under way is lost. */
  drop(): void;
  isOpen(): boolean;
  /** Bytes sent by the server and not delivered. */
  bytesToClientUnderWay(): number;
  readonly toClient: () => PairTraffic;
  readonly toServer: () => PairTraffic;
}

const decoder = new TextDecoder();

interface Direction<Message> {
  readonly queue: (Message | Closing)[];
  bytes: number;
  messages: number;
  writes: number;
  bytesUnderWay: number;
}
const createDirection = <Message>(): Direction<Message> => ({
  queue: [],
  bytes: 0,
  messages: 0,
  writes: 0,
  bytesUnderWay: 0,
});
const traffic = ({ bytes, messages, writes }: Direction<unknown>): PairTraffic => ({
  bytes,
  messages,
  writes,
});

/** `isBinary`: what the server writes arrives as binary messages, else as texts. */
export function createSocketPair(remoteAddress = '127.0.0.1', isBinary = false): SocketPair {
  const toClient = createDirection<Uint8Array>();
  const toServer = createDirection<string | Uint8Array>();
  let connection: PairConnection | null = null;
  let events: PairSocketEvents | null = null;
  const isServerOpen = (): boolean => connection !== null;
  let isServerWriting = true;
  let isClientWriting = true;

  function closeServer(code: number): void {
    const owner = connection;
    connection = null;
    isServerWriting = false;
    owner?.closed(code);
  }
  function closeClient({ code, reason }: Closing): void {
    const owner = events;
    events = null;
    isClientWriting = false;
    owner?.closed(code, reason);
  }

  const transport: PairTransport = {
    remoteAddress,
    write(messages) {
      if (!isServerWriting) return;
      toClient.writes += 1;
      for (const message of messages) {
        toClient.queue.push(message);
        toClient.messages += 1;
        toClient.bytes += message.byteLength;
        toClient.bytesUnderWay += message.byteLength;
      }
    },
    close(code, reason) {
      if (!isServerWriting) return;
      isServerWriting = false;
      toClient.queue.push({ code, reason });
    },
  };
  const socket: PairSocket = {
    send(message) {
      if (!isClientWriting) return;
      toServer.writes += 1;
      toServer.messages += 1;
      toServer.bytes += message.length;
      toServer.queue.push(message);
    },
    close(code, reason) {
      if (!isClientWriting) return;
      isClientWriting = false;
      events = null;
      toServer.queue.push({ code, reason });
    },
  };

  function deliverToClient(count = Infinity): number {
    let delivered = 0;
    while (delivered < count) {
      const next = toClient.queue.shift();
      if (next === undefined) break;
      delivered += 1;
      if (next instanceof Uint8Array) {
        toClient.bytesUnderWay -= next.byteLength;
        if (isBinary) events?.binary?.(next);
        else events?.message(decoder.decode(next));
      } else {
        closeClient(next);
        closeServer(next.code);
      }
    }
    return delivered;
  }
  function deliverToServer(count = Infinity): number {
    let delivered = 0;
    while (delivered < count) {
      const next = toServer.queue.shift();
      if (next === undefined) break;
      delivered += 1;
      if (typeof next === 'string' || next instanceof Uint8Array) connection?.receive(next);
      else closeServer(next.code);
    }
    return delivered;
  }

  return {
    transport,
    socket,
    open(server, client) {
      connection = server;
      events = client;
      client.opened();
    },
    deliverToClient,
    deliverToServer,
    flush() {
      while (deliverToClient() + deliverToServer() > 0);
    },
    drop() {
      toClient.queue.length = 0;
      toServer.queue.length = 0;
      toClient.bytesUnderWay = 0;
      closeServer(1006);
      closeClient({ code: 1006, reason: '' });
    },
    isOpen: isServerOpen,
    bytesToClientUnderWay: () => toClient.bytesUnderWay,
    toClient: () => traffic(toClient),
    toServer: () => traffic(toServer),
  };
}
