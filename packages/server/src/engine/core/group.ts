import {
  step,
  type EngineState,
  type FactoryCommand,
  type FactoryEvent,
  type LinePath,
  type Observation,
  type PlantConfig,
  type Refusal,
  type StepResult,
} from '@ms5/domain';
import type { EntryChanges, TopicChange } from '@ms5/hub';
import type { CommandKey, ExpectedState } from '@ms5/wire';
import type { Publication } from '../ingest/publications.ts';
import type {
  CommitGroup,
  EventLog,
  ObservationKey,
  PublicationKey,
  StoredCommand,
} from '../log/event-log.ts';
import { ENTRY_VERSION, type CommandOutcome, type EntryCause, type LogEntry } from '../log/log-entry.ts';
import { isBookkeeping, lineOfEvent } from '../projections/event-lines.ts';
import type { Projector } from '../projections/projector.ts';

/** The engine's memory: always what the log's entries make of it, plus what is about to be committed. */
export interface Memory {
  readonly state: EngineState;
  config: PlantConfig;
  readonly projector: Projector;
  /** Lines whose documents are behind their events. */
  readonly pendingLines: Set<LinePath>;
  /** How many times the documents of a line were computed since the newest snapshot: a restart repeats that. */
  projectedLines: number;
  /** Offset and time of the newest entry decided. */
  offset: number;
  at: number;
}

export interface CommandInput {
  readonly command: FactoryCommand;
  readonly key: CommandKey;
  readonly author: string;
  readonly deadline?: number;
  /** What must not have changed since. */
  readonly expected?: ExpectedState;
  /** How long after it the key need not be known any more; absent: its client's counter is kept for ever. */
  readonly keyKeptMs?: number;
}

/** Outcome of a command, and the entry it was committed with. */
export interface CommandReply extends CommandOutcome {
  readonly offset?: number;
}

export interface BatchItem {
  readonly observation: Observation;
  /** Absent: never taken as a repetition. */
  readonly key?: { readonly source: string; readonly key: string; readonly expiresAt: number };
}

export interface BatchInput {
  readonly source: string;
  readonly items: readonly BatchItem[];
}

export type ItemReply =
  | { readonly status: 'accepted' | 'duplicate' }
  | { readonly status: 'rejected'; readonly refusal: Refusal };

export interface PublicationInput {
  readonly publication: Publication;
  readonly author: string;
  /** Absent: published each time. */
  readonly key?: string;
}

export type PublicationReply =
  | { readonly status: 'published'; readonly offset: number; readonly isDuplicate: boolean }
  | { readonly status: 'refused'; readonly message: string };

/** A call was seen on a screen. */
export interface DisplayInput {
  readonly topic: string;
  readonly callId: string;
  /** Of the document that was shown. */
  readonly shownOffset: number;
  readonly reader: string;
  readonly at: number;
}

/** How long the key of a publication is remembered. */
const PUBLICATION_KEPT_MS = 7 * 86_400_000;

interface KnownKeys {
  has(source: string, key: string): boolean;
}

/** Keys by source. */
function createKeySets(): KnownKeys & { add(source: string, key: string): void } {
  const sets = new Map<string, Set<string>>();
  return {
    has: (source, key) => sets.get(source)?.has(key) === true,
    add: (source, key) => {
      const own = sets.get(source);
      if (own === undefined) sets.set(source, new Set([key]));
      else own.add(key);
    },
  };
}

/** Which of the items' keys the log remembers; asked for all of a source at once. */
function knownKeys(log: EventLog, items: readonly BatchItem[]): KnownKeys {
  const asked = new Map<string, string[]>();
  for (const { key } of items) {
    if (key === undefined) continue;
    const own = asked.get(key.source);
    if (own === undefined) asked.set(key.source, [key.key]);
    else own.push(key.key);
  }
  const known = new Map<string, ReadonlySet<string>>();
  for (const [source, keys] of asked) known.set(source, log.knownObservationKeys(source, keys));
  return { has: (source, key) => known.get(source)?.has(key) === true };
}

const ACCEPTED: ItemReply = { status: 'accepted' };
const DUPLICATE: DecidedItem = { reply: { status: 'duplicate' }, events: [] };

interface DecidedItem {
  readonly reply: ItemReply;
  readonly events: StepResult['events'];
}

/** Decides inputs one after another; everything decided is then committed in one transaction. */
export interface Group {
  command(input: CommandInput): CommandReply;
  batch(input: BatchInput): readonly ItemReply[];
  publication(input: PublicationInput): PublicationReply;
  display(input: DisplayInput): void;
  tick(): void;
  /** Puts another configuration in force. */
  configure(config: PlantConfig): void;
  /** Brings every pending line up to date, with the newest entry or one of its own. */
  publish(): void;
  entryCount(): number;
  observationCount(): number;
  /** What to commit, and what to publish after the commit. */
  finish(): { readonly commit: CommitGroup; readonly changes: readonly EntryChanges[] };
}

