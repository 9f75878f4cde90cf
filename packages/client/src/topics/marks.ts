import type { Lane, LogId, Mark } from '@ms5/wire';
import type { Topic } from './topic.ts';

/** Marks by lane and log. */
export interface Marks {
  /** A newer mark of a lane; `isReset`: it replaces the one known, even if lower. */
  take(mark: Mark, isReset?: boolean): void;
  /** The mark to resume from, if it speaks of this epoch. */
  offsetFor(topic: Topic): number;
  /** Up to where the topic's lane is known to hold nothing that is still to come. */
  coveredFor(topic: Topic): number;
  list(): readonly Mark[];
  clear(): void;
}

export function createMarks(): Marks {
  const marks = new Map<string, Mark>();
  /** Highest ever per epoch: what a mark once said stays true though a later one resumes from further back. */
  const covered = new Map<string, Mark>();
  const keyOf = (lane: Lane | null, log: LogId | null): string => `${lane} ${log}`;

  function raise(map: Map<string, Mark>, mark: Mark): void {
    const key = keyOf(mark.lane, mark.log);
    const known = map.get(key);
    if (known?.epoch !== mark.epoch || known.offset < mark.offset) map.set(key, mark);
  }

  function find(map: ReadonlyMap<string, Mark>, topic: Topic): number {
    const mark = map.get(keyOf(topic.lane, topic.log));
    return mark?.epoch === topic.epoch ? mark.offset : 0;
  }

  return {
    take({ lane, log, epoch, offset }, isReset = false) {
      const mark: Mark = { lane, log, epoch, offset };
      if (isReset) marks.set(keyOf(lane, log), mark);
      else raise(marks, mark);
      raise(covered, mark);
    },
    offsetFor: (topic) => find(marks, topic),
    // A topic still being brought up may be behind what was said of its lane.
    coveredFor: (topic) => (topic.isCurrent ? find(covered, topic) : 0),
    list: () => [...marks.values()],
    clear() {
      marks.clear();
      covered.clear();
    },
  };
}
