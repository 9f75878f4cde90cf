import {
  type ClientMessage,
  type ErrorMessage,
  type Rate,
  type SubscribedMessage,
  topicMatcher,
} from '@ms5/wire';
import type { Clock } from '../ports.ts';
import type { Marks } from './marks.ts';
import { buildRateChanges, buildRequests, type SubscribeRequest } from './resume.ts';
import type { Slots } from './slots.ts';
import {
  UNASKED,
  createSubscription,
  fastestRate,
  hasListeners,
  rateOf,
  speedOf,
  type Slot,
  type Subscription,
  type SubscriptionPhase,
} from './subscription.ts';
import { positionOf } from './topic.ts';

/** Long enough for a screen to be replaced by another that shows the same. */
const LINGER_MS = 2_000;
const RETRY_MS = 1_000;

export interface BookOptions {
  readonly clock: Clock;
  readonly slots: Slots;
  readonly marks: Marks;
  readonly nextId: () => number;
  readonly send: (message: ClientMessage) => void;
  readonly isLive: () => boolean;
  /** Of what the topic was, the server knows nothing any more. */
  readonly onLost: (slot: Slot) => void;
}

/** Which filters are wanted, which were asked for on this connection, and what came of it. */
export interface Book {
  retain(filter: string, rate: Rate | null): Subscription;
  /** Ends the subscription a while after its last listener left. */
  release(subscription: Subscription): void;
  /** A new connection: everything is asked for again, from where it stands. */
  start(): void;
  interrupt(): void;
  /** What was asked for is still wanted, but for somebody else: from the beginning. */
  forget(): void;
  readonly grant: (message: SubscribedMessage) => void;
  sync(id: number): void;
  /** The permissions changed: these filters are in force. */
  narrow(filters: readonly string[]): void;
  /** True when the error answers a `subscribe`. */
  takeError(error: ErrorMessage): boolean;
  close(): void;
}

const isRateRefused = ({ name }: ErrorMessage): boolean => name === 'rateRefused';

const isInForce = ({ phase }: Subscription): boolean => phase === 'granted' || phase === 'synced';

/** What this connection brought, or brings for another filter, does not depend on a request's answer. */
const isAccountedFor = ({ topic, subscriptions }: Slot): boolean =>
  topic.isRenewed || [...subscriptions].some(isInForce);

