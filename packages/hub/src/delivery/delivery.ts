import { LANE_BUDGET_MS, LANES } from '@ms5/wire';
import { newestOf, topicsOfSlot, type TopicSet } from '../topics/interests.ts';
import { CRITICAL, laneOfSlot, slotOf, type Log } from '../topics/log.ts';
import {
  createLatencyTrack,
  isDueNoted,
  noteHanded,
  type LaneLatencies,
  type LatencyTrack,
} from '../health/lane-latency.ts';
import type { ToldNumbers } from '../topics/topic-numbers.ts';
import type { Topic } from '../topics/topic.ts';
import type { Batch } from './batch.ts';
import { nextStep, type CatchUp, type Stepper } from './catch-up.ts';
import type { DataEncoding } from './encoding.ts';
import { noteSent, outstandingBytes, roomIn, type Window } from './window.ts';

/** A request that is answered once every topic it brought in is at its head. */
export interface Waiter {
  remaining: number;
  /** The answer, `null` when the endpoint has none. */
  readonly answer: Uint8Array | null;
}

interface Behind {
  state: CatchUp;
  readonly waiters: Waiter[];
}

/** Topics that are delivered together, and how far. */
export interface Flow {
  readonly topics: TopicSet;
  /** By slot: everything of the topics at or below was sent, but for the topics in `behind`. */
  readonly cursors: number[];
  /** Topics that were brought to their heads, here, between two ticks; `null`: never any. */
  ahead: Map<Topic, number> | null;
}

/** What one session was sent: cursors and exceptions, no queue. */
export interface Delivery {
  /** The live flow. */
  live: Flow;
  /** The flows of the rates asked for. A topic belongs to one flow. */
  rated: readonly Flow[];
  encoding: DataEncoding;
  /** Encodings with numbers for topics: those told on this connection. */
  readonly told: ToldNumbers | null;
  /** By slot: the mark sent last, -1: none. */
  readonly marks: number[];
  /** By slot: topics that are being brought to their heads; no empty maps. */
  behind: Map<number, Map<Topic, Behind>>;
  readonly window: Window;
  /** By lane: since when something due waits for the window; 0: nothing does. */
  readonly waitingSince: number[];
  readonly latency: LatencyTrack;
}

/** How far a batch leads. */
export interface Reach {
  /** Whether nothing of the slot is to come any more once it was sent. */
  readonly isMarked: boolean;
  /** Whether it must lead to the log's head, not merely to where that was when the present group had its turn. */
  readonly isToHead: boolean;
}

/** For all that is due in a slot at once; and for one flow after another, of which the last is marked. */
const WHOLE: Reach = { isMarked: true, isToHead: false };
const NOT_LAST: Reach = { isMarked: false, isToHead: true };
const LAST: Reach = { isMarked: true, isToHead: true };

/** What is taken for one session: a batch's messages as they are shared, or `own` once others join them. */
interface Taken {
  messages: readonly Uint8Array[];
  own: Uint8Array[] | null;
}

/** What the deliveries of one hub share. */
export interface DeliveryContext {
  readonly logs: readonly Log[];
  readonly latencies: LaneLatencies;
  stepperFor(delivery: Delivery): Stepper;
  /** What the flow is due in a slot of the log. A batch may be larger than `room`, the bytes that may be sent. */
  batchFor(encoding: DataEncoding, flow: Flow, log: Log, slot: number, reach: Reach, room: number): Batch;
  /** Used for one session after another. */
  readonly taken: Taken;
  /** What the batches built so far in this round hold. */
  batchBytes(): number;
}

/** Of sessions without subscriptions. */
const NO_TOPICS: TopicSet = {
  flow: 0,
  topics: new Set(),
  heads: [],
  waiting: [],
  lists: null,
  newest: null,
  batches: new Map(),
};
const NO_FLOWS: readonly Flow[] = [];
/** Of sessions without exceptions, which most are most of the time; nothing is ever put in. */
const NO_BEHIND: Delivery['behind'] = new Map();

