import {
  matchesTopic,
  type ClientMessage,
  type DeltaMessage,
  type EntriesMessage,
  type ErrorMessage,
  type GoneMessage,
  type Json,
  type ServerMessage,
  type SignalMessage,
  type SnapshotMessage,
  type SubscribedMessage,
  type TopicKind,
} from '@ms5/wire';
import { callSafely } from '../listeners.ts';
import type { Clock } from '../ports.ts';
import { createMarks } from './marks.ts';
import { buildRequests, type SubscribeRequest } from './resume.ts';
import {
  createSubscription,
  hasListeners,
  type Slot,
  type StreamListener,
  type Subscription,
  type SubscriptionPhase,
} from './subscription.ts';
import {
  applyDelta,
  applyEntries,
  applySignal,
  applySnapshot,
  createTopic,
  interruptTopic,
  positionOf,
  type Applied,
  type Topic,
} from './topic.ts';

/** Long enough for a screen to be replaced by another that shows the same. */
const LINGER_MS = 2_000;
const RETRY_MS = 1_000;

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
  listen(filter: string, listener: () => void): () => void;
  listenToStream(filter: string, listener: StreamListener): () => void;
  find(topic: string): Slot | undefined;
  subscription(filter: string): Subscription | undefined;
  /** A new connection: everything is asked for again, from where it stands. */
  start(): void;
  /** The connection is gone: nothing is live any more. */
  interrupt(): void;
  /** What to do with each message that is about topics. */
  readonly handlers: TopicHandlers;
  /** True when the error answers a `subscribe`. */
  takeError(message: ErrorMessage): boolean;
  /** Everything looks different, though no topic changed. */
  touchAll(): void;
  /** Tells the listeners of whatever changed since the last call. */
  flush(): void;
  /** How many topics came back as a snapshot because their history was gone. */
  losses(): number;
  close(): void;
}

const isInForce = ({ phase }: Subscription): boolean => phase === 'granted' || phase === 'synced';

/** What this connection brought, or brings for another filter, does not depend on a request's answer. */
const isAccountedFor = ({ topic, subscriptions }: Slot): boolean =>
  topic.isRenewed || [...subscriptions].some(isInForce);

/** Whether something between what is held and this snapshot will never come. */
function losesHistory(topic: Topic, message: SnapshotMessage): boolean {
  if (message.lostSince !== undefined) return true;
  if (topic.epoch === '') return false;
  if (topic.epoch !== message.epoch) return true;
  return message.kind === 'stream' && message.offset > topic.offset;
}

