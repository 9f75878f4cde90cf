import { until } from './until.ts';

export type BasicMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** A client that is not ours: the platform's `WebSocket` speaking the basic endpoint by hand. */
export interface BasicClient {
  readonly messages: readonly BasicMessage[];
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  send(message: unknown): void;
  /** Calls `listener` with each message from now on; returns its unsubscribe. */
  onMessage(listener: (message: BasicMessage) => void): () => void;
  /** The first message, of those received so far or later, that `matches`. */
  next(what: string, matches: (message: BasicMessage) => boolean, withinMs?: number): Promise<BasicMessage>;
  close(): void;
}

export async function openBasicClient(url: string, token?: string): Promise<BasicClient> {
  const socket = new WebSocket(url);
  const messages: BasicMessage[] = [];
  const listeners = new Set<(message: BasicMessage) => void>();
  let closed: { code: number; reason: string } | undefined;
  socket.addEventListener('message', (event: MessageEvent<string>) => {
    const parsed = JSON.parse(event.data) as BasicMessage | BasicMessage[];
    for (const message of Array.isArray(parsed) ? parsed : [parsed]) {
      messages.push(message);
      for (const listener of listeners) listener(message);
    }
  });
  socket.addEventListener('close', (event) => {
    closed = { code: event.code, reason: event.reason };
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`cannot connect to ${url}`)));
  });
  const client: BasicClient = {
    messages,
    get closed() {
      return closed;
    },
    send(message) {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    next: (what, matches, withinMs) => until(what, () => messages.find(matches), withinMs),
    close() {
      socket.close();
    },
  };
  if (token !== undefined) {
    client.send({ type: 'auth', token });
    await client.next('welcome', (message) => message.type === 'welcome');
  }
  return client;
}
