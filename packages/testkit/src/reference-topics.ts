import {
  matchesAny,
  type DeltaMessage,
  type EntriesMessage,
  type Json,
  type Lane,
  type LogId,
  type Mark,
  type ServerMessage,
  type SnapshotMessage,
  type StreamEntry,
  type TopicKind,
} from '@ms5/wire';

/** What the reference client holds of one topic. */
export interface ReferenceTopic {
  readonly name: string;
  readonly kind: TopicKind;
  readonly lane: Lane | null;
  readonly log: LogId;
  readonly epoch: string;
  /** Up to here everything is held. */
  position: number;
  /** Fields of a record, documents of a collection, `value` of a signal. */
  readonly values: Map<string, Json>;
  /** All entries of a stream received, in order of arrival. */
  readonly entries: StreamEntry[];
  /** Keys named since `begin`; `null`: no snapshot is under way. */
  named: Set<string> | null;
  /** The position before the snapshot that is under way; -1: nothing was held. */
  positionBefore: number;
  /** Deltas received one by one, as `[from, to]`. */
  readonly ranges: (readonly [number, number])[];
  losses: number;
}

export interface ReferenceTopics {
  take(message: ServerMessage): void;
  /** The connection was lost. */
  interrupt(): void;
  /**
   * The topics whose position the marks do not tell, as `resume` wants them: it is ahead of them, or of a topic that
   * no filter `inForce` at the time matched. `isUnderWay`: data may come yet.
   */
  positions(
    filters: readonly string[],
    marks: readonly Mark[],
    inForce: readonly string[],
    isUnderWay: boolean,
  ): Record<string, { epoch: string; offset: number }>;
  /** What is held in these logs and matched by `filters`, but not by those in force before, may be void. */
  noteReset(logs: readonly LogId[], filters: readonly string[], before: readonly string[]): void;
  /** What is still void and matched by `filters` is dropped. */
  finishReset(filters: readonly string[]): void;
  /** Drops what `filters` match and none of those `covering` does. */
  forbid(filters: readonly string[], covering: readonly string[]): void;
  /** Drops what none of the filters in force matches any more, unless a request under way continues it. */
  release(inForce: readonly string[]): void;
  /** What is held of it counts no more, since a reset. */
  isVoid(name: string): boolean;
  get(name: string): ReferenceTopic | undefined;
  all(): readonly ReferenceTopic[];
}

