import { CRITICAL, laneOfSlot, type Log } from '../topics/log.ts';
import type { Topic } from '../topics/topic.ts';
import { nextStep, type CatchUp, type Stepper } from './catch-up.ts';
import type { Frames } from './frame-cache.ts';

/** What is due in one lane of one log after one position: the same for every session that stands there. */
export interface Batch {
  /** Whole messages of the wire. */
  readonly messages: readonly Uint8Array[];
  readonly bytes: number;
  /** Topics that the messages are about, where the encoding has numbers for them. */
  readonly topics: readonly Topic[];
  /** Topics that are not at their head after it: there was too much to say at once. */
  readonly rest: readonly (readonly [Topic, CatchUp])[];
  /** The log's offset it leads to. */
  readonly to: number;
  readonly isMarked: boolean;
}

export interface BatchRange {
  readonly log: Log;
  readonly slot: number;
  /** What changed after it is due. */
  readonly from: number;
  /** Whether a mark follows when nothing is left over. */
  readonly isMarked: boolean;
  /** It holds about this at most; what is beyond is sent in steps, as the window allows. */
  readonly maxBytes: number;
}

/** Builds the batch of the `topics` of a slot that changed after `from`. */
export function buildBatch(
  topics: readonly Topic[],
  { log, slot, from, isMarked: isLast, maxBytes }: BatchRange,
  stepper: Stepper,
): Batch {
  const frames: Frames[] = [];
  const rest: (readonly [Topic, CatchUp])[] = [];
  const about = new Set<Topic>();
  const isNaming = stepper.encoding.naming !== undefined;
  let bytes = 0;
  for (const topic of topics) {
    let state: CatchUp | null = topic.head > from ? { phase: 'behind', position: from } : null;
    while (state !== null && bytes < maxBytes) {
      const step = nextStep(topic, state, stepper);
      if (step === null) {
        state = null;
        break;
      }
      frames.push(step.frames);
      if (isNaming) about.add(topic);
      bytes += step.frames.bytes;
      state = step.next;
    }
    if (state !== null) rest.push([topic, state]);
  }
  const lane = laneOfSlot(slot);
  // Single changes of different topics in the order they were committed in.
  if (lane === CRITICAL) frames.sort((a, b) => a.to - b.to);
  const isMarked = isLast && rest.length === 0;
  const parts = frames.flatMap((part) => part.messages);
  if (isMarked) parts.push(...stepper.encoding.mark(log, lane, log.head));
  const messages = stepper.encoding.join(parts);
  let joinedBytes = 0;
  for (const message of messages) joinedBytes += message.byteLength;
  return { messages, bytes: joinedBytes, topics: [...about], rest, to: log.head, isMarked };
}