export function createDelivery(encoding: DataEncoding, window: Window, logs: readonly Log[]): Delivery {
  return {
    // Copied, because a list that grew holds more than is in it.
    live: {
      topics: NO_TOPICS,
      cursors: logs.flatMap((log) => LANES.map(() => log.head)).slice(),
      ahead: null,
    },
    rated: NO_FLOWS,
    encoding,
    told: encoding.naming?.start() ?? null,
    marks: logs.flatMap(() => LANES.map(() => -1)).slice(),
    behind: NO_BEHIND,
    window,
    waitingSince: LANES.map(() => 0),
    latency: createLatencyTrack(),
  };
}

/**
 * Gives the session other topics, the live ones first. All cursors have to stand at the heads, so that a topic can
 * go from one flow to another.
 */
export function setFlows(delivery: Delivery, [live, ...rated]: readonly TopicSet[]): void {
  const { cursors } = delivery.live;
  delivery.live = { topics: live ?? NO_TOPICS, cursors, ahead: null };
  delivery.rated =
    rated.length === 0 ? NO_FLOWS : rated.map((topics) => ({ topics, cursors: [...cursors], ahead: null }));
}

/** A lane that waited this long for the window is served one step before more urgent ones, `critical` excepted. */
const FLOOR_MS = LANES.map((lane) => 4 * LANE_BUDGET_MS[lane]);

/** Takes what is due of lane `critical` and has room; the messages count as sent. Nobody may change the list. */
export function takeCritical(
  delivery: Delivery,
  context: DeliveryContext,
  now: number,
): readonly Uint8Array[] {
  const { taken } = context;
  taken.messages = NO_MESSAGES;
  taken.own = null;
  if (isLaneDue(delivery, context, CRITICAL)) fillLane(delivery, context, CRITICAL, false, now);
  return taken.messages;
}
const NO_MESSAGES: readonly Uint8Array[] = [];

/** Takes everything that is due and has room, most urgent first; as `takeCritical`. */
export function takeDue(delivery: Delivery, context: DeliveryContext, now: number): readonly Uint8Array[] {
  takeCritical(delivery, context, now);
  for (let lane = LANES.length - 1; lane > CRITICAL; lane -= 1) {
    const since = delivery.waitingSince[lane] ?? 0;
    if (since === 0 || now - since < (FLOOR_MS[lane] ?? 0)) continue;
    fillLane(delivery, context, lane, true, now);
  }
  for (let lane = CRITICAL + 1; lane < LANES.length; lane += 1)
    if (isLaneDue(delivery, context, lane)) fillLane(delivery, context, lane, false, now);
  return context.taken.messages;
}

/** Whether something critical waits for the window. */
export const isCriticalWaiting = ({ waitingSince }: Delivery): boolean => waitingSince[CRITICAL] !== 0;

/** Whether anything waits for the window. */
export const isWaiting = ({ waitingSince }: Delivery): boolean => waitingSince.some((since) => since !== 0);

/** Whether there is anything to do in the lane, or to note. */
function isLaneDue(delivery: Delivery, { logs }: DeliveryContext, lane: number): boolean {
  if (delivery.waitingSince[lane] !== 0 || isDueNoted(delivery.latency, lane)) return true;
  for (const log of logs) if (isDue(delivery, slotOf(log, lane))) return true;
  return false;
}

/** Sends what is due in a lane, or with `isRation` one step of it. */
function fillLane(
  delivery: Delivery,
  context: DeliveryContext,
  lane: number,
  isRation: boolean,
  now: number,
): void {
  const sentBefore = delivery.window.sent;
  let isWaiting = false;
  for (const log of context.logs) {
    const slot = slotOf(log, lane);
    if (!isDue(delivery, slot)) continue;
    if (roomIn(delivery.window, lane === CRITICAL) <= 0) isWaiting = true;
    else {
      fillSlot(delivery, context, log, slot, isRation, now);
      // What came since the batch was built waits for the next round, not for the window.
      isWaiting ||= delivery.behind.has(slot);
    }
  }
  const since = delivery.waitingSince[lane] ?? 0;
  const wasServed = isRation && delivery.window.sent > sentBefore;
  if (!isWaiting) {
    delivery.waitingSince[lane] = 0;
    const { sent } = delivery.window;
    noteHanded(context.latencies, delivery.latency, lane, sent > sentBefore ? sent : -1, now);
  } else if (since === 0 || wasServed) delivery.waitingSince[lane] = now;
  delivery.window.wasFull ||= isWaiting;
}

