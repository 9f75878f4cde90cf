import { LANE_BUDGET_MS, LANES } from '@ms5/wire';
import { topicsOfSlot, type TopicSet } from '../topics/interests.ts';
import { CRITICAL, laneOfSlot, slotOf, type Log } from '../topics/log.ts';
import {
  createLatencyTrack,
  noteHanded,
  type LaneLatencies,
  type LatencyTrack,
} from '../health/lane-latency.ts';
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
  readonly waiters: readonly Waiter[];
}

/** What one session was sent: cursors and exceptions, no queue. */
export interface Delivery {
  interest: TopicSet | null;
  encoding: DataEncoding;
  /** By slot: everything of the interest at or below was sent, but for the topics in `behind`. */
  readonly cursors: number[];
  /** By slot: the mark sent last, -1: none. */
  readonly marks: number[];
  /** By slot: topics that are being brought to their heads; no empty maps. */
  readonly behind: Map<number, Map<Topic, Behind>>;
  readonly window: Window;
  /** By lane: since when something due waits for the window; 0: nothing does. */
  readonly waitingSince: number[];
  readonly latency: LatencyTrack;
}

/** What the deliveries of one hub share. */
export interface DeliveryContext {
  readonly logs: readonly Log[];
  readonly latencies: LaneLatencies;
  stepperFor(delivery: Delivery): Stepper;
  batchFor(delivery: Delivery, interest: TopicSet, log: Log, slot: number): Batch;
}

export function createDelivery(encoding: DataEncoding, window: Window, logs: readonly Log[]): Delivery {
  return {
    interest: null,
    encoding,
    cursors: logs.flatMap((log) => LANES.map(() => log.head)),
    marks: logs.flatMap(() => LANES.map(() => -1)),
    behind: new Map(),
    window,
    waitingSince: LANES.map(() => 0),
    latency: createLatencyTrack(),
  };
}

/** A lane that waited this long for the window is served one step before more urgent ones, `critical` excepted. */
const FLOOR_MS = LANES.map((lane) => 4 * LANE_BUDGET_MS[lane]);

/** Takes everything that is due and has room, most urgent first; the messages count as sent. */
export function takeDue(delivery: Delivery, context: DeliveryContext, now: number): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  fillLane(delivery, context, CRITICAL, false, messages, now);
  for (let lane = LANES.length - 1; lane > CRITICAL; lane -= 1) {
    const since = delivery.waitingSince[lane] ?? 0;
    if (since === 0 || now - since < (FLOOR_MS[lane] ?? 0)) continue;
    fillLane(delivery, context, lane, true, messages, now);
  }
  for (let lane = CRITICAL + 1; lane < LANES.length; lane += 1)
    fillLane(delivery, context, lane, false, messages, now);
  return messages;
}

