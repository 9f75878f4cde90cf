import { matchesTopic, RATES, type Rate, type TopicFilter } from '@ms5/wire';
import type { Batch } from '../delivery/batch.ts';
import { CRITICAL, laneOfSlot, type Log } from './log.ts';
import type { Topic } from './topic.ts';

/** A filter and how often its topics may change for whoever asked for it; 0: at once. */
interface RatedFilter {
  readonly filter: TopicFilter;
  readonly rate: Rate | 0;
}

/** How many flows there can be: the live one, and one per rate. */
export const FLOW_RATES: readonly (Rate | 0)[] = [0, ...RATES];

/** Topics that are delivered together: those of an interest that have the same rate. */
export interface TopicSet {
  /** Index in `FLOW_RATES`: 0 is live; among several filters of a topic the lowest counts. */
  readonly flow: number;
  readonly topics: Set<Topic>;
  /** By slot: offset of the newest change that is due to be sent, 0 at first. */
  readonly heads: number[];
  /** By slot: offset of the newest change that the next tick makes due; of flows with a rate only. */
  readonly waiting: number[];
  /** By slot: the topics of that lane and log; built when needed. */
  lists: Map<number, readonly Topic[]> | null;
  /** By slot: the newest change of all and the log's head when that was found; built when needed. */
  newest: Map<number, { readonly head: number; readonly offset: number }> | null;
  /** Batches built in the present round. */
  readonly batches: Map<string, Batch>;
}

/** A topic set with whoever has it. */
export interface SharedTopicSet<Session> extends TopicSet {
  readonly sessions: Set<Session>;
}

/**
 * Filters with their rates and the topics they match, by flow. Sessions with the same share one, and with it the
 * batches built for it; so what fan-out costs does not grow with filters.
 */
export interface Interest<Session> {
  readonly key: string;
  readonly filters: readonly RatedFilter[];
  readonly sessions: Set<Session>;
  /** The live flow first, then those of the rates that were asked for, the fastest first. */
  readonly flows: readonly SharedTopicSet<Session>[];
}

/** Finds interests by topic and topics by interest. */
export interface Interests<Session> {
  /** The interest with these filters, in any order; made when there is none. */
  acquire(filters: readonly RatedFilter[], session: Session): Interest<Session>;
  /** The session no longer has the interest. */
  release(interest: Interest<Session>, session: Session): void;
  of(topic: Topic): Iterable<SharedTopicSet<Session>>;
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
  const byTopic = new Map<Topic, Set<SharedTopicSet<Session>>>();

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
    const set = flowOf(interest, topic);
    if (set === undefined || set.topics.has(topic)) return;
    set.topics.add(topic);
    forgetLists(set);
    const linked = byTopic.get(topic);
    if (linked === undefined) byTopic.set(topic, new Set([set]));
    else linked.add(set);
  }

  function unlink(set: SharedTopicSet<Session>, topic: Topic): void {
    const linked = byTopic.get(topic);
    linked?.delete(set);
    if (linked?.size === 0) byTopic.delete(topic);
  }

  function create(key: string, filters: readonly RatedFilter[]): Interest<Session> {
    const sessions = new Set<Session>();
    const rates = new Set<Rate | 0>([0, ...filters.map(({ rate }) => rate)]);
    const flows = FLOW_RATES.flatMap((rate, flow) => (rates.has(rate) ? [createSet(flow, sessions)] : []));
    const interest: Interest<Session> = { key, filters, sessions, flows };
    for (const { filter } of filters) {
      const use = useFilter(filter);
      use.interests.add(interest);
      for (const topic of use.topics) link(interest, topic);
    }
    for (const { topics, heads } of flows)
      for (const { slot, head } of topics) heads[slot] = Math.max(heads[slot] ?? 0, head);
    interests.set(key, interest);
    return interest;
  }

  function discard(interest: Interest<Session>): void {
    interests.delete(interest.key);
    for (const set of interest.flows) for (const topic of set.topics) unlink(set, topic);
    for (const { filter } of interest.filters) {
      const use = uses.get(filter.text);
      use?.interests.delete(interest);
      if (use?.interests.size === 0) uses.delete(filter.text);
    }
  }

  return {
    acquire(filters, session) {
      const distinct = fastestByText(filters);
      // A filter has no control characters, so a line break keeps them apart.
      const key = distinct
        .map(({ filter, rate }) => `${filter.text}${rate === 0 ? '' : `\t${rate}`}`)
        .sort()
        .join('\n');
      const interest = interests.get(key) ?? create(key, distinct);
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
      for (const set of byTopic.get(topic) ?? NONE) {
        set.topics.delete(topic);
        forgetLists(set);
      }
      byTopic.delete(topic);
      for (const use of uses.values()) use.topics.delete(topic);
    },
    count: () => interests.size,
  };
}