function isDue({ live, rated, behind }: Delivery, slot: number): boolean {
  if (isFlowDue(live, slot) || (behind.size > 0 && behind.has(slot))) return true;
  for (const flow of rated) if (isFlowDue(flow, slot)) return true;
  return false;
}

function isFlowDue({ topics, cursors }: Flow, slot: number): boolean {
  return (cursors[slot] ?? 0) < (topics.heads[slot] ?? 0);
}

/** Whether nothing of the flow is still to come up to the log's head. */
function isAtHead({ topics, cursors }: Flow, log: Log, slot: number): boolean {
  const cursor = cursors[slot] ?? 0;
  return cursor >= log.head || newestOf(topics, slot, log) <= cursor;
}

function fillSlot(
  delivery: Delivery,
  context: DeliveryContext,
  log: Log,
  slot: number,
  isRation: boolean,
  now: number,
): void {
  if (!isRation && sendBatches(delivery, context, log, slot, now)) return;
  advanceCursor(delivery, log, slot);
  const stepper = context.stepperFor(delivery);
  const ready = serveBehind(delivery, stepper, log, slot, isRation);
  send(delivery, context, joinSmall(stepper.encoding, ready), now);
}

/** Sends the slot's flows as they are shared with others; false: something has to go step by step. */
function sendBatches(
  delivery: Delivery,
  context: DeliveryContext,
  log: Log,
  slot: number,
  now: number,
): boolean {
  const { live, rated, behind } = delivery;
  if (behind.has(slot)) return false;
  if (rated.length === 0) return sendBatch(delivery, context, live, log, slot, WHOLE, now);
  const pending = [live, ...rated].filter((flow) => !isAtHead(flow, log, slot));
  for (const flow of [live, ...rated]) if (!pending.includes(flow)) flow.cursors[slot] = log.head;
  // What the live flow holds is due whenever anything is.
  const due = pending.filter((flow) => flow === live || isFlowDue(flow, slot));
  if (due.some(({ ahead }) => ahead !== null && ahead.size > 0)) return false;
  for (const [index, flow] of due.entries()) {
    const isMarked = due.length === pending.length && index === due.length - 1;
    // One mark speaks for all flows, so all have to stand at the same offset.
    const reach = isMarked && !delivery.behind.has(slot) ? LAST : NOT_LAST;
    if (!sendBatch(delivery, context, flow, log, slot, reach, now)) return false;
  }
  return true;
}

/** Of the batches built at once when a group has its turn; what is beyond is built when its session has its turn. */
const MAX_PREPARED_BYTES = 4_194_304;

/**
 * Builds what these are due in a slot. Built at once, all batches lead to the same place, so that sessions that stood
 * at different ones meet again.
 */
export function prepareBatches(
  deliveries: readonly Delivery[],
  context: DeliveryContext,
  log: Log,
  slot: number,
): void {
  const isCritical = laneOfSlot(slot) === CRITICAL;
  let last: Delivery | null = null;
  for (const delivery of deliveries) {
    const { live, encoding, rated, behind, window } = delivery;
    // Mostly they stand together, so the one before is compared first.
    const isSame = last?.live.topics === live.topics && last.live.cursors[slot] === live.cursors[slot];
    if (isSame && last?.encoding === encoding) continue;
    if (rated.length > 0 || !isFlowDue(live, slot) || behind.has(slot)) continue;
    const room = roomIn(window, isCritical);
    if (room <= 0) continue;
    last = delivery;
    context.batchFor(encoding, live, log, slot, WHOLE, room);
    if (context.batchBytes() > MAX_PREPARED_BYTES) return;
  }
}

