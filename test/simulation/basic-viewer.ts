import type { SocketEvents, Socket } from '@ms5/client';
import { digestKeys, digestOfValue, type FakeClock, type Rest, type Sighting } from '@ms5/testkit';
import type { BasicServerMessage, Json } from '@ms5/wire';

/** Somebody with a WebSocket tool: the basic endpoint by hand, and text keys repeated until they are answered. */
export interface BasicViewer {
  readonly name: string;
  /** Connects anew, whatever became of the connection before. */
  connect(): void;
  command(about: string, command: string, data: Json): void;
  /** Commands without an outcome. */
  pending(): readonly string[];
  rest(epoch: string): Rest;
  close(): void;
}

export interface BasicViewerParts {
  readonly name: string;
  readonly clock: Pick<FakeClock, 'after'>;
  readonly open: (events: SocketEvents) => Socket;
  readonly token: () => string;
  readonly sightings: Sighting[];
  readonly onOutcome: (about: string, status: string, offset: number | null) => void;
}

interface Held {
  readonly kind: string;
  readonly values: Map<string, Json>;
  offset: number;
  /** Parts of what it holds are still to come. */
  isPartial: boolean;
}

const RETRY_MS = 1_000;

export function createBasicViewer(parts: BasicViewerParts): BasicViewer {
  const { name, clock, sightings } = parts;
  const waiting = new Map<string, { readonly command: string; readonly data: Json; readonly id: number }>();
  let held = new Map<string, Held>();
  let socket: Socket | null = null;
  let connection = 0;
  let nextId = 1;
  let isClosed = false;

  const send = (message: object): void => socket?.send(JSON.stringify(message));
  const sendCommand = (about: string): void => {
    const given = waiting.get(about);
    if (given === undefined) return;
    send({ type: 'command', id: given.id, command: given.command, data: given.data, key: about });
  };

  function connect(): void {
    if (isClosed) return;
    socket?.close(1000, '');
    connection += 1;
    const own = connection;
    held = new Map();
    const whenCurrent = (task: () => void): void => {
      if (own === connection) task();
    };
    socket = parts.open({
      opened: () =>
        whenCurrent(() => {
          send({ type: 'auth', token: parts.token() });
          send({ type: 'subscribe', topics: ['works/#'], id: 0, batch: own % 2 === 0 });
          for (const about of waiting.keys()) sendCommand(about);
        }),
      message: (text) =>
        whenCurrent(() => {
          const parsed = JSON.parse(String(text)) as BasicServerMessage | BasicServerMessage[];
          for (const message of Array.isArray(parsed) ? parsed : [parsed]) take(message);
        }),
      closed: () => whenCurrent(() => void clock.after(RETRY_MS, () => whenCurrent(connect))),
    });
  }

  function take(message: BasicServerMessage): void {
    if (message.type === 'outcome') {
      const found = [...waiting].find(([, { id }]) => id === message.id);
      if (found === undefined) return;
      waiting.delete(found[0]);
      parts.onOutcome(found[0], message.status, message.offset ?? null);
    } else if (message.type === 'gone') {
      held.delete(message.topic);
      sightings.push({ kind: 'end', client: `${name}.${connection}`, topic: message.topic });
    } else if (message.type === 'event') takeEvent(message);
  }

  function takeEvent(event: Extract<BasicServerMessage, { type: 'event' }>): void {
    const { topic, kind, offset, data } = event;
    const topicHeld = held.get(topic) ?? { kind, values: new Map<string, Json>(), offset, isPartial: false };
    held.set(topic, topicHeld);
    topicHeld.offset = offset;
    if (event.snapshot === true || event.more !== undefined) topicHeld.isPartial = event.more === true;
    if (kind === 'stream') {
      const client = `${name}.${connection}`;
      sightings.push({ kind: 'entry', client, topic, offset, digest: digestOfValue(data) });
      return;
    }
    if (kind === 'record' || event.snapshot === true) topicHeld.values.clear();
    if (kind === 'record') setAll(topicHeld, data);
    if (kind !== 'collection') return;
    const { set = {}, remove = [] } = data as { readonly set?: Json; readonly remove?: readonly string[] };
    setAll(topicHeld, set);
    for (const key of remove) topicHeld.values.delete(key);
  }

  function setAll({ values }: Held, data: Json): void {
    for (const [key, value] of Object.entries(data as Readonly<Record<string, Json>>)) values.set(key, value);
  }

  return {
    name,
    connect,
    command(about, command, data) {
      waiting.set(about, { command, data, id: nextId });
      nextId += 1;
      sendCommand(about);
    },
    pending: () => [...waiting.keys()].map((about) => `${name} ${about}: no outcome`),
    rest(epoch) {
      const topics = new Map<string, { epoch: string; offset: number; isCurrent: boolean }>();
      for (const [topic, { kind, offset, values, isPartial }] of held) {
        topics.set(topic, { epoch, offset, isCurrent: !isPartial });
        if (kind === 'stream' || isPartial) continue;
        sightings.push({ kind: 'state', client: name, topic, epoch, offset, keys: digestKeys(values) });
      }
      // A collection that is empty, or a stream without a new entry, says nothing.
      return { client: name, isMatched: (topic) => topics.has(topic), topics };
    },
    close() {
      isClosed = true;
      connection += 1;
      socket?.close(1000, '');
    },
  };
}