/** Sends what is due in a lane, or with `isRation` one step of it. */
function fillLane(
  delivery: Delivery,
  context: DeliveryContext,
  lane: number,
  isRation: boolean,
  messages: Uint8Array[],
  now: number,
): void {
  const sentBefore = delivery.window.sent;
  let isWaiting = false;
  for (const log of context.logs) {
    const slot = slotOf(log, lane);
    if (!isDue(delivery, slot)) continue;
    if (roomIn(delivery.window, lane === CRITICAL) > 0)
      fillSlot(delivery, context, log, slot, isRation, messages, now);
    isWaiting ||= isDue(delivery, slot);
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

function isDue({ interest, cursors, behind }: Delivery, slot: number): boolean {
  return behind.has(slot) || (cursors[slot] ?? 0) < (interest?.heads[slot] ?? 0);
}

function fillSlot(
  delivery: Delivery,
  context: DeliveryContext,
  log: Log,
  slot: number,
  isRation: boolean,
  messages: Uint8Array[],
  now: number,
): void {
  const { interest, window } = delivery;
  if (interest !== null && !delivery.behind.has(slot) && !isRation) {
    const batch = context.batchFor(delivery, interest, log, slot);
    if (batch.bytes <= roomIn(window, laneOfSlot(slot) === CRITICAL)) {
      send(delivery, batch.messages, messages, now);
      delivery.cursors[slot] = batch.to;
      if (batch.isMarked) delivery.marks[slot] = batch.to;
      for (const [topic, state] of batch.rest) setBehind(delivery, topic, state);
      return;
    }
  }
  advanceCursor(delivery, log, slot);
  const ready = serveBehind(delivery, context.stepperFor(delivery), log, slot, isRation);
  send(delivery, delivery.encoding.join(ready), messages, now);
}

function send(delivery: Delivery, ready: readonly Uint8Array[], messages: Uint8Array[], now: number): void {
  for (const message of ready) {
    messages.push(message);
    noteSent(delivery.window, message.byteLength, now);
  }
}

/** Moves the cursor to the log's head; the topics that changed since become exceptions. */
export function advanceCursor(delivery: Delivery, log: Log, slot: number): void {
  const cursor = delivery.cursors[slot] ?? 0;
  if (cursor >= log.head) return;
  if (delivery.interest !== null)
    for (const topic of topicsOfSlot(delivery.interest, slot)) {
      const isKnown = delivery.behind.get(slot)?.has(topic) === true;
      if (topic.head > cursor && !isKnown) setBehind(delivery, topic, { phase: 'behind', position: cursor });
    }
  delivery.cursors[slot] = log.head;
}

/** Makes the topic an exception; `waiters` are answered once it is at its head. */
export function setBehind(
  delivery: Delivery,
  topic: Topic,
  state: CatchUp,
  waiters: readonly Waiter[] = [],
): void {
  const topics = delivery.behind.get(topic.slot);
  if (topics === undefined) delivery.behind.set(topic.slot, new Map([[topic, { state, waiters }]]));
  else topics.set(topic, { state, waiters });
}

/** Lets a further request wait for the exceptions that `isConcerned` names. */
export function awaitBehind(
  delivery: Delivery,
  waiter: Waiter,
  isConcerned: (topic: Topic) => boolean,
): void {
  for (const topics of delivery.behind.values())
    for (const [topic, entry] of topics) {
      if (entry.waiters.includes(waiter) || !isConcerned(topic)) continue;
      waiter.remaining += 1;
      topics.set(topic, { state: entry.state, waiters: [...entry.waiters, waiter] });
    }
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
  if (topics.size === 0) delivery.behind.delete(topic.slot);
  return settle(entry);
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
  if (topics === undefined) return markIfCaughtUp(delivery, stepper, log, slot);
  let room = roomIn(delivery.window, laneOfSlot(slot) === CRITICAL);
  // The map grows at its end while it is walked: a topic that is not done takes its turn again.
  for (const [topic, entry] of topics) {
    const step = nextStep(topic, entry.state, stepper);
    if (step !== null) {
      const { bytes } = step.frames;
      const fits = bytes <= room || (ready.length === 0 && mayOvershoot(delivery.window, isRation));
      if (!fits || (isRation && ready.length > 0)) break;
      ready.push(...step.frames.messages);
      room -= step.frames.bytes;
    }
    topics.delete(topic);
    if (step?.next) {
      entry.state = step.next;
      topics.set(topic, entry);
      continue;
    }
    ready.push(...settle(entry));
  }
  if (topics.size > 0) return ready;
  delivery.behind.delete(slot);
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

/** The mark of a slot without exceptions, when it moved. */
function markIfCaughtUp(
  delivery: Delivery,
  { encoding }: Stepper,
  log: Log,
  slot: number,
): readonly Uint8Array[] {
  const cursor = delivery.cursors[slot] ?? 0;
  if (cursor <= (delivery.marks[slot] ?? -1)) return [];
  delivery.marks[slot] = cursor;
  return encoding.mark(log, laneOfSlot(slot), cursor);
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