export function createRegistry(options: RegistryOptions): Registry {
  const slots = new Map<string, Slot>();
  const subscriptions = new Map<string, Subscription>();
  const requests = new Map<number, readonly Subscription[]>();
  const marks = createMarks();
  const dirty = new Set<Subscription>();
  let cancelRetry = (): void => {};
  let isAskScheduled = false;
  /** No mark was received on this connection. */
  let areMarksOld = true;
  let losses = 0;

  function touch(slot: Slot): void {
    slot.view = null;
    for (const subscription of slot.subscriptions) touchSubscription(subscription);
  }

  function touchSubscription(subscription: Subscription): void {
    subscription.version += 1;
    dirty.add(subscription);
  }

  function flush(): void {
    if (dirty.size === 0) return;
    const changed = [...dirty];
    dirty.clear();
    for (const { listeners } of changed) for (const listener of listeners) callSafely(listener);
  }

  // ---- subscriptions ---------------------------------------------------------------------------------

  function retain(filter: string): Subscription {
    const known = subscriptions.get(filter);
    if (known !== undefined) {
      known.cancelLinger?.();
      known.cancelLinger = null;
      return known;
    }
    const created = createSubscription(filter);
    subscriptions.set(filter, created);
    for (const slot of slots.values()) link(slot, created);
    scheduleAsk();
    return created;
  }

  function release(subscription: Subscription): void {
    if (hasListeners(subscription) || subscription.cancelLinger !== null) return;
    if (subscriptions.get(subscription.text) !== subscription) return;
    subscription.cancelLinger = options.clock.after(LINGER_MS, () => drop(subscription));
  }

  function drop(subscription: Subscription): void {
    subscriptions.delete(subscription.text);
    for (const slot of subscription.slots) {
      slot.subscriptions.delete(subscription);
      if (slot.subscriptions.size === 0) slots.delete(slot.topic.name);
    }
    if (!options.isLive() || subscription.phase === 'wanted' || subscription.phase === 'refused') return;
    options.send({ type: 'unsubscribe', id: options.nextId(), filters: [subscription.text] });
  }

  /** What is asked for in one turn goes out as one request. */
  function scheduleAsk(): void {
    if (isAskScheduled || !options.isLive()) return;
    isAskScheduled = true;
    queueMicrotask(() => {
      isAskScheduled = false;
      if (options.isLive()) ask();
    });
  }

  function ask(): void {
    const wanted = [...subscriptions.values()].filter(({ phase }) => phase === 'wanted');
    const built = buildRequests(wanted, marks, options.nextId);
    voidUntold(built);
    for (const request of built) {
      for (const subscription of request.subscriptions) subscription.phase = 'asked';
      requests.set(request.message.id, request.subscriptions);
      options.send(request.message);
    }
  }

  function moveTo(list: readonly Subscription[], phase: SubscriptionPhase): void {
    for (const subscription of list) {
      subscription.phase = phase;
      touchSubscription(subscription);
    }
  }

  function grant(message: SubscribedMessage): void {
    for (const mark of message.marks) marks.take(mark, true);
    const list = requests.get(message.id) ?? [];
    if (message.reset !== undefined) voidTopics(list, new Set(message.reset));
    moveTo(list, 'granted');
    areMarksOld = false;
  }

  /** What the requests do not tell the server about is sent whole, or is no more. */
  function voidUntold(asked: readonly SubscribeRequest[]): void {
    const named = new Set(asked.flatMap(({ message }) => Object.keys(message.resume?.topics ?? {})));
    for (const slot of asked.flatMap(({ subscriptions: own }) => own.flatMap(({ slots }) => [...slots]))) {
      const isMarked = [...slot.subscriptions].some(({ isResumable }) => isResumable);
      const isTold = positionOf(slot.topic) !== null && (isMarked || named.has(slot.topic.name));
      if (!isTold) slot.topic.isVoid = !isAccountedFor(slot);
    }
  }

  /** Of these logs nothing that is held counts any more, but for what this connection brought. */
  function voidTopics(list: readonly Subscription[], logs: ReadonlySet<string>): void {
    for (const subscription of list) {
      // The new marks don't speak for what is still to come.
      subscription.isResumable = false;
      for (const slot of subscription.slots) {
        const { topic } = slot;
        if (topic.log !== null && logs.has(topic.log)) topic.isVoid = !isAccountedFor(slot);
      }
    }
  }

  function sync(id: number): void {
    const list = requests.get(id) ?? [];
    requests.delete(id);
    for (const subscription of list) {
      subscription.isResumable = true;
      for (const slot of subscription.slots) {
        if (slot.topic.isVoid) forget(slot);
        else if (slot.topic.loading === null) setCurrent(slot);
      }
    }
    moveTo(list, 'synced');
  }

  function setCurrent(slot: Slot): void {
    if (slot.topic.isCurrent || slot.topic.kind === 'signal') return;
    slot.topic.isCurrent = true;
    touch(slot);
  }

  function refuse(id: number, error: ErrorMessage): boolean {
    const list = requests.get(id);
    if (list === undefined) return false;
    requests.delete(id);
    for (const subscription of list) subscription.isResumable = false;
    moveTo(list, error.temporary ? 'wanted' : 'refused');
    if (error.temporary) cancelRetry = options.clock.after(error.retryAfterMs ?? RETRY_MS, scheduleAsk);
    return true;
  }

  // ---- topics ----------------------------------------------------------------------------------------

  function link(slot: Slot, subscription: Subscription): void {
    if (!matchesTopic(subscription.filter, slot.topic.name)) return;
    slot.subscriptions.add(subscription);
    subscription.slots.add(slot);
  }

  /** `undefined`: nobody here wants the topic any more. */
  function open(topic: string, kind: TopicKind): Slot | undefined {
    const known = slots.get(topic);
    if (known !== undefined) return known;
    const slot: Slot = { topic: createTopic(topic, kind), subscriptions: new Set(), view: null };
    for (const subscription of subscriptions.values()) link(slot, subscription);
    if (slot.subscriptions.size === 0) return undefined;
    slots.set(topic, slot);
    return slot;
  }

  function forget(slot: Slot): void {
    slots.delete(slot.topic.name);
    for (const subscription of slot.subscriptions) {
      subscription.slots.delete(slot);
      touchSubscription(subscription);
    }
  }

  function settle(slot: Slot, applied: Applied): void {
    if (applied === 'changed') touch(slot);
    else if (applied === 'gap') options.onGap(slot.topic.name);
  }

  function takeSnapshot(message: SnapshotMessage): void {
    const slot = open(message.topic, message.kind);
    if (slot === undefined) return;
    const isLoss = message.begin === true && losesHistory(slot.topic, message);
    settle(slot, applySnapshot(slot.topic, message));
    if (!isLoss) return;
    losses += 1;
    if (message.kind !== 'stream') return;
    for (const { streamListeners } of slot.subscriptions) {
      for (const { onLost } of streamListeners) callSafely(() => onLost?.(message.topic));
    }
  }

  function takeEntries(message: EntriesMessage): void {
    const slot = slots.get(message.topic);
    if (slot === undefined || slot.topic.epoch === '') return;
    const fresh = applyEntries(slot.topic, message, marks.coveredFor(slot.topic));
    if (fresh === null) {
      options.onGap(message.topic);
      return;
    }
    for (const { offset, at, data } of fresh) deliver(slot, { topic: message.topic, offset, at, data });
    if (fresh.length > 0) touch(slot);
  }

  function deliver(slot: Slot, event: { topic: string; offset: number; at: number; data: Json }): void {
    for (const { streamListeners } of slot.subscriptions) {
      for (const { onEvent } of streamListeners) callSafely(() => onEvent(event));
    }
  }

  function takeSignal(message: SignalMessage): void {
    const slot = open(message.topic, 'signal');
    if (slot === undefined) return;
    slot.topic.lane ??= 'low';
    settle(slot, applySignal(slot.topic, message));
  }

  function takeDelta(message: DeltaMessage): void {
    const slot = slots.get(message.topic);
    // Without a snapshot there is nothing to change: the rest of a subscription given up.
    if (slot === undefined || slot.topic.epoch === '') return;
    settle(slot, applyDelta(slot.topic, message, marks.coveredFor(slot.topic)));
  }

  function takeGone({ topic }: GoneMessage): void {
    const slot = slots.get(topic);
    if (slot !== undefined) forget(slot);
  }

  function touchAll(): void {
    for (const slot of slots.values()) slot.view = null;
    for (const subscription of subscriptions.values()) touchSubscription(subscription);
  }

  return {
    listen(filter, listener) {
      const subscription = retain(filter);
      // A listener of its own, so that one function may listen twice.
      const own = (): void => listener();
      subscription.listeners.add(own);
      return () => {
        if (subscription.listeners.delete(own)) release(subscription);
      };
    },
    listenToStream(filter, listener) {
      const subscription = retain(filter);
      const own = { ...listener };
      subscription.streamListeners.add(own);
      return () => {
        if (subscription.streamListeners.delete(own)) release(subscription);
      };
    },
    find: (topic) => slots.get(topic),
    subscription: (filter) => subscriptions.get(filter),
    start() {
      requests.clear();
      areMarksOld = true;
      for (const subscription of subscriptions.values()) subscription.phase = 'wanted';
      touchAll();
      ask();
    },
    interrupt() {
      cancelRetry();
      for (const subscription of subscriptions.values()) {
        // What this connection told of marks was not told to those it had not granted yet.
        if (subscription.phase === 'asked' && !areMarksOld) subscription.isResumable = false;
      }
      for (const slot of slots.values()) interruptTopic(slot.topic);
      touchAll();
    },
    handlers: {
      snapshot: takeSnapshot,
      delta: takeDelta,
      entries: takeEntries,
      signal: takeSignal,
      mark(mark) {
        marks.take(mark);
        areMarksOld = false;
      },
      subscribed: grant,
      synced: ({ id }) => sync(id),
      unsubscribed: () => {},
      gone: takeGone,
    },
    takeError: (error) => error.id !== undefined && refuse(error.id, error),
    touchAll,
    flush,
    losses: () => losses,
    close() {
      cancelRetry();
      for (const subscription of subscriptions.values()) subscription.cancelLinger?.();
    },
  };
}
