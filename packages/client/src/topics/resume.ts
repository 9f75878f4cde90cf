import { LIMITS, topicMatcher, type ClientMessage, type Rate, type Resume } from '@ms5/wire';
import type { Marks } from './marks.ts';
import { positionOf } from './topic.ts';
import { rateOf, speedOf, type Subscription } from './subscription.ts';

/** What one request may hold, so that it stays below `LIMITS.messageBytes` though some characters are escaped. */
const REQUEST_CHARACTERS = LIMITS.messageBytes / 2.5;
/** Characters of `{"epoch":"…","offset":…}` with its key, besides the topic and the epoch. */
const POSITION_CHARACTERS = 48;

type Positions = Record<string, { epoch: string; offset: number }>;

interface Draft {
  readonly rate: Rate | null;
  /** No other filter may come to it. */
  readonly isAlone: boolean;
  readonly subscriptions: Subscription[];
  readonly topics: Positions;
  size: number;
}

export interface SubscribeRequest {
  readonly subscriptions: readonly Subscription[];
  readonly message: Extract<ClientMessage, { readonly type: 'subscribe' }>;
}

/** The requests that bring all `wanted` subscriptions up to date from where they stand. */
export function buildRequests(
  wanted: readonly Subscription[],
  marks: Marks,
  nextId: () => number,
): readonly SubscribeRequest[] {
  const resumable = wanted.filter((subscription) => subscription.isResumable);
  const others = wanted.filter((subscription) => !subscription.isResumable);
  const effective = new Set(resumable.flatMap((subscription) => subscription.effective));
  const isMarked = topicMatcher([...effective]);
  const toRequest = (draft: Draft, list: Resume['marks']): SubscribeRequest => {
    const filters = draft.subscriptions.map((subscription) => subscription.text);
    const hasResume = list.length > 0 || Object.keys(draft.topics).length > 0;
    const message = {
      type: 'subscribe' as const,
      id: nextId(),
      filters,
      ...(draft.rate === null ? {} : { rate: draft.rate }),
      ...(hasResume
        ? { resume: { marks: list, topics: draft.topics, ...narrowed(draft, list, effective) } }
        : {}),
    };
    return { subscriptions: draft.subscriptions, message };
  };
  return [
    ...draftRequests(resumable, (subscription) => positionsOf(subscription, marks, isMarked)).map((draft) =>
      toRequest(draft, marks.list()),
    ),
    ...draftRequests(others, (subscription) => positionsOf(subscription, null, isMarked)).map((draft) =>
      toRequest(draft, []),
    ),
  ];
}

/** What the marks speak for, where it is not all of the filters: permissions may have become wider meanwhile. */
function narrowed(
  { subscriptions }: Draft,
  list: Resume['marks'],
  effective: ReadonlySet<string>,
): { readonly filters?: readonly string[] } {
  if (list.length === 0 || subscriptions.every(({ text }) => effective.has(text))) return {};
  let room = REQUEST_CHARACTERS / 2;
  // What is left out is sent whole.
  const told = [...effective].slice(0, LIMITS.filtersPerRequest);
  return { filters: told.filter(({ length }) => (room -= length) > 0) };
}

/** Divides subscriptions by rate and by what fits into a message. */
function draftRequests(
  subscriptions: readonly Subscription[],
  positionsFor: (subscription: Subscription) => Positions,
): readonly Draft[] {
  const drafts: Draft[] = [];
  let draft: Draft | null = null;
  for (const subscription of byRate(subscriptions)) {
    const rate = rateOf(subscription);
    const positions = positionsFor(subscription);
    const isAlone = rate !== null && subscription.rateTrial === 'alone';
    const size = subscription.text.length + sizeOf(positions);
    const hasRoom =
      draft !== null &&
      draft.rate === rate &&
      !isAlone &&
      !draft.isAlone &&
      draft.size + size <= REQUEST_CHARACTERS &&
      draft.subscriptions.length < LIMITS.filtersPerRequest;
    if (draft === null || !hasRoom) {
      draft = { rate, isAlone, subscriptions: [], topics: {}, size: 0 };
      drafts.push(draft);
    }
    draft.subscriptions.push(subscription);
    draft.size += size;
    Object.assign(draft.topics, positions);
  }
  return drafts;
}

/** Requests that change the rate of filters in force: what the client has of them is not sent again. */
export function buildRateChanges(
  subscriptions: readonly Subscription[],
  nextId: () => number,
): readonly SubscribeRequest[] {
  // Nothing is to be resumed, so none has a position to tell.
  return draftRequests(subscriptions, () => ({})).map(({ subscriptions: some, rate }) => {
    const filters = some.map(({ text }) => text);
    const message = { type: 'subscribe' as const, id: nextId(), filters };
    return { subscriptions: some, message: rate === null ? message : { ...message, rate } };
  });
}

/** The fastest first; otherwise in their order. */
const byRate = (subscriptions: readonly Subscription[]): readonly Subscription[] =>
  [...subscriptions].sort((a, b) => speedOf(rateOf(b)) - speedOf(rateOf(a)));

/**
 * Positions that the marks don't tell; `null`: marks speak for nothing here. A topic behind its mark is brought there:
 * nothing lay between. When there are too many, those left out are sent from the mark again, and what is known already
 * is skipped.
 */
function positionsOf(
  { slots }: Subscription,
  marks: Marks | null,
  isMarked: (topic: string) => boolean,
): Positions {
  const positions: Positions = {};
  let size = 0;
  // Streams first: what is left out of a state comes as a snapshot, what is left out of a stream is lost.
  const topics = [...slots].map(({ topic }) => topic);
  topics.sort((a, b) => Number(b.kind === 'stream') - Number(a.kind === 'stream'));
  for (const topic of topics) {
    const position = positionOf(topic);
    if (position === null || topic.isVoid) continue;
    const marked = marks !== null && isMarked(topic.name) ? marks.offsetFor(topic) : 0;
    if (marked >= position.offset && marked > 0) {
      topic.offset = marked;
      continue;
    }
    size += topic.name.length + position.epoch.length + POSITION_CHARACTERS;
    if (size > REQUEST_CHARACTERS) break;
    positions[topic.name] = { epoch: position.epoch, offset: position.offset };
  }
  return positions;
}

function sizeOf(positions: Positions): number {
  let size = 0;
  for (const [name, { epoch }] of Object.entries(positions))
    size += name.length + epoch.length + POSITION_CHARACTERS;
  return size;
}
