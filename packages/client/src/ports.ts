/** Time and timers. */
export interface Clock {
  /** Ms since the epoch, by this device's clock. */
  now(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it, and may be called again. */
  after(delayMs: number, task: () => void): () => void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** The client's side of one WebSocket. After `close()` no event comes any more. */
export interface Socket {
  /** Texts or binary messages, as the encoding has them. */
  send(data: string | Uint8Array): void;
  /** Idempotent. Half-open sockets are let go without waiting for the peer. */
  close(code: number, reason: string): void;
}

export interface SocketEvents {
  readonly opened: () => void;
  readonly message: (data: string | Uint8Array) => void;
  /** Once, and nothing after it. Also when the socket could not be opened at all. */
  readonly closed: (code: number, reason: string) => void;
}

export type OpenSocket = (url: string, protocols: readonly string[], events: SocketEvents) => Socket;

/** The part of a `WebSocket` class that is used: browsers, Node, React Native and `ws` all have it. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;
export interface WebSocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { readonly code?: number; readonly reason?: string }) => void,
  ): void;
  /** Takes `blob` and `arraybuffer`; asked for is the second. */
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** What the device knows about its network and whether somebody can see the screen. */
export interface Surroundings {
  watch(events: SurroundingEvents): () => void;
}
export interface SurroundingEvents {
  online(): void;
  offline(): void;
  /** Visible again, thawed, or awake: the socket may be dead though it says it is open. */
  foreground(): void;
}
