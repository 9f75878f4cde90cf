import type { TopicKind } from '@ms5/wire';
import type { Freshness, TopicStore, TopicView } from '../types.ts';
import type { Registry } from './registry.ts';
import type { Slot, Subscription } from './subscription.ts';
import { positionOf, type Topic } from './topic.ts';

export interface StoreOptions {
  readonly registry: Registry;
  readonly isLive: () => boolean;
  /** The first connection is on its way, and not for long: nothing is lost yet. */
  readonly isArriving: () => boolean;
}

export interface Stores {
  single<T>(kind: TopicKind, topic: string): TopicStore<T>;
  /** Every topic of the kind that the filter matches. */
  many<T>(kind: TopicKind, filter: string): TopicStore<ReadonlyMap<string, TopicView<T>>>;
}

/** Stores are handles: what they show is the registry's. The same call gives the same handle. */
export function createStores(options: StoreOptions): Stores {
  const handles = new Map<string, TopicStore<unknown>>();

  function handle<T>(key: string, create: () => TopicStore<T>): TopicStore<T> {
    const known = handles.get(key);
    if (known !== undefined) return known as TopicStore<T>;
    const created = create();
    handles.set(key, created);
    return created;
  }

  return {
    single: (kind, topic) => handle(`${kind} ${topic}`, () => singleStore(options, kind, topic)),
    many: (kind, filter) => handle(`all ${kind} ${filter}`, () => manyStore(options, kind, filter)),
  };
}

function singleStore<T>(options: StoreOptions, kind: TopicKind, topic: string): TopicStore<T> {
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
    subscribe: (listener) => registry.listen(topic, listener),
  };
}

function manyStore<T>(
  options: StoreOptions,
  kind: TopicKind,
  filter: string,
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
    return {
      topic: filter,
      kind,
      lane: null,
      freshness: combinedFreshness(options, subscription, views.length),
      value: new Map(views.map((view) => [view.topic, view])),
      position: null,
      at: views.reduce<number | null>((newest, { at }) => ((at ?? 0) > (newest ?? 0) ? at : newest), null),
    };
  }

  return {
    get() {
      const subscription = registry.subscription(filter);
      const isSame = cachedFor === subscription && cachedVersion === (subscription?.version ?? -1);
      if (cached !== null && isSame && subscription !== undefined) return cached;
      const next = build(subscription);
      // Without a subscription nothing tells when it changes: kept as long as it would look the same.
      if (cached !== null && isSame && cached.freshness === next.freshness) return cached;
      cached = next;
      cachedFor = subscription;
      cachedVersion = subscription?.version ?? -1;
      return next;
    },
    subscribe: (listener) => registry.listen(filter, listener),
  };
}

function viewOf(slot: Slot, options: StoreOptions): TopicView<unknown> {
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

function absentFreshness(options: StoreOptions, subscription: Subscription | undefined): Freshness {
  if (!options.isLive()) return options.isArriving() ? 'recovering' : 'lost';
  // Not asked for yet: it will be once somebody listens.
  if (subscription === undefined) return 'recovering';
  return subscription.phase === 'synced' || subscription.phase === 'refused' ? 'lost' : 'recovering';
}

function combinedFreshness(
  options: StoreOptions,
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
