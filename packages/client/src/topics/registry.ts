import type {
  ClientMessage,
  DeltaMessage,
  EntriesMessage,
  ErrorMessage,
  Json,
  Rate,
  ServerMessage,
  SignalMessage,
  SnapshotMessage,
} from '@ms5/wire';
import { callSafely } from '../listeners.ts';
import type { Clock } from '../ports.ts';
import { createBook } from './book.ts';
import { createMarks } from './marks.ts';
import { createSlots } from './slots.ts';
import type { Slot, StreamListener, Subscription } from './subscription.ts';
import {
  applyDelta,
  applyEntries,
  applySignal,
  applySnapshot,
  interruptTopic,
  type Applied,
  type Topic,
} from './topic.ts';

type TopicMessageType =
  | 'snapshot'
  | 'delta'
  | 'entries'
  | 'signal'
  | 'mark'
  | 'subscribed'
  | 'synced'
  | 'unsubscribed'
  | 'gone';
type MessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: T }>;
export type Handlers<T extends ServerMessage['type'] = ServerMessage['type']> = {
  readonly [K in T]: (message: MessageOf<K>) => void;
};
type TopicHandlers = Handlers<TopicMessageType>;

export interface RegistryOptions {
  readonly clock: Clock;
  readonly nextId: () => number;
  readonly send: (message: ClientMessage) => void;
  readonly isLive: () => boolean;
  /** A frame does not continue where the topic stands. */
  readonly onGap: (topic: string) => void;
}

/** All topics and subscriptions of a client. */
export interface Registry {
  /** Keeps `filter` on the wire until the returned function is called; `listener` after each batch that changed it. */
  listen(filter: string, listener: () => void, rate: Rate | null): () => void;
  listenToStream(filter: string, listener: StreamListener): () => void;
  find(topic: string): Slot | undefined;
  subscription(filter: string): Subscription | undefined;
  /** A new connection: everything is asked for again, from where it stands. */
  start(): void;
  /** The connection is gone: nothing is live any more. */
  interrupt(): void;
  /** Somebody else will be signed in: nothing that is known is theirs. */
  forget(): void;
  /** What to do with each message that is about topics. */
  readonly handlers: TopicHandlers;
  /** True when the error answers a `subscribe`. */
  takeError(message: ErrorMessage): boolean;
  /** Everything looks different, though no topic changed. */
  refreshAll(): void;
  /** The permissions changed: these filters are in force. */
  narrow(filters: readonly string[]): void;
  /** Tells the listeners of whatever changed since the last call. */
  flush(): void;
  /** How many topics came back as a snapshot because their history was gone. */
  losses(): number;
  close(): void;
}

/** Whether something between what is held and this snapshot will never come. */
function losesHistory(topic: Topic, message: SnapshotMessage): boolean {
  if (message.lostSince !== undefined) return true;
  if (topic.epoch === '') return false;
  if (topic.epoch !== message.epoch) return true;
  return message.kind === 'stream' && message.offset > topic.offset;
}

export function createRegistry(options: RegistryOptions): Registry {
  const slots = createSlots();
  const marks = createMarks();
  const book = createBook({ ...options, slots, marks, onLost: tellLoss });
  let losses = 0;

  function settle(slot: Slot, applied: Applied): void {
    if (applied === 'changed') slots.touch(slot);
    else if (applied === 'gap') options.onGap(slot.topic.name);
  }

  function takeSnapshot(message: SnapshotMessage): void {
    const slot = slots.open(message.topic, message.kind);
    if (slot === undefined) return;
    const isLoss = message.begin === true && losesHistory(slot.topic, message);
    settle(slot, applySnapshot(slot.topic, message));
    if (isLoss) tellLoss(slot);
  }

  function tellLoss({ topic, subscriptions }: Slot): void {
    losses += 1;
    if (topic.kind !== 'stream') return;
    for (const { streamListeners } of subscriptions) {
      for (const { onLost } of streamListeners) callSafely(() => onLost?.(topic.name));
    }
  }

  function takeEntries(message: EntriesMessage): void {
    const slot = slots.find(message.topic);
    if (slot === undefined || slot.topic.epoch === '') return;
    const fresh = applyEntries(slot.topic, message, marks.coveredFor(slot.topic));
    if (fresh === null) {
      options.onGap(message.topic);
      return;
    }
    for (const { offset, at, data } of fresh) deliver(slot, { topic: message.topic, offset, at, data });
    if (fresh.length > 0) slots.touch(slot);
  }

  function deliver(slot: Slot, event: { topic: string; offset: number; at: number; data: Json }): void {
    for (const { streamListeners } of slot.subscriptions) {
      for (const { onEvent } of streamListeners) callSafely(() => onEvent(event));
    }
  }

  function takeSignal(message: SignalMessage): void {
    const slot = slots.open(message.topic, 'signal');
    if (slot === undefined) return;
    slot.topic.lane ??= 'low';
    settle(slot, applySignal(slot.topic, message));
  }

  function takeDelta(message: DeltaMessage): void {
    const slot = slots.find(message.topic);
    // Without a snapshot there is nothing to change: the rest of a subscription given up.
    if (slot === undefined || slot.topic.epoch === '') return;
    settle(slot, applyDelta(slot.topic, message, marks.coveredFor(slot.topic)));
  }

  return {
    listen(filter, listener, rate) {
      const subscription = book.retain(filter, rate);
      // A listener of its own, so that one function may listen twice.
      const own = { onChange: listener, rate };
      subscription.listeners.add(own);
      return () => {
        if (subscription.listeners.delete(own)) book.release(subscription);
      };
    },
    listenToStream(filter, listener) {
      const subscription = book.retain(filter, null);
      const own = { ...listener };
      subscription.streamListeners.add(own);
      return () => {
        if (subscription.streamListeners.delete(own)) book.release(subscription);
      };
    },
    find: slots.find,
    subscription: slots.subscription,
    start() {
      slots.refreshAll();
      book.start();
    },
    interrupt() {
      book.interrupt();
      for (const { topic } of slots.all()) interruptTopic(topic);
      slots.refreshAll();
    },
    forget() {
      for (const slot of slots.all()) slots.forget(slot);
      marks.clear();
      book.forget();
    },
    handlers: {
      snapshot: takeSnapshot,
      delta: takeDelta,
      entries: takeEntries,
      signal: takeSignal,
      mark: (mark) => marks.take(mark),
      subscribed: book.grant,
      synced: ({ id }) => book.sync(id),
      unsubscribed: () => {},
      gone({ topic }) {
        const slot = slots.find(topic);
        if (slot !== undefined) slots.forget(slot);
      },
    },
    takeError: (error) => book.takeError(error),
    refreshAll: slots.refreshAll,
    narrow: (filters) => book.narrow(filters),
    flush: slots.flush,
    losses: () => losses,
    close: () => book.close(),
  };
}
