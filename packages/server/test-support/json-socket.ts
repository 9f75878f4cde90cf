import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { until } from '../../../test/support/until.ts';

export type JsonMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** A WebSocket of the library `ws` that collects the JSON it gets. */
export interface JsonSocket {
  readonly socket: WebSocket;
  readonly messages: readonly JsonMessage[];
  send(message: unknown): void;
  next(what: string, matches: (message: JsonMessage) => boolean): Promise<JsonMessage>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Rejects with a `Refused` when the server answers the upgrade with anything but 101. */
export async function openJsonSocket(
  url: string,
  protocols: string | readonly string[] = [],
  options: ClientOptions = {},
): Promise<JsonSocket> {
  const socket = new WebSocket(url, typeof protocols === 'string' ? protocols : [...protocols], options);
  const messages: JsonMessage[] = [];
  socket.on('message', (data: Buffer) => {
    const parsed = JSON.parse(data.toString()) as JsonMessage | JsonMessage[];
    messages.push(...(Array.isArray(parsed) ? parsed : [parsed]));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const refused = new Promise<never>((_resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        reject(new Refused(response.statusCode ?? 0, text, response.headers['retry-after']));
      });
    });
    socket.on('error', reject);
  });
  refused.catch(() => undefined);
  await Promise.race([once(socket, 'open'), refused]);
  return {
    socket,
    messages,
    send: (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    next: (what, matches) => until(what, () => messages.find(matches)),
    closed,
  };
}

export class Refused extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly problem: { readonly code: string; readonly message: string; readonly retryAfterMs?: number };

  constructor(status: number, text: string, retryAfter: string | undefined) {
    super(`upgrade answered ${status}: ${text}`);
    this.status = status;
    this.retryAfter = retryAfter;
    this.problem = (JSON.parse(text) as { error: Refused['problem'] }).error;
  }
}

/** The refusal an attempt to connect ends in. */
export async function refusal(attempt: Promise<JsonSocket>): Promise<Refused> {
  const error: unknown = await attempt.then(
    () => new Error('the server took the connection'),
    (reason: unknown) => reason,
  );
  if (error instanceof Refused) return error;
  throw error;
}

export const ENHANCED = 'ms5.v1.json';

/** Connects and authenticates on the enhanced endpoint, and acknowledges whatever comes. */
export async function openEnhanced(
  url: string,
  token: string,
  clientId = 'test-client',
): Promise<JsonSocket> {
  const client = await openJsonSocket(url, ENHANCED);
  let received = 0;
  client.socket.on('message', () => {
    received += 1;
    if (client.socket.readyState === WebSocket.OPEN) client.send({ type: 'ack', received });
  });
  client.send({ type: 'connect', token, client: { id: clientId, name: 'test', version: '1' } });
  await client.next('welcome', ({ type }) => type === 'welcome');
  return client;
}
