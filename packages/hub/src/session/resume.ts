import { topicMatcher, type LogId, type Resume } from '@ms5/wire';
import { FRESH, isLost, type CatchUp } from '../delivery/catch-up.ts';
import { laneIndex, slotOf, type Log } from '../topics/log.ts';
import type { Topic } from '../topics/topic.ts';

/** The positions a client gave, judged against the logs as they are. */
export interface Positions {
  readonly wasRecovering: boolean;
  readonly topics: NonNullable<Resume['topics']>;
  /** Marks by slot. */
  readonly marks: ReadonlyMap<number, number>;
  /** Logs with a mark that is of no use: then no position in them is. */
  readonly reset: ReadonlySet<LogId>;
  /** Whether the marks speak for a topic: it may have been permitted only since they were told. */
  readonly isMarked: (topic: string) => boolean;
}

export function judgePositions(resume: Resume | undefined, logs: readonly Log[]): Positions {
  const given = resume?.marks ?? [];
  const topics = resume?.topics ?? {};
  const marks = new Map<number, number>();
  const reset = new Set<LogId>();
  for (const mark of given) {
    const log = logs.find((candidate) => candidate.id === mark.log && candidate.isResumable);
    if (log === undefined || !isUsable(log, mark)) reset.add(mark.log);
    if (log !== undefined) marks.set(slotOf(log, laneIndex(mark.lane)), mark.offset);
  }
  const isMarked = resume?.filters === undefined ? () => true : topicMatcher(resume.filters);
  const wasRecovering = given.length > 0 || Object.keys(topics).length > 0;
  return { wasRecovering, topics, marks, reset, isMarked };
}

/** Of the log's epoch, not beyond its head (a lost tail), and not before removals that are forgotten. */
function isUsable(log: Log, position: { readonly epoch: string; readonly offset: number }): boolean {
  return position.epoch === log.epoch && position.offset <= log.head && position.offset >= log.removalHorizon;
}

/** What it takes to bring the topic to its head from where the client stands; `null`: nothing. */
export function startOf(topic: Topic, { topics, marks, reset, isMarked }: Positions): CatchUp | null {
  const { log } = topic;
  const fresh = topic.isRemoved ? null : FRESH;
  if (!log.isResumable) return fresh;
  const isVoid = reset.has(log.id);
  const given = Object.hasOwn(topics, topic.name) ? topics[topic.name] : undefined;
  if (given !== undefined)
    return isVoid || !isUsable(log, given) ? lost(topic, given.offset) : startAt(topic, given.offset);
  const mark = marks.get(topic.slot);
  if (mark !== undefined && isMarked(topic.name)) return isVoid ? lost(topic, mark) : startAt(topic, mark);
  return fresh;
}

function startAt(topic: Topic, position: number): CatchUp | null {
  if (position >= topic.head) return null;
  return isLost(topic, position) ? lost(topic, position) : { phase: 'behind', position };
}

/** A snapshot that says what is lost; of a topic that was removed, that it is gone. */
function lost(topic: Topic, lostSince: number): CatchUp {
  return topic.isRemoved ? { phase: 'behind', position: -1 } : { phase: 'fresh', lostSince };
}
