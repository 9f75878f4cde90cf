import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly id: string;
  readonly body: {
    readonly type: string;
    readonly offset: number;
    readonly data: { readonly data?: unknown };
  };
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export type Answer = (response: ServerResponse, message: Received, attempt: number) => void;

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  answer: Answer;
  close(): Promise<void>;
}

export const accept: Answer = (response) => response.writeHead(204).end();

/** A real HTTP server that answers webhooks as told. */
export async function openReceiver(answer: Answer = accept, port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const http: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const message = { id, text, headers: request.headers, body: JSON.parse(text) as Received['body'] };
      received.push(message);
      receiver.answer(response, message, received.filter((each) => each.id === id).length);
    });
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const { port: own } = http.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${own}/hook`,
    port: own,
    received,
    answer,
    async close() {
      http.closeAllConnections();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
  return receiver;
}