export function openGroup(memory: Memory, log: EventLog, now: number): Group {
  const at = Math.max(memory.at, now);
  const entries: LogEntry[] = [];
  const changes: { offset: number; at: number; changes: TopicChange[] }[] = [];
  const commands = new Map<string, StoredCommand>();
  const keys = createKeySets();
  const observationKeys: ObservationKey[] = [];
  const publications = new Map<string, PublicationKey>();
  let observations = 0;

  const add = (
    cause: EntryCause,
    outcome: LogEntry['outcome'],
    events: LogEntry['events'],
    projected: boolean,
  ): number => {
    memory.offset += 1;
    memory.at = at;
    const entry: LogEntry = {
      offset: memory.offset,
      at,
      version: ENTRY_VERSION,
      cause,
      outcome,
      events,
      projected,
    };
    entries.push(entry);
    changes.push({ offset: entry.offset, at, changes: [...followEntry(memory, entry)] });
    return entry.offset;
  };

  const decideCommand = (input: CommandInput): StepResult & { readonly outcome: CommandOutcome } => {
    if (input.deadline !== undefined && at > input.deadline) {
      const message = `the deadline ${input.deadline} had passed at ${at}`;
      return { events: [], outcome: { status: 'expired', reason: 'deadline', message } };
    }
    if (input.expected !== undefined) {
      // What was decided and not shown yet is no older than what is shown.
      publish();
      const outcome = conflictWith(input.expected, memory.projector);
      if (outcome !== null) return { events: [], outcome };
    }
    const envelope = { author: input.author, at, command: input.command };
    const result = step(memory.state, memory.config, { kind: 'command', envelope }, at);
    return { ...result, outcome: outcomeOf(result) };
  };

  const decideItem = ({ observation, key }: BatchItem, isKnown: KnownKeys): DecidedItem => {
    if (key !== undefined && (keys.has(key.source, key.key) || isKnown.has(key.source, key.key))) {
      return DUPLICATE;
    }
    const { events, refusal } = step(memory.state, memory.config, { kind: 'observation', observation }, at);
    if (refusal !== undefined) return { reply: { status: 'rejected', refusal }, events };
    if (key !== undefined) {
      keys.add(key.source, key.key);
      observationKeys.push(key);
    }
    return { reply: ACCEPTED, events };
  };

  const publish = (): void => {
    if (memory.pendingLines.size === 0) return;
    const last = entries.at(-1);
    const own = changes.at(-1);
    if (last === undefined || own === undefined) {
      add({ kind: 'publish' }, null, [], true);
      return;
    }
    entries[entries.length - 1] = { ...last, projected: true };
    own.changes.push(...projectPending(memory, last));
  };

  return {
    command: (input) => {
      const id = `${input.key.counter}/${input.key.clientId}`;
      const repeated = repeatedCommand(commands.get(id), log, input.key);
      if (repeated !== undefined) return repeated;
      const { outcome, events } = decideCommand(input);
      const { command, key, author, deadline, expected } = input;
      const cause = {
        kind: 'command',
        key,
        author,
        command,
        ...(deadline === undefined ? {} : { deadline }),
        ...(expected === undefined ? {} : { expected }),
      };
      const offset = add(cause as EntryCause, outcome, events, true);
      const expiry = input.keyKeptMs === undefined ? {} : { expiresAt: at + input.keyKeptMs };
      commands.set(id, { key, offset, at, outcome, ...expiry });
      return { ...outcome, offset };
    },
    batch: ({ source, items }) => {
      observations += items.length;
      const isKnown = knownKeys(log, items);
      const replies: ItemReply[] = [];
      const events: FactoryEvent[] = [];
      const taken: Observation[] = [];
      let refused = 0;
      for (const item of items) {
        const { reply, events: own } = decideItem(item, isKnown);
        replies.push(reply);
        for (const event of own) events.push(event);
        if (reply.status === 'accepted') taken.push(item.observation);
        else if (reply.status === 'rejected') refused += 1;
      }
      if (events.length > 0) {
        add(
          { kind: 'observations', source, observations: taken },
          { accepted: taken.length, refused },
          events,
          false,
        );
      }
      return replies;
    },
    publication: ({ publication, author, key }) => {
      const id = JSON.stringify([author, key]);
      const first =
        key === undefined ? undefined : (publications.get(id)?.offset ?? log.publicationOffset(author, key));
      if (first !== undefined) return { status: 'published', offset: first, isDuplicate: true };
      const refusal = memory.projector.app.refusalOf(publication);
      if (refusal !== null) return { status: 'refused', message: refusal };
      const { topic, kind: topicKind, lane, data } = publication;
      const offset = add({ kind: 'published', author, topic, topicKind, lane, data }, null, [], false);
      if (key !== undefined) {
        publications.set(id, { author, key, offset, expiresAt: at + PUBLICATION_KEPT_MS });
      }
      return { status: 'published', offset, isDuplicate: false };
    },
    display: ({ topic, callId, shownOffset, reader, at: shownAt }) => {
      const display = { callId, reader, at: Math.min(shownAt, at) };
      const { events } = step(memory.state, memory.config, { kind: 'display', display }, at);
      if (events.length > 0) {
        add({ kind: 'displayed', topic, callId, shownOffset, reader }, null, events, true);
      }
    },
    tick: () => {
      const { events } = step(memory.state, memory.config, { kind: 'tick' }, at);
      if (events.length === 0) return;
      add({ kind: 'tick' }, null, events, true);
    },
    configure: (config) => {
      memory.config = config;
      add({ kind: 'configLoaded', plant: config }, null, [], true);
    },
    publish,
    entryCount: () => entries.length,
    observationCount: () => observations,
    finish: () => ({
      commit: {
        entries,
        commands: [...commands.values()],
        observationKeys,
        publicationKeys: [...publications.values()],
      },
      changes: changes.filter((entry) => entry.changes.length > 0),
    }),
  };
}