function sendBatch(
  delivery: Delivery,
  context: DeliveryContext,
  flow: Flow,
  log: Log,
  slot: number,
  reach: Reach,
  now: number,
): boolean {
  const room = roomIn(delivery.window, laneOfSlot(slot) === CRITICAL);
  const batch = context.batchFor(delivery.encoding, flow, log, slot, reach, room);
  const names = namesFor(delivery, batch.topics);
  const bytes = batch.bytes + (names?.byteLength ?? 0);
  if (bytes > room) return false;
  if (names !== null) {
    noteNamed(delivery, batch.topics);
    send(delivery, context, [names], now);
  }
  send(delivery, context, batch.messages, now);
  flow.cursors[slot] = batch.to;
  if (batch.isMarked) delivery.marks[slot] = batch.to;
  for (const [topic, state] of batch.rest) setBehind(delivery, topic, state);
  return true;
}

/** The message that tells the session what it needs to know to read about these topics; `null`: nothing. */
function namesFor({ encoding, told }: Delivery, topics: readonly Topic[]): Uint8Array | null {
  if (told === null || topics.length === 0) return null;
  const fresh = topics.filter((topic) => told.isNew(topic));
  return fresh.length === 0 ? null : (encoding.naming?.names(fresh) ?? null);
}

function noteNamed({ told }: Delivery, topics: readonly Topic[]): void {
  for (const topic of topics) told?.add(topic);
}

/** About what telling a topic's number takes. */
function namingBytes({ told }: Delivery, topic: Topic): number {
  return told === null || !told.isNew(topic) ? 0 : NAMING_BYTES + topic.nameJson.length;
}
const NAMING_BYTES = 5;

/** Messages from this size on are shared with whoever gets them too, rather than copied into one with others. */
const LARGE_BYTES = 4_096;

/** Joins what is small; what is large stays a message of its own. */
function joinSmall(encoding: DataEncoding, ready: readonly Uint8Array[]): readonly Uint8Array[] {
  if (ready.length < 2) return ready;
  if (ready.every(({ byteLength }) => byteLength >= LARGE_BYTES)) return ready;
  if (!ready.some(({ byteLength }) => byteLength >= LARGE_BYTES)) return encoding.join(ready);
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  for (const message of ready) {
    if (message.byteLength < LARGE_BYTES) {
      small.push(message);
      continue;
    }
    joined.push(...encoding.join(small), message);
    small = [];
  }
  joined.push(...encoding.join(small));
  return joined;
}

function send(
  { window }: Delivery,
  { taken }: DeliveryContext,
  ready: readonly Uint8Array[],
  now: number,
): void {
  for (const { byteLength } of ready) noteSent(window, byteLength, now);
  if (taken.messages.length === 0) taken.messages = ready;
  else if (taken.own === null) taken.messages = taken.own = [...taken.messages, ...ready];
  else taken.own.push(...ready);
}

/** Moves the cursors of what is due to the log's head; the topics that changed since become exceptions. */
function advanceCursor(delivery: Delivery, log: Log, slot: number): void {
  advanceFlow(delivery, delivery.live, log, slot);
  for (const flow of delivery.rated)
    if (isFlowDue(flow, slot) || isAtHead(flow, log, slot)) advanceFlow(delivery, flow, log, slot);
}

/** Moves all cursors to the log's head, whether the flows are due or not. */
export function advanceAll(delivery: Delivery, log: Log, slot: number): void {
  advanceFlow(delivery, delivery.live, log, slot);
  for (const flow of delivery.rated) advanceFlow(delivery, flow, log, slot);
}

