import type { Lane, LogId, Mark } from '@ms5/wire';
import type { Topic } from './topic.ts';

/** Marks by lane and log. */
export interface Marks {
  /** The newest mark of a lane counts, even if it is lower. */
  take(mark: Mark): void;
  /** A new connection begins. */
  start(): void;
  /** Whether this connection has told any. */
  isTold(): boolean;
  /** What earlier connections told of these logs is void. */
  reset(logs: ReadonlySet<LogId>): void;
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
  /** Those told on this connection. */
  const fresh = new Set<string>();
  const keyOf = (lane: Lane | null, log: LogId | null): string => `${lane} ${log}`;

  function find(map: ReadonlyMap<string, Mark>, topic: Topic): number {
    const mark = map.get(keyOf(topic.lane, topic.log));
    return mark?.epoch === topic.epoch ? mark.offset : 0;
  }

  return {
    take({ lane, log, epoch, offset }) {
      const key = keyOf(lane, log);
      const mark: Mark = { lane, log, epoch, offset };
      marks.set(key, mark);
      fresh.add(key);
      const known = covered.get(key);
      if (known?.epoch !== epoch || known.offset < offset) covered.set(key, mark);
    },
    start: () => fresh.clear(),
    isTold: () => fresh.size > 0,
    reset(logs) {
      for (const [key, { log }] of marks) {
        if (fresh.has(key) || !logs.has(log)) continue;
        marks.delete(key);
        covered.delete(key);
      }
    },
    offsetFor: (topic) => find(marks, topic),
    // A topic still being brought up may be behind what was said of its lane.
    coveredFor: (topic) => (topic.isCurrent ? find(covered, topic) : 0),
    list: () => [...marks.values()],
    clear() {
      marks.clear();
      covered.clear();
      fresh.clear();
    },
  };
}
