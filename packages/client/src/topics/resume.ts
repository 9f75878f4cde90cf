import { LIMITS, type ClientMessage, type Resume } from '@ms5/wire';
import type { Marks } from './marks.ts';
import { positionOf } from './topic.ts';
import type { Subscription } from './subscription.ts';

/** What one request may hold, so that it stays below `LIMITS.messageBytes` though some characters are escaped. */
const REQUEST_CHARACTERS = LIMITS.messageBytes / 2.5;
/** Characters of `{"epoch":"…","offset":…}` with its key, besides the topic and the epoch. */
const POSITION_CHARACTERS = 48;

type Positions = Record<string, { epoch: string; offset: number }>;

interface Draft {
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
  const toRequest = (draft: Draft, list: Resume['marks']): SubscribeRequest => {
    const filters = draft.subscriptions.map((subscription) => subscription.text);
    const hasResume = list.length > 0 || Object.keys(draft.topics).length > 0;
    const message = {
      type: 'subscribe' as const,
      id: nextId(),
      filters,
      ...(hasResume ? { resume: { marks: list, topics: draft.topics } } : {}),
    };
    return { subscriptions: draft.subscriptions, message };
  };
  return [
    ...draftRequests(resumable, marks).map((draft) => toRequest(draft, marks.list())),
    ...draftRequests(others, null).map((draft) => toRequest(draft, [])),
  ];
}

/** `marks`: topics that stand at their lane's mark need no position of their own. */
function draftRequests(subscriptions: readonly Subscription[], marks: Marks | null): readonly Draft[] {
  const drafts: Draft[] = [];
  let draft: Draft | null = null;
  for (const subscription of subscriptions) {
    const positions = positionsOf(subscription, marks);
    const size = subscription.text.length + sizeOf(positions);
    const isFull =
      draft !== null &&
      (draft.size + size > REQUEST_CHARACTERS || draft.subscriptions.length >= LIMITS.filtersPerRequest);
    if (draft === null || isFull) {
      draft = { subscriptions: [], topics: {}, size: 0 };
      drafts.push(draft);
    }
    draft.subscriptions.push(subscription);
    draft.size += size;
    Object.assign(draft.topics, positions);
  }
  return drafts;
}

/**
 * Positions that the marks don't tell. A topic behind its mark is brought there: nothing lay between. When there
 * are too many, those left out are sent from the mark again, and what is known already is skipped.
 */
function positionsOf({ slots }: Subscription, marks: Marks | null): Positions {
  const positions: Positions = {};
  let size = 0;
  // Streams first: what is left out of a state comes as a snapshot, what is left out of a stream is lost.
  const topics = [...slots].map(({ topic }) => topic);
  topics.sort((a, b) => Number(b.kind === 'stream') - Number(a.kind === 'stream'));
  for (const topic of topics) {
    const position = positionOf(topic);
    if (position === null || topic.isVoid) continue;
    const marked = marks?.offsetFor(topic) ?? 0;
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
