import { parseTopicFilter, type Rate, type TopicFilter } from '@ms5/wire';
import type { StreamEvent, TopicView } from '../types.ts';
import type { Topic } from './topic.ts';

/**
 * Where a subscription stands on this connection: `wanted` (to be asked for), `asked`, `granted` (its topics are
 * coming), `synced` (all of them are at the head), `refused` (for good, or until the connection is a new one).
 */
export type SubscriptionPhase = 'wanted' | 'asked' | 'granted' | 'synced' | 'refused';

/**
 * A request with a rate is refused as a whole when one of its filters matches a stream or a critical topic. Those
 * that were refused together are tried each `alone`; what is refused alone is asked for without a rate.
 */
type RateTrial = 'shared' | 'alone' | 'refused';

/** One topic's place in the client: what is known of it and who listens. */
export interface Slot {
  readonly topic: Topic;
  readonly subscriptions: Set<Subscription>;
  /** The topic's value as shown; built when asked for, forgotten when it changes. */
  content: { readonly value: unknown } | null;
  /** Built when asked for, forgotten when anything changes. */
  view: TopicView<unknown> | null;
}

/** Who is told after each batch that changed something, and how often at most that has to be. `null`: no limit. */
interface ChangeListener {
  readonly onChange: () => void;
  readonly rate: Rate | null;
}

export interface StreamListener {
  readonly onEvent: (event: StreamEvent<unknown>) => void;
  readonly onLost: ((topic: string) => void) | undefined;
}

/** One filter on the wire, shared by all who listen to it. */
export interface Subscription {
  readonly text: string;
  readonly filter: TopicFilter;
  readonly listeners: Set<ChangeListener>;
  readonly streamListeners: Set<StreamListener>;
  /** The topics it matches that are known. */
  readonly slots: Set<Slot>;
  phase: SubscriptionPhase;
  /** The fastest that any listener wants; `null`: every change. */
  rate: Rate | null;
  /** That of the newest request on this connection; `undefined`: none, or it failed. */
  askedRate: Rate | null | undefined;
  rateTrial: RateTrial;
  /** It was synced once, so the marks speak for its topics. */
  isResumable: boolean;
  /** The filters that were in force when it was synced, and have been since: the marks speak for no other topics. */
  effective: readonly string[];
  /** Those that its request was granted last, and that have been in force since. */
  granted: readonly string[];
  /** What the server said last of the filters in force, here or for all subscriptions. */
  inForce: readonly string[];
  /** Grows with each change, for those who keep something computed from it. */
  version: number;
  /** Stops the end that is near because nobody listens any more. */
  cancelLinger: (() => void) | null;
  /** Stops the change to a lower rate that is near. */
  cancelSlowing: (() => void) | null;
}

/** Of a subscription that no server was asked for yet. */
export const UNASKED = {
  phase: 'wanted',
  askedRate: undefined,
  rateTrial: 'shared',
  isResumable: false,
  effective: [],
  granted: [],
  inForce: [],
} as const satisfies Partial<Subscription>;

/** Throws a `RangeError` for a filter that is not valid: a mistake in the caller's code. */
export function createSubscription(text: string, rate: Rate | null): Subscription {
  const parsed = parseTopicFilter(text);
  if (!parsed.ok) throw new RangeError(`topic filter ${JSON.stringify(text)} ${parsed.error}`);
  return {
    text,
    filter: parsed.filter,
    listeners: new Set(),
    streamListeners: new Set(),
    slots: new Set(),
    ...UNASKED,
    rate,
    version: 0,
    cancelLinger: null,
    cancelSlowing: null,
  };
}

export const hasListeners = (subscription: Subscription): boolean =>
  subscription.listeners.size > 0 || subscription.streamListeners.size > 0;

/** The rate to ask for: what the listeners want, unless the server refuses it one. */
export const rateOf = ({ rate, rateTrial }: Subscription): Rate | null =>
  rateTrial === 'refused' ? null : rate;

/** For comparing; no rate is the fastest. */
export const speedOf = (rate: Rate | null): number => rate ?? Number.MAX_VALUE;

/** What the listeners want together; entries of streams come as they are. */
export function fastestRate({ listeners, streamListeners }: Subscription): Rate | null {
  if (streamListeners.size > 0) return null;
  let fastest: Rate | null = null;
  for (const { rate } of listeners) {
    if (rate === null) return null;
    if (fastest === null || rate > fastest) fastest = rate;
  }
  return fastest;
}
