import { parseTopicFilter, type TopicFilter } from '@ms5/wire';
import type { StreamEvent, TopicView } from '../types.ts';
import type { Topic } from './topic.ts';

/**
 * Where a subscription stands on this connection: `wanted` (to be asked for), `asked`, `granted` (its topics are
 * coming), `synced` (all of them are at the head), `refused` (for good, or until the connection is a new one).
 */
export type SubscriptionPhase = 'wanted' | 'asked' | 'granted' | 'synced' | 'refused';

/** One topic's place in the client: what is known of it and who listens. */
export interface Slot {
  readonly topic: Topic;
  readonly subscriptions: Set<Subscription>;
  /** The topic's value as shown; built when asked for, forgotten when it changes. */
  content: { readonly value: unknown } | null;
  /** Built when asked for, forgotten when anything changes. */
  view: TopicView<unknown> | null;
}

export interface StreamListener {
  readonly onEvent: (event: StreamEvent<unknown>) => void;
  readonly onLost: ((topic: string) => void) | undefined;
}

/** One filter on the wire, shared by all who listen to it. */
export interface Subscription {
  readonly text: string;
  readonly filter: TopicFilter;
  readonly listeners: Set<() => void>;
  readonly streamListeners: Set<StreamListener>;
  /** The topics it matches that are known. */
  readonly slots: Set<Slot>;
  phase: SubscriptionPhase;
  /** It was synced once, so the marks speak for its topics. */
  isResumable: boolean;
  /** The filters that were in force when it was synced, and have been since: the marks speak for no other topics. */
  effective: readonly string[];
  /** Those that its request was granted last. */
  granted: readonly string[];
  /** Grows with each change, for those who keep something computed from it. */
  version: number;
  /** Stops the end that is near because nobody listens any more. */
  cancelLinger: (() => void) | null;
}

/** Throws a `RangeError` for a filter that is not valid: a mistake in the caller's code. */
export function createSubscription(text: string): Subscription {
  const parsed = parseTopicFilter(text);
  if (!parsed.ok) throw new RangeError(`topic filter ${JSON.stringify(text)} ${parsed.error}`);
  return {
    text,
    filter: parsed.filter,
    listeners: new Set(),
    streamListeners: new Set(),
    slots: new Set(),
    phase: 'wanted',
    isResumable: false,
    effective: [],
    granted: [],
    version: 0,
    cancelLinger: null,
  };
}

export const hasListeners = (subscription: Subscription): boolean =>
  subscription.listeners.size > 0 || subscription.streamListeners.size > 0;