function advanceFlow(delivery: Delivery, flow: Flow, log: Log, slot: number): void {
  const { topics, cursors, ahead } = flow;
  const cursor = cursors[slot] ?? 0;
  if (cursor >= log.head) return;
  for (const topic of topicsOfSlot(topics, slot)) {
    const position = ahead?.get(topic) ?? cursor;
    const isKnown = delivery.behind.get(slot)?.has(topic) === true;
    if (topic.head > position && !isKnown) setBehind(delivery, topic, { phase: 'behind', position });
  }
  setCursor(flow, slot, log.head);
}

export function setCursor({ cursors, ahead }: Flow, slot: number, offset: number): void {
  cursors[slot] = offset;
  if (ahead === null) return;
  for (const topic of ahead.keys()) if (topic.slot === slot) ahead.delete(topic);
}

/** The topic stands at its head; where its flow does not, that is to be remembered. */
function noteAtHead({ rated }: Delivery, topic: Topic): void {
  for (const flow of rated) {
    if (topic.head <= (flow.cursors[topic.slot] ?? 0) || !flow.topics.topics.has(topic)) continue;
    flow.ahead ??= new Map();
    flow.ahead.set(topic, topic.head);
  }
}

/** Makes the topic an exception; `waiters` are answered once it is at its head. */
export function setBehind(
  delivery: Delivery,
  topic: Topic,
  state: CatchUp,
  waiters: readonly Waiter[] = [],
): void {
  const topics = delivery.behind.get(topic.slot);
  const entry = { state, waiters: [...waiters] };
  if (delivery.behind === NO_BEHIND) delivery.behind = new Map();
  if (topics === undefined) delivery.behind.set(topic.slot, new Map([[topic, entry]]));
  else topics.set(topic, entry);
}

/** The requests that wait for the topic. */
export function waitersOf(delivery: Delivery, topic: Topic): readonly Waiter[] {
  return delivery.behind.get(topic.slot)?.get(topic)?.waiters ?? [];
}

/** Lets a further request wait for the exceptions that `isConcerned` names. */
export function awaitBehind(
  delivery: Delivery,
  waiter: Waiter,
  isConcerned: (topic: Topic) => boolean,
): void {
  for (const topics of delivery.behind.values())
    for (const [topic, { waiters }] of topics) {
      if (waiters.includes(waiter) || !isConcerned(topic)) continue;
      waiter.remaining += 1;
      waiters.push(waiter);
    }
}

/** Another topic takes the place of this one: who waits for this one waits for that. */
export function inheritBehind(delivery: Delivery, topic: Topic, successor: Topic): void {
  const entry = delivery.behind.get(topic.slot)?.get(topic);
  if (entry === undefined || entry.waiters.length === 0) return;
  const position = delivery.live.cursors[successor.slot] ?? 0;
  setBehind(delivery, successor, { phase: 'behind', position }, entry.waiters.splice(0));
}

/**
 * The topic is no longer to be caught up on: it was dropped or unsubscribed. Returns the answers that waited for it
 * last.
 */
export function forgetBehind(delivery: Delivery, topic: Topic): readonly Uint8Array[] {
  const topics = delivery.behind.get(topic.slot);
  const entry = topics?.get(topic);
  if (topics === undefined || entry === undefined) return [];
  topics.delete(topic);
  if (topics.size === 0) forgetSlot(delivery, topic.slot);
  return settle(entry);
}

function forgetSlot(delivery: Delivery, slot: number): void {
  delivery.behind.delete(slot);
  if (delivery.behind.size === 0) delivery.behind = NO_BEHIND;
}

/** Nothing is to be brought to its head any more. */
export function forgetAllBehind(delivery: Delivery): void {
  delivery.behind = NO_BEHIND;
}

function settle({ waiters }: Behind): readonly Uint8Array[] {
  return waiters.flatMap((waiter) => {
    waiter.remaining -= 1;
    return waiter.remaining === 0 && waiter.answer !== null ? [waiter.answer] : [];
  });
}