export function createBook(options: BookOptions): Book {
  const { slots, marks, isLive } = options;
  const requests = new Map<number, readonly Subscription[]>();
  /** Requests for filters in force that change nothing but their rate. */
  const rateChanges = new Map<number, readonly Subscription[]>();
  let cancelRetry = (): void => {};
  let isAskScheduled = false;

  function drop(subscription: Subscription): void {
    slots.drop(subscription);
    subscription.cancelSlowing?.();
    if (!isLive() || subscription.phase === 'wanted' || subscription.phase === 'refused') return;
    options.send({ type: 'unsubscribe', id: options.nextId(), filters: [subscription.text] });
  }

  /** What is asked for in one turn goes out as one request. */
  function scheduleAsk(): void {
    if (isAskScheduled || !isLive()) return;
    isAskScheduled = true;
    queueMicrotask(() => {
      isAskScheduled = false;
      if (isLive()) ask();
    });
  }

  function ask(): void {
    const wanted = [...slots.subscriptions()].filter(({ phase }) => phase === 'wanted');
    const built = buildRequests(wanted, marks, options.nextId);
    voidUntold(built);
    for (const one of built) {
      for (const subscription of one.subscriptions) subscription.phase = 'asked';
      request(one, requests);
    }
    // Those under way are looked at again when they are synced.
    const changed = [...slots.subscriptions()].filter(
      (subscription) => subscription.phase === 'synced' && rateOf(subscription) !== subscription.askedRate,
    );
    for (const one of buildRateChanges(changed, options.nextId)) request(one, rateChanges);
  }

  function request(
    { subscriptions, message }: SubscribeRequest,
    into: Map<number, readonly Subscription[]>,
  ): void {
    for (const subscription of subscriptions) subscription.askedRate = rateOf(subscription);
    into.set(message.id, subscriptions);
    options.send(message);
  }

  function setRate(subscription: Subscription, rate: Rate | null): void {
    subscription.cancelSlowing?.();
    subscription.cancelSlowing = null;
    if (subscription.rate === rate) return;
    subscription.rate = rate;
    scheduleAsk();
  }

  /** Slower only after a while: the screen that wanted more may be replaced by another that does. */
  function slowDown(subscription: Subscription): void {
    if (subscription.cancelSlowing !== null) return;
    subscription.cancelSlowing = options.clock.after(LINGER_MS, () => {
      subscription.cancelSlowing = null;
      if (hasListeners(subscription)) setRate(subscription, fastestRate(subscription));
    });
  }

  /** The filters stay in force as they are; they are asked for anew where that may help. */
  function takeRateChangeError(list: readonly Subscription[], error: ErrorMessage): void {
    if (isRateRefused(error)) {
      takeRateRefusal(list);
      for (const subscription of list) subscription.askedRate = undefined;
    } else if (error.temporary) {
      for (const subscription of list) subscription.askedRate = undefined;
      cancelRetry = options.clock.after(error.retryAfterMs ?? RETRY_MS, scheduleAsk);
    }
  }

  function takeRateRefusal(list: readonly Subscription[]): void {
    for (const subscription of list) subscription.rateTrial = list.length === 1 ? 'refused' : 'alone';
    scheduleAsk();
  }

  function moveTo(list: readonly Subscription[], phase: SubscriptionPhase): void {
    for (const subscription of list) {
      subscription.phase = phase;
      slots.touchSubscription(subscription);
    }
  }

  /** Nobody tells what was permitted before an absence and is not any more. */
  function forgetForbidden(list: readonly Subscription[]): void {
    for (const subscription of list) {
      if (subscription.phase !== 'refused' && isWhole(subscription)) continue;
      for (const slot of subscription.slots)
        if (![...slot.subscriptions].some((other) => mayCover(other, slot.topic.name))) slots.forget(slot);
    }
  }

  function settle(slot: Slot): void {
    const { topic } = slot;
    if (topic.isVoid) {
      options.onLost(slot);
      slots.forget(slot);
    } else if (topic.loading === null && !topic.isCurrent && topic.kind !== 'signal') {
      topic.isCurrent = true;
      slots.refresh(slot);
    }
  }

  return {
    retain(filter, rate) {
      const known = slots.subscription(filter);
      if (known !== undefined) {
        known.cancelLinger?.();
        known.cancelLinger = null;
        if (speedOf(rate) > speedOf(known.rate)) setRate(known, rate);
        else if (rate !== known.rate) slowDown(known);
        return known;
      }
      const created = createSubscription(filter, rate);
      slots.add(created);
      scheduleAsk();
      return created;
    },
    release(subscription) {
      if (slots.subscription(subscription.text) !== subscription) return;
      if (hasListeners(subscription)) {
        if (fastestRate(subscription) !== subscription.rate) slowDown(subscription);
        return;
      }
      if (subscription.cancelLinger !== null) return;
      subscription.cancelLinger = options.clock.after(LINGER_MS, () => drop(subscription));
    },
    start() {
      requests.clear();
      rateChanges.clear();
      marks.start();
      for (const subscription of slots.subscriptions()) subscription.phase = 'wanted';
      ask();
    },
    interrupt() {
      cancelRetry();
      for (const subscription of slots.subscriptions()) {
        // What this connection told of marks was not told to those it had not granted yet.
        if (subscription.phase === 'asked' && marks.isTold()) subscription.isResumable = false;
      }
    },
    forget() {
      for (const subscription of slots.subscriptions()) {
        if (hasListeners(subscription)) Object.assign(subscription, UNASKED);
        else {
          subscription.cancelLinger?.();
          drop(subscription);
        }
      }
    },
    grant(message) {
      const list = requests.get(message.id) ?? [];
      // What was told before is not for them: until they are synced, their topics are named.
      if (marks.isTold()) for (const subscription of list) subscription.isResumable = false;
      const reset = new Set(message.reset);
      marks.reset(reset);
      for (const mark of message.marks) marks.take(mark);
      rateChanges.delete(message.id);
      for (const subscription of list)
        if (subscription.rateTrial === 'alone') subscription.rateTrial = 'shared';
      for (const subscription of list) keepGranted(subscription, message.filters);
      if (reset.size > 0) voidTopics(list, reset);
      moveTo(list, 'granted');
      forgetForbidden(list);
    },
    narrow(filters) {
      const inForce = new Set(filters);
      for (const subscription of slots.subscriptions()) {
        // What became wider is sent whole; until it is, the marks do not speak for it.
        subscription.effective = subscription.effective.filter((text) => inForce.has(text));
        subscription.granted = subscription.granted.filter((text) => inForce.has(text));
        subscription.inForce = filters;
        if (subscription.effective.length === 0) subscription.isResumable = false;
      }
    },
    sync(id) {
      const list = requests.get(id) ?? [];
      requests.delete(id);
      for (const subscription of list) {
        subscription.effective = subscription.granted;
        subscription.isResumable = subscription.effective.length > 0;
        const isCovered = coverOf(subscription);
        for (const slot of subscription.slots) if (isCovered(slot.topic.name)) settle(slot);
      }
      moveTo(list, 'synced');
      if (list.some((subscription) => rateOf(subscription) !== subscription.askedRate)) scheduleAsk();
    },
    takeError(error) {
      if (error.id === undefined) return false;
      const changing = rateChanges.get(error.id);
      rateChanges.delete(error.id);
      if (changing !== undefined) {
        takeRateChangeError(changing, error);
        return true;
      }
      const list = requests.get(error.id);
      if (list === undefined) return false;
      requests.delete(error.id);
      if (isRateRefused(error)) {
        moveTo(list, 'wanted');
        takeRateRefusal(list);
        return true;
      }
      for (const subscription of list) subscription.isResumable = false;
      moveTo(list, error.temporary ? 'wanted' : 'refused');
      forgetForbidden(list);
      if (error.temporary) cancelRetry = options.clock.after(error.retryAfterMs ?? RETRY_MS, scheduleAsk);
      return true;
    },
    close() {
      cancelRetry();
      for (const subscription of slots.subscriptions()) {
        subscription.cancelLinger?.();
        subscription.cancelSlowing?.();
      }
    },
  };
}