function createSet<Session>(flow: number, sessions: Set<Session>): SharedTopicSet<Session> {
  return {
    flow,
    topics: new Set(),
    heads: [],
    waiting: [],
    lists: null,
    newest: null,
    batches: new Map(),
    sessions,
  };
}

function forgetLists(set: TopicSet): void {
  set.lists = null;
  set.newest = null;
}

/** Each filter once, with the fastest rate asked for it. */
function fastestByText(filters: readonly RatedFilter[]): readonly RatedFilter[] {
  const distinct = new Map<string, RatedFilter>();
  for (const rated of filters) {
    const known = distinct.get(rated.filter.text);
    if (known === undefined || isFaster(rated.rate, known.rate)) distinct.set(rated.filter.text, rated);
  }
  return [...distinct.values()];
}

function isFaster(rate: Rate | 0, than: Rate | 0): boolean {
  return FLOW_RATES.indexOf(rate) < FLOW_RATES.indexOf(than);
}

/** Every entry of a stream is sent, and what is critical does not wait: they know no rate. */
export function isRatable({ kind, slot }: Topic): boolean {
  return kind !== 'stream' && laneOfSlot(slot) !== CRITICAL;
}

/** The interest's flow that a topic matched by one of its filters belongs to. */
function flowOf<Session>(interest: Interest<Session>, topic: Topic): SharedTopicSet<Session> | undefined {
  const { flows, filters } = interest;
  if (flows.length === 1 || !isRatable(topic)) return flows[0];
  let fastest: Rate | 0 | null = null;
  for (const { filter, rate } of filters)
    if (matchesTopic(filter, topic.name) && (fastest === null || isFaster(rate, fastest))) fastest = rate;
  return flows.find(({ flow }) => FLOW_RATES[flow] === fastest);
}

/** Whether one of the interest's filters matches the topic. */
export function hasTopic(interest: Interest<unknown> | null, topic: Topic): boolean {
  return interest !== null && interest.flows.some(({ topics }) => topics.has(topic));
}

/** The interest's topics, of all flows. */
export function topicsOf(interest: Interest<unknown> | null): readonly Topic[] {
  return interest === null ? [] : interest.flows.flatMap(({ topics }) => [...topics]);
}

/** The set's topics in one lane of one log. */
export function topicsOfSlot(set: TopicSet, slot: number): readonly Topic[] {
  set.lists ??= Map.groupBy(set.topics, (topic) => topic.slot);
  return set.lists.get(slot) ?? [];
}

/** Offset of the newest change of the set's topics in the slot, whether it is due or not; 0: there is none. */
export function newestOf(set: TopicSet, slot: number, log: Log): number {
  set.newest ??= new Map();
  const known = set.newest.get(slot);
  if (known !== undefined && known.head === log.head) return known.offset;
  let offset = 0;
  for (const { head } of topicsOfSlot(set, slot)) offset = Math.max(offset, head);
  set.newest.set(slot, { head: log.head, offset });
  return offset;
}
