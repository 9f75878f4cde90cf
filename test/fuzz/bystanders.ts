import { createReferenceClient, type ReferenceClient } from '@ms5/testkit';
import type { BasicServerMessage, ServerMessage } from '@ms5/wire';
import { createEventParser } from '../faults/event-parser.ts';
import type { Endpoint } from './messages.ts';

/** Somebody who minds their own business: what they get must be whole and in order, whatever others send. */
export interface Bystander {
  readonly name: string;
  /** The newest number that came. */
  last(): number;
  /** Ms from publishing to receiving, one for each number. */
  readonly latenciesMs: readonly number[];
  readonly faults: readonly string[];
  close(): void;
}

export const BYSTANDER_TOPIC = 'app/bystanders';

interface Numbers {
  readonly take: (data: unknown) => void;
  readonly bystander: Omit<Bystander, 'close'> & { readonly faults: string[] };
}

function createNumbers(name: string, now: () => number): Numbers {
  const faults: string[] = [];
  const latenciesMs: number[] = [];
  let last = 0;
  return {
    bystander: { name, last: () => last, latenciesMs, faults },
    take(data) {
      const { number, at } = data as { readonly number: number; readonly at: number };
      // The first says where it begins.
      if (last > 0 && number !== last + 1) faults.push(`${name}: ${number} after ${last}`);
      last = number;
      latenciesMs.push(now() - at);
    },
  };
}

export interface BystanderParts {
  readonly port: number;
  readonly token: string;
  readonly now: () => number;
}

/** One on each endpoint, all connected. */
export function openBystanders(parts: BystanderParts): Promise<readonly Bystander[]> {
  return Promise.all([
    openEnhanced(parts, 'ms5.v1.json'),
    openEnhanced(parts, 'ms5.v1.msgpack'),
    openByHand(parts, 'basic'),
    openByHand(parts, 'cloudevents.json'),
    openStream(parts),
  ]);
}

function socketTo({ port }: BystanderParts, endpoint: Endpoint): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, endpoint === 'basic' ? [] : [endpoint]);
  socket.binaryType = 'arraybuffer';
  return socket;
}

function isDue(socket: WebSocket, faults: string[], name: string): { close: () => void } {
  let isClosed = false;
  socket.addEventListener('close', ({ code, reason }) => {
    if (!isClosed) faults.push(`${name}: closed with ${code} ${reason}`);
  });
  return {
    close() {
      isClosed = true;
      socket.close();
    },
  };
}

function openEnhanced(parts: BystanderParts, endpoint: ReferenceClient['endpoint']): Promise<Bystander> {
  const { bystander, take } = createNumbers(endpoint, parts.now);
  const socket = socketTo(parts, endpoint);
  return new Promise((resolve) => {
    const ending = isDue(socket, bystander.faults, endpoint);
    const client = createReferenceClient({
      clientId: `bystander-${endpoint}`,
      token: parts.token,
      endpoint,
      observe(message: ServerMessage, apply) {
        apply();
        if (message.type === 'entries' && message.topic === BYSTANDER_TOPIC)
          for (const { data } of message.entries) take(data);
        if (message.type === 'synced')
          resolve({
            ...bystander,
            get faults() {
              return [
                ...bystander.faults,
                ...client.violations.map((violation) => `${endpoint}: ${violation}`),
              ];
            },
            close: ending.close,
          });
      },
    });
    client.subscribe(BYSTANDER_TOPIC);
    const events = client.attach((message) => socket.send(message as string | Uint8Array<ArrayBuffer>));
    socket.addEventListener('open', () => events.opened());
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') events.message(data);
      else events.binary?.(new Uint8Array(data));
    });
  });
}

interface ReceivedEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** The endpoints that need no SDK. */
function openByHand(parts: BystanderParts, endpoint: 'basic' | 'cloudevents.json'): Promise<Bystander> {
  const { bystander, take } = createNumbers(endpoint, parts.now);
  const socket = socketTo(parts, endpoint);
  const ending = isDue(socket, bystander.faults, endpoint);
  const isBasic = endpoint === 'basic';
  const say = (type: string, fields: Readonly<Record<string, unknown>>): void => {
    const event = { specversion: '1.0', id: type, source: '/bystander', type: `ms5.${type}`, data: fields };
    socket.send(JSON.stringify(isBasic ? { type, ...fields } : event));
  };
  socket.addEventListener('open', () => {
    say('auth', { token: parts.token });
    say('subscribe', { topics: [BYSTANDER_TOPIC], id: 1 });
  });
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as ReceivedEvent | BasicServerMessage;
      const type = message.type.replace('ms5.', '');
      if (type === 'subscribed') resolve({ ...bystander, close: ending.close });
      if (type === 'event' || type === 'entry') take((message as ReceivedEvent).data);
    });
  });
}

function openStream(parts: BystanderParts): Promise<Bystander> {
  const { bystander, take } = createNumbers('sse', parts.now);
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const parse = createEventParser(({ event, data }) => {
      if (event === 'synced') resolve({ ...bystander, close: () => abort.abort() });
      if (event !== 'entries') return;
      const message = JSON.parse(data) as Extract<ServerMessage, { type: 'entries' }>;
      for (const entry of message.entries) take(entry.data);
    });
    const listen = async (): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${parts.port}/events?topic=${BYSTANDER_TOPIC}`, {
        headers: { authorization: `Bearer ${parts.token}` },
        signal: abort.signal,
      });
      if (response.body === null) throw new Error(`events: ${response.status}`);
      const decoder = new TextDecoder();
      for await (const chunk of response.body) parse(decoder.decode(chunk, { stream: true }));
      bystander.faults.push('sse: the stream ended');
    };
    listen().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      bystander.faults.push(`sse: ${String(error)}`);
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}
