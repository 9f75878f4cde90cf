import { matchesTopic, type TopicKind } from '@ms5/wire';
import { callSafely } from '../listeners.ts';
import type { Slot, Subscription } from './subscription.ts';
import { createTopic } from './topic.ts';

/** Topics and subscriptions as they hang together, and who has to be told of changes. */
export interface Slots {
  readonly find: (topic: string) => Slot | undefined;
  all(): Iterable<Slot>;
  /** The topic's place; `undefined`: nobody here wants it any more. */
  open(topic: string, kind: TopicKind): Slot | undefined;
  /** The topic is no more. */
  forget(slot: Slot): void;
  readonly subscription: (filter: string) => Subscription | undefined;
  subscriptions(): Iterable<Subscription>;
  add(subscription: Subscription): void;
  /** Topics that no other subscription matches go with it. */
  drop(subscription: Subscription): void;
  /** The topic's content changed. */
  touch(slot: Slot): void;
  /** The topic looks different, with the same content. */
  refresh(slot: Slot): void;
  touchSubscription(subscription: Subscription): void;
  readonly refreshAll: () => void;
  /** Tells the listeners of whatever changed since the last call. */
  readonly flush: () => void;
}

export function createSlots(): Slots {
  const slots = new Map<string, Slot>();
  const subscriptions = new Map<string, Subscription>();
  const dirty = new Set<Subscription>();

  function link(slot: Slot, subscription: Subscription): void {
    if (!matchesTopic(subscription.filter, slot.topic.name)) return;
    slot.subscriptions.add(subscription);
    subscription.slots.add(slot);
  }

  function touchSubscription(subscription: Subscription): void {
    subscription.version += 1;
    dirty.add(subscription);
  }

  function refresh(slot: Slot): void {
    slot.view = null;
    for (const subscription of slot.subscriptions) touchSubscription(subscription);
  }

  return {
    find: (topic) => slots.get(topic),
    all: () => slots.values(),
    open(topic, kind) {
      const known = slots.get(topic);
      if (known !== undefined) return known;
      const slot: Slot = {
        topic: createTopic(topic, kind),
        subscriptions: new Set(),
        content: null,
        view: null,
      };
      for (const subscription of subscriptions.values()) link(slot, subscription);
      if (slot.subscriptions.size === 0) return undefined;
      slots.set(topic, slot);
      return slot;
    },
    forget(slot) {
      slots.delete(slot.topic.name);
      for (const subscription of slot.subscriptions) {
        subscription.slots.delete(slot);
        touchSubscription(subscription);
      }
    },
    subscription: (filter) => subscriptions.get(filter),
    subscriptions: () => subscriptions.values(),
    add(subscription) {
      subscriptions.set(subscription.text, subscription);
      for (const slot of slots.values()) link(slot, subscription);
    },
    drop(subscription) {
      subscriptions.delete(subscription.text);
      for (const slot of subscription.slots) {
        slot.subscriptions.delete(subscription);
        if (slot.subscriptions.size === 0) slots.delete(slot.topic.name);
      }
    },
    touch(slot) {
      slot.content = null;
      refresh(slot);
    },
    refresh,
    touchSubscription,
    refreshAll() {
      for (const slot of slots.values()) slot.view = null;
      for (const subscription of subscriptions.values()) touchSubscription(subscription);
    },
    flush() {
      if (dirty.size === 0) return;
      const changed = [...dirty];
      dirty.clear();
      for (const { listeners } of changed) for (const { onChange } of listeners) callSafely(onChange);
    },
  };
}
