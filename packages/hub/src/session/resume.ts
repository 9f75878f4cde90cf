import type { Resume } from '@ms5/wire';
import { FRESH, isLost, type CatchUp } from '../delivery/catch-up.ts';
import { laneIndex, slotOf, type Log } from '../topics/log.ts';
import type { Topic } from '../topics/topic.ts';

/** The positions a client gave, judged against the logs as they are. */
export interface Positions {
  readonly wasRecovering: boolean;
  /** Usable marks by slot. */
  readonly marks: ReadonlyMap<number, number>;
  /** Logs with marks that are of no use. */
  readonly reset: ReadonlySet<string>;
  readonly resume: Resume | null;
  /** By slot: offset of marks that are of no use. */
  readonly voidMarks: ReadonlyMap<number, number>;
}

export function judgePositions(resume: Resume | undefined, logs: readonly Log[]): Positions {
  const marks = new Map<number, number>();
  const voidMarks = new Map<number, number>();
  const reset = new Set<string>();
  for (const mark of resume?.marks ?? []) {
    const log = logs.find((candidate) => candidate.id === mark.log && candidate.isResumable);
    if (log === undefined) {
      reset.add(mark.log);
      continue;
    }
    const isUsable = isUsablePosition(log, mark);
    (isUsable ? marks : voidMarks).set(slotOf(log, laneIndex(mark.lane)), mark.offset);
    if (!isUsable) reset.add(log.id);
  }
  const wasRecovering =
    resume !== undefined && (resume.marks.length > 0 || Object.keys(resume.topics ?? {}).length > 0);
  return { wasRecovering, marks, reset, voidMarks, resume: resume ?? null };
}

/** Of the log's epoch, not beyond its head (a lost tail), and not before removals that are forgotten. */
function isUsablePosition(log: Log, position: { readonly epoch: string; readonly offset: number }): boolean {
  return position.epoch === log.epoch && position.offset <= log.head && position.offset >= log.removalHorizon;
}

/** What it takes to bring the topic to its head from where the client stands; `null`: nothing. */
export function startOf(topic: Topic, positions: Positions): CatchUp | null {
  const fresh = topic.isRemoved ? null : FRESH;
  if (!topic.log.isResumable) return fresh;
  const { resume, marks, voidMarks } = positions;
  const topics = resume?.topics ?? {};
  const given = Object.hasOwn(topics, topic.name) ? topics[topic.name] : undefined;
  if (given !== undefined)
    return isUsablePosition(topic.log, given) ? startAt(topic, given.offset) : lost(given.offset);
  const mark = marks.get(topic.slot);
  if (mark !== undefined) return startAt(topic, mark);
  const voidMark = voidMarks.get(topic.slot);
  return voidMark === undefined ? fresh : lost(voidMark);
}

function startAt(topic: Topic, position: number): CatchUp | null {
  if (position >= topic.head) return null;
  return isLost(topic, position) ? lost(position) : { phase: 'behind', position };
}

const lost = (lostSince: number): CatchUp => ({ phase: 'fresh', lostSince });
