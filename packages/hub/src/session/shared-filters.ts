import { parseTopicFilter, permitFilter, validFilters, type Rate, type TopicFilter } from '@ms5/wire';

/** What came of one requested filter. `rate` 0: live. Shared: not to be changed. */
export interface Subscription {
  /** As it was requested. */
  readonly text: string;
  readonly filters: readonly TopicFilter[];
  readonly rate: Rate | 0;
}

/**
 * Filters in their parsed form, which takes ten times the text: sessions that hold the same ones share them. What is
 * not found is parsed again, so that it may be forgotten at any time.
 */
export interface SharedFilters {
  /** The valid ones of these texts, parsed. The same list for the same texts. */
  listOf(texts: readonly string[]): readonly TopicFilter[];
  /** What remains of a requested filter where these are permitted; a text says what is wrong with it. */
  subscription(text: string, permitted: readonly TopicFilter[], rate: Rate | 0): Subscription | string;
}

/** Lists and subscriptions kept; past it all are forgotten. */
const KEPT = 4_096;

export function createSharedFilters(kept = KEPT): SharedFilters {
  let lists = new Map<string, readonly TopicFilter[]>();
  let subscriptions = new WeakMap<readonly TopicFilter[], Map<string, Subscription>>();
  let count = 0;

  function makeRoom(): void {
    count += 1;
    if (count <= kept) return;
    count = 1;
    lists = new Map();
    subscriptions = new WeakMap();
  }

  return {
    listOf(texts) {
      const key = JSON.stringify(texts);
      const known = lists.get(key);
      if (known !== undefined) return known;
      makeRoom();
      const list = validFilters(texts).slice();
      lists.set(key, list);
      return list;
    },
    subscription(text, permitted, rate) {
      const key = `${rate} ${text}`;
      const known = subscriptions.get(permitted)?.get(key);
      if (known !== undefined) return known;
      const parsed = parseTopicFilter(text);
      if (!parsed.ok) return parsed.error;
      makeRoom();
      const subscription = { text, filters: permitFilter(parsed.filter, permitted).slice(), rate };
      const byKey = subscriptions.get(permitted) ?? new Map<string, Subscription>();
      subscriptions.set(permitted, byKey.set(key, subscription));
      return subscription;
    },
  };
}