/** What the new marks say, they say of the granted filters only. */
function keepGranted(subscription: Subscription, granted: readonly string[]): void {
  subscription.granted = granted;
  subscription.inForce = granted;
  subscription.effective = subscription.effective.filter((text) => granted.includes(text));
  if (subscription.effective.length === 0) subscription.isResumable = false;
}

const isWhole = ({ text, inForce }: Subscription): boolean => inForce.includes(text);

/** Which topics the subscription brings: permissions may leave some out that its filter matches. */
const coverOf = (subscription: Subscription): ((topic: string) => boolean) =>
  isWhole(subscription) ? () => true : topicMatcher(subscription.inForce);

/** Whether the subscription brings the topic, or may: it was not answered yet. */
function mayCover(subscription: Subscription, topic: string): boolean {
  if (subscription.phase === 'refused') return false;
  return !isInForce(subscription) || coverOf(subscription)(topic);
}

/** What the requests do not tell the server about is sent whole, or is no more. */
function voidUntold(asked: readonly SubscribeRequest[]): void {
  const named = new Set(asked.flatMap(({ message }) => Object.keys(message.resume?.topics ?? {})));
  for (const slot of asked.flatMap(({ subscriptions }) => subscriptions.flatMap(({ slots }) => [...slots]))) {
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