/** Takes steps, topic after topic in turns, until all are at their heads or the room is used up. */
function serveBehind(
  delivery: Delivery,
  stepper: Stepper,
  log: Log,
  slot: number,
  isRation: boolean,
): readonly Uint8Array[] {
  const topics = delivery.behind.get(slot);
  const ready: Uint8Array[] = [];
  const about = new Set<Topic>();
  if (topics === undefined) return markIfCaughtUp(delivery, stepper, log, slot);
  let room = roomIn(delivery.window, laneOfSlot(slot) === CRITICAL);
  const fits = (bytes: number): boolean => {
    if (isRation && ready.length > 0) return false;
    return bytes <= room || (ready.length === 0 && mayOvershoot(delivery.window, isRation));
  };
  /** One step of the topic; whether it fitted. */
  const take = (topic: Topic, entry: Behind): boolean => {
    const step = nextStep(topic, entry.state, stepper);
    if (step !== null) {
      const bytes = step.frames.bytes + (about.has(topic) ? 0 : namingBytes(delivery, topic));
      if (!fits(bytes)) return false;
      ready.push(...step.frames.messages);
      room -= bytes;
      about.add(topic);
    }
    if (step?.next) entry.state = step.next;
    else {
      topics.delete(topic);
      noteAtHead(delivery, topic);
      ready.push(...settle(entry));
    }
    return true;
  };
  // The map grows at its end while it is walked: a topic that is not done takes its turn again.
  for (const [topic, entry] of topics) {
    let isTaken = take(topic, entry);
    // Alone it is next again as it is: taken out and put in so often, it would have the map made anew time and again.
    while (isTaken && topics.size === 1 && topics.has(topic)) isTaken = take(topic, entry);
    if (!isTaken) break;
    if (!topics.delete(topic)) continue;
    topics.set(topic, entry);
  }
  const names = namesFor(delivery, [...about]);
  if (names !== null) {
    noteNamed(delivery, [...about]);
    ready.unshift(names);
  }
  if (topics.size > 0) return ready;
  forgetSlot(delivery, slot);
  return [...ready, ...markIfCaughtUp(delivery, stepper, log, slot)];
}

/**
 * Whether a step that does not fit may go nevertheless: a ration, so that smaller messages cannot starve it, and any
 * while at most half the general part is outstanding. A client acknowledges no less by itself, so to wait then would
 * be to wait for its clock.
 */
function mayOvershoot(window: Window, isRation: boolean): boolean {
  if (isRation) return roomIn(window, false) > 0;
  return outstandingBytes(window) <= window.bulkBytes / 2;
}

/** The mark of a slot without exceptions, when it moved: as far as every flow is. */
function markIfCaughtUp(
  delivery: Delivery,
  { encoding }: Stepper,
  log: Log,
  slot: number,
): readonly Uint8Array[] {
  let reached = delivery.live.cursors[slot] ?? 0;
  for (const flow of delivery.rated)
    if (!isAtHead(flow, log, slot)) reached = Math.min(reached, flow.cursors[slot] ?? 0);
  if (reached <= (delivery.marks[slot] ?? -1)) return [];
  delivery.marks[slot] = reached;
  return encoding.mark(log, laneOfSlot(slot), reached);
}

/**
 * Marks of all slots that moved without one, for a session that was told of positions before. What changed and was
 * not sent yet becomes an exception, so there is nothing to say while the window is full.
 */
export function takeMarks(delivery: Delivery, context: DeliveryContext): readonly Uint8Array[] {
  if (roomIn(delivery.window, false) <= 0) return [];
  const stepper = context.stepperFor(delivery);
  const marks: Uint8Array[] = [];
  for (const log of context.logs)
    for (let lane = 0; lane < LANES.length; lane += 1) {
      const slot = slotOf(log, lane);
      if ((delivery.marks[slot] ?? -1) < 0) continue;
      advanceCursor(delivery, log, slot);
      if (!delivery.behind.has(slot)) marks.push(...markIfCaughtUp(delivery, stepper, log, slot));
    }
  return marks;
}
