import {
  LANES,
  LIMITS,
  matchesTopic,
  type Mark,
  type Rate,
  type SubscribedMessage,
  type TopicFilter,
} from '@ms5/wire';
import { FRESH } from '../delivery/catch-up.ts';
import {
  advanceAll,
  awaitBehind,
  forgetAllBehind,
  forgetBehind,
  setBehind,
  setFlows,
  type Delivery,
  type Waiter,
} from '../delivery/delivery.ts';
import type { Reply } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import { hasTopic, isRatable, topicsOf } from '../topics/interests.ts';
import { slotOf } from '../topics/log.ts';
import type { Topic } from '../topics/topic.ts';
import { errorReply, serveBehindReplies } from './outbound.ts';
import { judgePositions, startOf, type Positions } from './resume.ts';
import { NONE, type Session } from './session.ts';
import type { Subscription } from './shared-filters.ts';

interface SubscribeRequest {
  readonly id: number;
  readonly filters: readonly string[];
  readonly rate?: Rate;
  readonly resume?: Parameters<typeof judgePositions>[0];
  readonly batch?: boolean;
}

/** Subscribes, and sends the answer with what there is room for. Returns the error to answer with, if any. */
export function subscribe(core: HubCore, session: Session, request: SubscribeRequest): Reply | null {
  const { id } = request;
  const { rate = 0 } = request;
  const effective = new Map<string, Subscription>();
  for (const [index, text] of request.filters.entries()) {
    const subscription = core.filters.subscription(text, session.permitted, rate);
    if (typeof subscription === 'string')
      return errorReply('invalidFilter', { id, message: `filters[${index}]: ${subscription}` });
    if (subscription.filters.length > 0) effective.set(subscription.text, subscription);
  }
  if (effective.size === 0) return errorReply('forbidden', { id });
  const total =
    session.subscriptions.size +
    [...effective.keys()].filter((text) => !session.subscriptions.has(text)).length;
  if (total > LIMITS.subscriptionsPerSession) return errorReply('tooManySubscriptions', { id });

  const { delivery, endpoint } = session;
  const filters = [...new Set([...effective.values()].flatMap((subscription) => subscription.filters))];
  const positions = judgePositions(request.resume, core.store.logs);
  if (rate !== 0 && !positions.wasRecovering) {
    const unratable = findUnratable(core, filters);
    if (unratable !== undefined) return errorReply('rateRefused', { id, message: rateRefusal(unratable) });
  }
  if (request.batch === true) delivery.encoding = endpoint.encodings.batch;
  for (const [text, subscription] of effective) session.subscriptions.set(text, subscription);
  advanceCursors(core, delivery);
  const { added } = changeInterest(core, session);
  const first = startTopics(core, session, { id, filters, added, positions });
  serveBehindReplies(core, session, first, core.clock.now());
  return null;
}

/** A topic there is now that cannot be sent at a rate. One that appears later is sent live. */
function findUnratable(core: HubCore, filters: readonly TopicFilter[]): Topic | undefined {
  for (const topic of core.store.all())
    if (!topic.isRemoved && !isRatable(topic) && filters.some((filter) => matchesTopic(filter, topic.name)))
      return topic;
  return undefined;
}

function rateRefusal({ name, kind, lane }: Topic): string {
  const reason = kind === 'stream' ? 'is a stream, of which every entry is sent' : `is ${lane}`;
  return `"${name}" ${reason}: ask for it without a rate`;
}

interface Start {
  readonly id: number;
  readonly filters: readonly TopicFilter[];
  readonly added: readonly Topic[];
  readonly positions: Positions;
}

/** Makes exceptions of the topics that are new to the session; returns what is to be said before they come. */
function startTopics(
  core: HubCore,
  session: Session,
  { id, filters, added, positions }: Start,
): readonly Uint8Array[] {
  const { delivery, endpoint } = session;
  const synced = endpoint.encode({ type: 'synced', id });
  const waiter: Waiter = { remaining: 0, answer: synced };
  let isRecovered = positions.wasRecovering;
  for (const topic of added) {
    const state = startOf(topic, positions);
    if (state === null) continue;
    if (state.phase === 'fresh' && state.lostSince >= 0) isRecovered = false;
    waiter.remaining += 1;
    setBehind(delivery, topic, state, [waiter]);
  }
  const isMatched = (name: string): boolean => filters.some((filter) => matchesTopic(filter, name));
  awaitBehind(delivery, waiter, (topic) => isMatched(topic.name));
  const subscribed: SubscribedMessage = {
    type: 'subscribed',
    id,
    filters: filters.map((filter) => filter.text),
    wasRecovering: positions.wasRecovering,
    recovered: isRecovered,
    marks: takeStartMarks(core, delivery, positions),
    ...(positions.reset.size === 0 ? {} : { reset: [...positions.reset] }),
  };
  const first: Uint8Array[] = [];
  const reply = endpoint.encode(subscribed);
  if (reply !== null) first.push(reply);
  const vanished = Object.keys(positions.topics).filter(
    (name) => core.store.find(name) === undefined && isMatched(name),
  );
  for (const name of vanished) first.push(...delivery.encoding.gone(name, 'removed'));
  if (waiter.remaining === 0 && synced !== null) first.push(synced);
  return first;
}

