import { matchesTopic, type TopicFilter } from '@ms5/wire';
import type { Batch } from '../delivery/batch.ts';
import type { Topic } from './topic.ts';

/** Topics that are delivered together. */
export interface TopicSet {
  readonly topics: Set<Topic>;
  /** By slot: offset of the newest change that is due to be sent, 0 at first. */
  readonly heads: number[];
  /** By slot: the topics of that lane and log; built when needed. */
  lists: Map<number, readonly Topic[]> | null;
  /** Batches built in the present round. */
  readonly batches: Map<string, Batch>;
}

/**
 * A set of filters and the topics they match. Sessions with the same filters share one, and with it the batches
 * built for it; so what fan-out costs does not grow with filters.
 */
export interface Interest<Session> extends TopicSet {
  readonly key: string;
  readonly filters: readonly TopicFilter[];
  readonly sessions: Set<Session>;
}

/** Finds interests by topic and topics by interest. */
export interface Interests<Session> {
  /** The interest with these filters, in any order; made when there is none. */
  acquire(filters: readonly TopicFilter[], session: Session): Interest<Session>;
  /** The session no longer has the interest. */
  release(interest: Interest<Session>, session: Session): void;
  of(topic: Topic): Iterable<Interest<Session>>;
  add(topic: Topic): void;
  drop(topic: Topic): void;
  count(): number;
}

interface FilterUse<Session> {
  readonly filter: TopicFilter;
  readonly topics: Set<Topic>;
  readonly interests: Set<Interest<Session>>;
}

const NONE: ReadonlySet<never> = new Set();

export function createInterests<Session>(allTopics: () => Iterable<Topic>): Interests<Session> {
  const interests = new Map<string, Interest<Session>>();
  const uses = new Map<string, FilterUse<Session>>();
  const byTopic = new Map<Topic, Set<Interest<Session>>>();

  function useFilter(filter: TopicFilter): FilterUse<Session> {
    const known = uses.get(filter.text);
    if (known !== undefined) return known;
    const topics = new Set<Topic>();
    for (const topic of allTopics()) if (matchesTopic(filter, topic.name)) topics.add(topic);
    const use: FilterUse<Session> = { filter, topics, interests: new Set() };
    uses.set(filter.text, use);
    return use;
  }

  function link(interest: Interest<Session>, topic: Topic): void {
    interest.topics.add(topic);
    interest.lists = null;
    const linked = byTopic.get(topic);
    if (linked === undefined) byTopic.set(topic, new Set([interest]));
    else linked.add(interest);
  }

  function unlink(interest: Interest<Session>, topic: Topic): void {
    const linked = byTopic.get(topic);
    linked?.delete(interest);
    if (linked?.size === 0) byTopic.delete(topic);
  }

  function create(key: string, filters: readonly TopicFilter[]): Interest<Session> {
    const interest: Interest<Session> = {
      key,
      filters,
      topics: new Set(),
      sessions: new Set(),
      heads: [],
      lists: null,
      batches: new Map(),
    };
    for (const filter of filters) {
      const use = useFilter(filter);
      use.interests.add(interest);
      for (const topic of use.topics) link(interest, topic);
    }
    for (const topic of interest.topics)
      interest.heads[topic.slot] = Math.max(interest.heads[topic.slot] ?? 0, topic.head);
    interests.set(key, interest);
    return interest;
  }

  function discard(interest: Interest<Session>): void {
    interests.delete(interest.key);
    for (const topic of interest.topics) unlink(interest, topic);
    for (const { text } of interest.filters) {
      const use = uses.get(text);
      use?.interests.delete(interest);
      if (use?.interests.size === 0) uses.delete(text);
    }
  }

  return {
    acquire(filters, session) {
      const distinct = new Map(filters.map((filter) => [filter.text, filter]));
      const texts = [...distinct.keys()].sort();
      // A filter has no control characters, so a line break keeps them apart.
      const key = texts.join('\n');
      const interest = interests.get(key) ?? create(key, [...distinct.values()]);
      interest.sessions.add(session);
      return interest;
    },
    release(interest, session) {
      interest.sessions.delete(session);
      if (interest.sessions.size === 0) discard(interest);
    },
    of: (topic) => byTopic.get(topic) ?? NONE,
    add(topic) {
      for (const use of uses.values()) {
        if (!matchesTopic(use.filter, topic.name)) continue;
        use.topics.add(topic);
        for (const interest of use.interests) link(interest, topic);
      }
    },
    drop(topic) {
      for (const interest of byTopic.get(topic) ?? NONE) {
        interest.topics.delete(topic);
        interest.lists = null;
      }
      byTopic.delete(topic);
      for (const use of uses.values()) use.topics.delete(topic);
    },
    count: () => interests.size,
  };
}

/** The interest's topics in one lane of one log. */
export function topicsOfSlot(interest: TopicSet, slot: number): readonly Topic[] {
  interest.lists ??= Map.groupBy(interest.topics, (topic) => topic.slot);
  return interest.lists.get(slot) ?? [];
}