export function createReferenceTopics(violations: string[]): ReferenceTopics {
  const topics = new Map<string, ReferenceTopic>();
  const voids = new Set<string>();
  /** Topics that a snapshot came of on this connection. */
  const announced = new Set<string>();
  /** Topics named in a resume while data was under way: what that brings may overlap with it. */
  const told = new Set<string>();
  /** Topics that a request of this connection continues, by mark or by name. */
  const continued = new Set<string>();
  const violate = (text: string): void => void violations.push(text);

  function takeSnapshot(message: SnapshotMessage): void {
    const { topic: name, kind, lane, log, epoch, offset } = message;
    if (message.begin) {
      const wasVoid = voids.delete(name);
      announced.add(name);
      const before = topics.get(name);
      const isSame = before?.log === log && before.epoch === epoch && before.kind === kind;
      if (isSame && kind === 'stream' && offset < before.position)
        violate(`${name}: a stream goes back from ${before.position} to ${offset}`);
      if (
        isSame &&
        kind === 'stream' &&
        offset > before.position &&
        message.lostSince === undefined &&
        !wasVoid
      )
        violate(`${name}: a silent gap from ${before.position} to ${offset}`);
      topics.set(name, {
        name,
        kind,
        lane,
        log,
        epoch,
        position: offset,
        values: isSame ? before.values : new Map(),
        entries: isSame ? before.entries : [],
        named: new Set(),
        positionBefore: isSame && before.named === null ? before.position : -1,
        ranges: isSame ? before.ranges : [],
        losses: (before?.losses ?? 0) + (message.lostSince === undefined ? 0 : 1),
      });
    }
    const topic = topics.get(name);
    if (topic === undefined || topic.named === null)
      return violate(`${name}: a part of a snapshot that did not begin`);
    if (offset !== topic.position) violate(`${name}: a part at ${offset}, while at ${topic.position}`);
    for (const [key, value] of Object.entries(message.set)) {
      topic.values.set(key, value);
      topic.named.add(key);
    }
    if (!message.end) return;
    for (const key of topic.values.keys()) if (!topic.named.has(key)) topic.values.delete(key);
    topic.named = null;
  }

  function takeDelta({ topic: name, from, to, set = {}, remove = [] }: DeltaMessage): void {
    const topic = topics.get(name);
    if (topic === undefined) return violate(`${name}: a delta of a topic never announced`);
    if (from > topic.position) return violate(`${name}: a gap from ${topic.position} to ${from}`);
    if (to <= topic.position) {
      if (!told.has(name)) violate(`${name}: a repeated delta to ${to}, at ${topic.position}`);
      return;
    }
    topic.position = to;
    topic.ranges.push([from, to]);
    for (const [key, value] of Object.entries(set)) {
      topic.values.set(key, value);
      topic.named?.add(key);
    }
    for (const key of remove) {
      topic.values.delete(key);
      topic.named?.delete(key);
    }
  }

  function takeEntries({ topic: name, from, to, entries }: EntriesMessage): void {
    const topic = topics.get(name);
    if (topic === undefined) return violate(`${name}: entries of a topic never announced`);
    if (from > topic.position || (from < topic.position && !told.has(name)))
      violate(`${name}: entries from ${from}, at ${topic.position}`);
    for (const entry of entries) {
      if (entry.offset <= topic.position) continue;
      const last = topic.entries.at(-1);
      if (last !== undefined && entry.offset <= last.offset)
        violate(`${name}: entry ${entry.offset} after ${last.offset}`);
      topic.entries.push(entry);
    }
    topic.position = Math.max(topic.position, to);
  }

  function takeSignal(message: Extract<ServerMessage, { type: 'signal' }>): void {
    const { topic: name, epoch, offset, value } = message;
    const before = topics.get(name);
    if (before !== undefined && before.epoch === epoch && offset < before.position)
      violate(`${name}: a signal goes back`);
    const values = new Map([['value', value]]);
    topics.set(name, {
      name,
      kind: 'signal',
      lane: null,
      log: '',
      epoch,
      position: offset,
      values,
      entries: [],
      named: null,
      positionBefore: -1,
      ranges: [],
      losses: 0,
    });
  }

  return {
    take(message) {
      if (message.type === 'snapshot') takeSnapshot(message);
      else if (message.type === 'delta') takeDelta(message);
      else if (message.type === 'entries') takeEntries(message);
      else if (message.type === 'signal') takeSignal(message);
      else if (message.type === 'gone') topics.delete(message.topic);
    },
    interrupt() {
      voids.clear();
      announced.clear();
      told.clear();
      continued.clear();
      for (const topic of topics.values()) {
        if (topic.named === null) continue;
        topic.named = null;
        // Half a snapshot counts for nothing.
        topic.position = topic.positionBefore;
        if (topic.position < 0) topics.delete(topic.name);
      }
    },
    positions(filters, marks, inForce, isUnderWay) {
      const exceptions: Record<string, { epoch: string; offset: number }> = {};
      for (const { name, lane, log, epoch, position, kind } of topics.values()) {
        if (kind === 'signal' || !matchesAny(filters, name)) continue;
        continued.add(name);
        const mark = marks.find((candidate) => candidate.lane === lane && candidate.log === log);
        if (mark === undefined || mark.offset < position || !matchesAny(inForce, name)) {
          exceptions[name] = { epoch, offset: position };
          if (isUnderWay) told.add(name);
        }
      }
      return exceptions;
    },
    noteReset(logs, filters, before) {
      for (const { name, log } of topics.values())
        if (
          logs.includes(log) &&
          matchesAny(filters, name) &&
          !matchesAny(before, name) &&
          !announced.has(name)
        )
          voids.add(name);
    },
    finishReset(filters) {
      for (const name of voids) {
        if (!matchesAny(filters, name)) continue;
        voids.delete(name);
        topics.delete(name);
      }
    },
    forbid(filters, covering) {
      for (const name of topics.keys())
        if (matchesAny(filters, name) && !matchesAny(covering, name)) topics.delete(name);
    },
    release(inForce) {
      for (const name of topics.keys())
        if (!continued.has(name) && !matchesAny(inForce, name)) topics.delete(name);
    },
    isVoid: (name) => voids.has(name),
    get: (name) => topics.get(name),
    all: () => [...topics.values()],
  };
}