/**
 * The marks the client does not have yet. Where topics are to be brought to their heads there is none to tell; and
 * while the client recovers from its own mark that one stands, so that losing the connection again loses nothing.
 */
function takeStartMarks(core: HubCore, delivery: Delivery, positions: Positions): readonly Mark[] {
  const { marks, reset } = positions;
  return core.store.logs.flatMap((log) =>
    LANES.flatMap((lane, index) => {
      const slot = slotOf(log, index);
      const before = delivery.marks[slot] ?? -1;
      const given = reset.has(log.id) ? undefined : marks.get(slot);
      const offset = startMark(delivery, slot, before, given);
      if (!log.isResumable || offset === before) return [];
      delivery.marks[slot] = offset;
      return [{ lane, log: log.id, epoch: log.epoch, offset }];
    }),
  );
}

function startMark(delivery: Delivery, slot: number, before: number, given: number | undefined): number {
  const isPending = delivery.behind.has(slot);
  if (given !== undefined && isPending) return before === -1 ? given : Math.min(before, given);
  return before === -1 && !isPending ? (delivery.live.cursors[slot] ?? 0) : before;
}

/** Brings every cursor to its log's head; what is due becomes exceptions. */
function advanceCursors(core: HubCore, delivery: Delivery): void {
  for (const log of core.store.logs)
    for (let lane = 0; lane < LANES.length; lane += 1) advanceAll(delivery, log, slotOf(log, lane));
}

interface InterestChange {
  readonly added: readonly Topic[];
  readonly removed: readonly Topic[];
  /** Answers that waited for removed topics only. */
  readonly answers: readonly Uint8Array[];
}

/** Makes the session's interest that of its subscriptions. */
function changeInterest(core: HubCore, session: Session): InterestChange {
  const { delivery, subscriptions } = session;
  const before = session.interest;
  const filters = [...subscriptions.values()].flatMap(({ filters: permitted, rate }) =>
    permitted.map((filter) => ({ filter, rate })),
  );
  const after = filters.length === 0 ? null : core.interests.acquire(filters, session);
  if (after === before) return { added: [], removed: [], answers: [] };
  session.interest = after;
  setFlows(delivery, after?.flows ?? []);
  const added = topicsOf(after).filter((topic) => !hasTopic(before, topic));
  const removed = topicsOf(before).filter((topic) => !hasTopic(after, topic));
  const answers = removed.flatMap((topic) => forgetBehind(delivery, topic));
  if (before !== null) core.interests.release(before, session);
  return { added, removed, answers };
}

/** Ends subscriptions by the filters they were asked for; unknown ones are passed over. */
export function unsubscribe(
  core: HubCore,
  session: Session,
  { id, filters }: { readonly id: number; readonly filters: readonly string[] },
): void {
  for (const text of filters) session.subscriptions.delete(text);
  advanceCursors(core, session.delivery);
  const { answers } = changeInterest(core, session);
  const reply = session.endpoint.encode({ type: 'unsubscribed', id, filters });
  serveBehindReplies(core, session, [...(reply === null ? [] : [reply]), ...answers], core.clock.now());
}

/** Matches all subscriptions with the session's permissions again. Returns the filters in force; `null`: as before. */
export function rematchSubscriptions(
  core: HubCore,
  { subscriptions, permitted }: Session,
): readonly string[] | null {
  const textsOf = (): readonly string[] => [
    ...new Set([...subscriptions.values()].flatMap(({ filters }) => filters.map(({ text }) => text))),
  ];
  const before = textsOf();
  for (const [text, { rate }] of subscriptions) {
    const subscription = core.filters.subscription(text, permitted, rate);
    subscriptions.set(text, typeof subscription === 'string' ? { text, filters: NONE, rate } : subscription);
  }
  const after = textsOf();
  return after.join('\n') === before.join('\n') ? null : after;
}

/** After `rematchSubscriptions`: tells what is gone, sends what is new. */
export function applyPermissions(core: HubCore, session: Session): void {
  const { delivery } = session;
  advanceCursors(core, delivery);
  const { added, removed, answers } = changeInterest(core, session);
  for (const topic of added) if (!topic.isRemoved) setBehind(delivery, topic, FRESH);
  const gone = removed
    .filter((topic) => !topic.isRemoved)
    .flatMap((topic) => delivery.encoding.gone(topic.name, 'forbidden'));
  const first = delivery.encoding.join([...gone, ...answers]);
  serveBehindReplies(core, session, first, core.clock.now());
}

/** The session is over. */
export function dropInterest(core: HubCore, session: Session): void {
  const { delivery } = session;
  if (session.interest !== null) core.interests.release(session.interest, session);
  session.interest = null;
  setFlows(delivery, []);
  forgetAllBehind(delivery);
  session.subscriptions.clear();
}