/**
 * Brings topics up to date with an entry whose events are applied. Live and after a restart it is called with the
 * same entries in the same order, so both give every key the same offset.
 */
export function followEntry(memory: Memory, entry: LogEntry): readonly TopicChange[] {
  const changes: TopicChange[] = [];
  if (entry.cause.kind === 'configLoaded') {
    changes.push(...memory.projector.reconfigure(memory.config, entry.offset));
    memory.pendingLines.clear();
    for (const { path } of memory.config.lines) memory.pendingLines.add(path);
  }
  if (entry.cause.kind === 'tick') {
    for (const { path } of memory.config.lines) memory.pendingLines.add(path);
  }
  for (const event of entry.events) {
    if (isBookkeeping(event)) continue;
    const line = lineOfEvent(event, memory.state, memory.config);
    if (line !== undefined) memory.pendingLines.add(line);
  }
  if (entry.cause.kind === 'published') {
    const change = followPublication(memory, entry.offset, entry.at, entry.cause);
    if (change !== null) changes.push(change);
  }
  changes.push(...memory.projector.streams(entry, memory.state, memory.config));
  if (entry.projected) changes.push(...projectPending(memory, entry));
  return changes;
}

/** Brings a topic of another program up to date; alone, where the factory's topics are computed anew anyway. */
export function followPublication(
  memory: Memory,
  offset: number,
  at: number,
  { topic, topicKind: kind, lane, data }: Extract<EntryCause, { kind: 'published' }>,
): TopicChange | null {
  return memory.projector.app.apply({ offset, at, publication: { topic, kind, lane, data } });
}

function projectPending(memory: Memory, { offset, at }: LogEntry): readonly TopicChange[] {
  const { state, config, projector, pendingLines } = memory;
  const known = new Set(config.lines.map(({ path }) => path));
  const lines = [...pendingLines].filter((path) => known.has(path)).sort();
  pendingLines.clear();
  memory.projectedLines += lines.length;
  return projector.documents(lines, offset, at, state, config);
}

function outcomeOf({ data, refusal }: StepResult): CommandOutcome {
  if (refusal === undefined) return { status: 'applied', ...(data === undefined ? {} : { data }) };
  const { status, code, message } = refusal;
  return { status, reason: code, message };
}

/** The outcome of a command that expects something of a topic which does not exist, or not for its author. */
export function unknownTopic(topic: string): CommandOutcome {
  return { status: 'conflict', reason: 'unknownTopic', message: `there is no topic ${topic}` };
}

/** The outcome of a command whose author saw an older state; `null`: nothing has changed since. */
function conflictWith(expected: ExpectedState, projector: Projector): CommandOutcome | null {
  const { topic, key, offset } = expected;
  const newest = projector.lastChange(topic, key);
  if (newest < 0) return unknownTopic(topic);
  if (newest <= offset) return null;
  const what = key === undefined ? topic : `${key} of ${topic}`;
  return {
    status: 'conflict',
    reason: 'changedSince',
    message: `${what} changed at offset ${newest}; the command expected nothing after ${offset}`,
    data: { topic, ...(key === undefined ? {} : { key }), offset: newest },
  };
}

/** The answer to a command that was decided before, or can no longer be told from one. */
function repeatedCommand(
  inGroup: StoredCommand | undefined,
  log: EventLog,
  key: CommandKey,
): CommandReply | undefined {
  const record = inGroup === undefined ? log.commandRecord(key) : undefined;
  const stored = inGroup ?? record?.stored;
  if (stored !== undefined) {
    const { outcome, offset } = stored;
    return outcome.status === 'applied'
      ? { ...outcome, status: 'duplicate', offset }
      : { ...outcome, offset };
  }
  if (record === undefined || key.counter > record.highest) return undefined;
  const message = `counter ${key.counter} is not above ${record.highest}, and its outcome is no longer kept`;
  return { status: 'unknown', reason: 'outcomeForgotten', message };
}
