import type { ErrorMessage, Json, PublishedMessage, PublishMessage } from '@ms5/wire';
import type { Clock } from './ports.ts';
import type { Publication, PublishOptions } from './types.ts';

const RETRY_MS = 1_000;

export interface PublicationsOptions {
  readonly clock: Clock;
  readonly nextId: () => number;
  readonly send: (message: PublishMessage) => void;
  readonly isLive: () => boolean;
}

export interface Publications {
  publish(topic: string, data: Json, options: PublishOptions): Promise<Publication>;
  readonly take: (message: PublishedMessage) => void;
  /** True when the error answers a publication. */
  takeError(message: ErrorMessage): boolean;
  /** A new connection: what has a key is sent again. */
  start(): void;
  /** The connection is gone: what has no key may have been published or not. */
  interrupt(): void;
  /** Who published has signed out: nothing of theirs is sent for others. */
  signOut(): void;
  close(): void;
}

interface Waiting {
  readonly message: Omit<PublishMessage, 'id'>;
  readonly settle: (publication: Publication) => void;
}

/** Publications that wait for their answer. They are not kept beyond the page; commands are. */
export function createPublications({ clock, nextId, send, isLive }: PublicationsOptions): Publications {
  /** By the id of the request on the wire. */
  const waiting = new Map<number, Waiting>();
  /** With a key, without a connection or told to try later. */
  const due = new Set<Waiting>();
  let isClosed = false;

  function dispatch(item: Waiting): void {
    const id = nextId();
    waiting.set(id, item);
    send({ ...item.message, id });
  }

  function settleEverything(reason: string): void {
    const items = [...waiting.values(), ...due];
    waiting.clear();
    due.clear();
    for (const { settle } of items) settle({ status: 'unknown', reason });
  }

  function sendDue(): void {
    if (!isLive()) return;
    const items = [...due];
    due.clear();
    for (const item of items) dispatch(item);
  }

  return {
    publish(topic, data, options) {
      if (isClosed) return Promise.resolve({ status: 'rejected', reason: 'closed' });
      if (!isLive()) return Promise.resolve({ status: 'rejected', reason: 'offline' });
      return new Promise((settle) => {
        dispatch({ message: { type: 'publish', topic, data, ...options }, settle });
      });
    },
    take({ id, offset, duplicate }) {
      const item = waiting.get(id);
      waiting.delete(id);
      item?.settle({
        status: 'published',
        isDuplicate: duplicate === true,
        ...(offset === undefined ? {} : { offset }),
      });
    },
    takeError({ id, name, message, temporary, retryAfterMs }) {
      const item = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || item === undefined) return false;
      waiting.delete(id);
      if (temporary && item.message.key !== undefined) {
        due.add(item);
        clock.after(retryAfterMs ?? RETRY_MS, sendDue);
      } else item.settle({ status: temporary ? 'unknown' : 'rejected', reason: name, message });
      return true;
    },
    start: sendDue,
    interrupt() {
      const items = [...waiting.values()];
      waiting.clear();
      for (const item of items) {
        if (item.message.key === undefined) item.settle({ status: 'unknown', reason: 'connectionLost' });
        else due.add(item);
      }
    },
    signOut: () => settleEverything('signedOut'),
    close() {
      isClosed = true;
      settleEverything('closed');
    },
  };
}
