import type { Rate, TopicKind } from '@ms5/wire';
import type { Freshness, StoreOptions, TopicStore, TopicView } from '../types.ts';
import type { Registry } from './registry.ts';
import type { Slot, Subscription } from './subscription.ts';
import { positionOf, type Topic } from './topic.ts';

export interface StoreParts {
  readonly registry: Registry;
  readonly isLive: () => boolean;
  /** The first connection is on its way, and not for long: nothing is lost yet. */
  readonly isArriving: () => boolean;
}

export interface Stores {
  single<T>(kind: TopicKind, topic: string, options?: StoreOptions): TopicStore<T>;
  /** Every topic of the kind that the filter matches. */
  many<T>(
    kind: TopicKind,
    filter: string,
    options?: StoreOptions,
  ): TopicStore<ReadonlyMap<string, TopicView<T>>>;
}

/** Stores are handles: what they show is the registry's. The same call gives the same handle. */
export function createStores(parts: StoreParts): Stores {
  const handles = new Map<string, TopicStore<unknown>>();

  function handle<T>(key: string, create: () => TopicStore<T>): TopicStore<T> {
    const known = handles.get(key);
    if (known !== undefined) return known as TopicStore<T>;
    const created = create();
    handles.set(key, created);
    return created;
  }

  return {
    single: (kind, topic, { rate = null } = {}) =>
      handle(`${kind} ${rate} ${topic}`, () => singleStore(parts, kind, topic, rate)),
    many: (kind, filter, { rate = null } = {}) =>
      handle(`all ${kind} ${rate} ${filter}`, () => manyStore(parts, kind, filter, rate)),
  };
}

function singleStore<T>(
  options: StoreParts,
  kind: TopicKind,
  topic: string,
  rate: Rate | null,
): TopicStore<T> {
  const { registry } = options;
  let absent: TopicView<unknown> | null = null;
  return {
    get() {
      const slot = registry.find(topic);
      if (slot !== undefined && slot.topic.kind === kind) return viewOf(slot, options) as TopicView<T>;
      const freshness = absentFreshness(options, registry.subscription(topic));
      if (absent?.freshness !== freshness)
        absent = { topic, kind, lane: null, freshness, value: EMPTY[kind], position: null, at: null };
      return absent as TopicView<T>;
    },
    subscribe: (listener) => registry.listen(topic, listener, rate),
  };
}

function manyStore<T>(
  options: StoreParts,
  kind: TopicKind,
  filter: string,
  rate: Rate | null,
): TopicStore<ReadonlyMap<string, TopicView<T>>> {
  type View = TopicView<ReadonlyMap<string, TopicView<T>>>;
  const { registry } = options;
  let cached: View | null = null;
  let cachedFor: Subscription | undefined;
  let cachedVersion = -1;

  function build(subscription: Subscription | undefined): View {
    const views: TopicView<T>[] = [];
    for (const slot of subscription?.slots ?? []) {
      if (slot.topic.kind === kind) views.push(viewOf(slot, options) as TopicView<T>);
    }
    views.sort((a, b) => (a.topic < b.topic ? -1 : 1));
    const freshness = combinedFreshness(options, subscription, views.length);
    // What changed was of another kind, or looks the same.
    const value = cached !== null && hasSame(cached.value, views) ? cached.value : byTopic(views);
    if (cached !== null && cached.value === value && cached.freshness === freshness) return cached;
    return { topic: filter, kind, lane: null, freshness, value, position: null, at: newestAt(views) };
  }

  return {
    get() {
      const subscription = registry.subscription(filter);
      // Without a subscription nothing tells when the view is out of date.
      const isCurrent = subscription !== undefined && cachedFor === subscription;
      if (cached !== null && isCurrent && cachedVersion === subscription.version) return cached;
      cached = build(subscription);
      cachedFor = subscription;
      cachedVersion = subscription?.version ?? -1;
      return cached;
    },
    subscribe: (listener) => registry.listen(filter, listener, rate),
  };
}

type Views<T> = readonly TopicView<T>[];

const byTopic = <T>(views: Views<T>): ReadonlyMap<string, TopicView<T>> =>
  new Map(views.map((view) => [view.topic, view]));

const hasSame = <T>(known: ReadonlyMap<string, TopicView<T>>, views: Views<T>): boolean =>
  known.size === views.length && views.every((view) => known.get(view.topic) === view);

const newestAt = <T>(views: Views<T>): number | null =>
  views.reduce<number | null>((newest, { at }) => ((at ?? 0) > (newest ?? 0) ? at : newest), null);

function viewOf(slot: Slot, options: StoreParts): TopicView<unknown> {
  if (slot.view !== null) return slot.view;
  const { topic } = slot;
  slot.content ??= { value: VALUE_OF[topic.kind](topic) };
  slot.view = {
    topic: topic.name,
    kind: topic.kind,
    lane: topic.lane,
    freshness: topicFreshness(topic, options.isLive()),
    value: slot.content.value,
    position: positionOf(topic),
    at: topic.at,
  };
  return slot.view;
}

function topicFreshness(topic: Topic, isLive: boolean): Freshness {
  if (!isLive) return topic.epoch === '' ? 'lost' : 'stale';
  return topic.isCurrent && topic.loading === null ? 'live' : 'recovering';
}

function absentFreshness(options: StoreParts, subscription: Subscription | undefined): Freshness {
  if (!options.isLive()) return options.isArriving() ? 'recovering' : 'lost';
  // Not asked for yet: it will be once somebody listens.
  if (subscription === undefined) return 'recovering';
  return subscription.phase === 'synced' || subscription.phase === 'refused' ? 'lost' : 'recovering';
}

function combinedFreshness(
  options: StoreParts,
  subscription: Subscription | undefined,
  count: number,
): Freshness {
  if (options.isLive() && subscription?.phase === 'synced') return 'live';
  if (!options.isLive() && count > 0) return 'stale';
  return absentFreshness(options, subscription);
}

/** Of a topic that is not there; the same object each time. */
const EMPTY: Readonly<Record<TopicKind, unknown>> = {
  record: {},
  collection: new Map(),
  signal: undefined,
  stream: undefined,
};

const VALUE_OF: Readonly<Record<TopicKind, (topic: Topic) => unknown>> = {
  record: ({ values }) => Object.fromEntries(values),
  collection: ({ values }) => new Map(values),
  signal: ({ values }) => values.get(''),
  stream: () => undefined,
};
