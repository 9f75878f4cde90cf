import type { Clock, EntryChanges, LogImage } from '@ms5/hub';
import { nextEscalationDue, type PlantConfig } from '@ms5/domain';
import type { EventLog } from '../log/event-log.ts';
import {
  openGroup,
  type BatchInput,
  type CommandInput,
  type CommandReply,
  type DisplayInput,
  type Group,
  type ItemReply,
  type Memory,
  type PublicationInput,
  type PublicationReply,
} from './group.ts';
import { createPublishPace, PUBLISH_TIMES } from './publish-pace.ts';
import { recover } from './recover.ts';
import { imageOf } from './snapshot.ts';
import { createSteadyTime } from './steady-time.ts';
import { createUpkeep } from './upkeep.ts';

export const CORE_LIMITS = {
  /** Entries per transaction: with more, the last of a group waits too long. */
  groupEntries: 100,
  groupObservations: 5000,
  /** Batches of one source share an entry as long as they have no more together. */
  entryObservations: 500,
  /** Publications per transaction: commands and observations get the rest. */
  groupPublications: 50,
  queuedCommands: 10_000,
  queuedPublications: 5000,
  queuedObservations: 100_000,
  retryAfterMs: 500,
} as const;

/** Documents follow commands at once, observations at a pace. */
export const CORE_TIMES = { tickMs: 2000, ...PUBLISH_TIMES } as const;

interface Busy {
  readonly status: 'busy';
  readonly retryAfterMs: number;
}

export interface EngineCore {
  /** Resolves once the outcome is durable; rejects when too many wait, and then nothing is decided. */
  command(input: CommandInput): Promise<CommandReply>;
  /** Resolves once the batch is durable, with one reply per item. */
  batch(input: BatchInput): Promise<readonly ItemReply[] | Busy>;
  /** As `batch`, for sources that hold themselves back until they are answered. */
  mustTake(input: BatchInput): Promise<readonly ItemReply[]>;
  /** Resolves once the publication is durable, or why it is not taken. */
  publish(input: PublicationInput): Promise<PublicationReply | Busy>;
  /** Records that a call was displayed, with the next group; the first word of a call counts. */
  display(input: DisplayInput): void;
  readonly memory: Memory;
  load(): EngineLoad;
  image(): LogImage;
  saveSnapshot(): void;
  /** Commits what is queued, writes a snapshot, closes the log. Idempotent. */
  close(): Promise<void>;
}

/** What waits to be committed. */
export interface EngineLoad {
  readonly queuedCommands: number;
  readonly queuedPublications: number;
  readonly queuedObservations: number;
  /** Since the last commit while something waits, else 0, ms. */
  readonly pendingMs: number;
}

export interface EngineCoreOptions {
  readonly log: EventLog;
  readonly config: PlantConfig;
  readonly clock: Clock;
  /** Called after each commit, before anybody who waits for it is answered. */
  readonly onCommitted: (entries: readonly EntryChanges[], head: number) => void;
  /** The log failed or the engine broke: nothing more is accepted, nothing of the group was acknowledged. */
  readonly onFailure: (error: Error) => void;
}

interface Waiting<Input, Reply> {
  readonly input: Input;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

type Life =
  | { readonly name: 'open' }
  | { readonly name: 'closed' }
  | { readonly name: 'failed'; readonly error: Error };

/** Recovers from the log and runs: inputs are queued, decided, committed in groups, then published and answered. */
export function startEngineCore(options: EngineCoreOptions): EngineCore {
  const { log, config, clock } = options;
  const recovered = recover(log, config, clock.now());
  const { memory } = recovered;
  const steady = createSteadyTime(clock);
  const upkeep = createUpkeep(recovered, log, clock);
  const pace = createPublishPace();
  const commands: Waiting<CommandInput, CommandReply>[] = [];
  const publications: Waiting<PublicationInput, PublicationReply>[] = [];
  const displays = new Map<string, DisplayInput>();
  const batches: Waiting<BatchInput, readonly ItemReply[]>[] = [];
  let queuedObservations = 0;
  let pendingSince = Number.NEGATIVE_INFINITY;
  let life: Life = { name: 'open' };
  let scheduled = false;
  let tickDue = true;
  const cancels = new Map<'tick' | 'publish' | 'due', () => void>();

  const fail = (error: unknown, waiting: readonly { reject: (error: Error) => void }[]): void => {
    const cause = error instanceof Error ? error : new Error(String(error));
    life = { name: 'failed', error: cause };
    for (const cancel of cancels.values()) cancel();
    options.onFailure(cause);
    const others = [...commands.splice(0), ...publications.splice(0), ...batches.splice(0)];
    for (const { reject } of [...waiting, ...others]) reject(cause);
  };

  const schedule = (): void => {
    if (scheduled || life.name !== 'open') return;
    scheduled = true;
    clock.soon(() => {
      scheduled = false;
      if (life.name === 'open') flush();
    });
  };

  const fill = (group: Group, answers: (() => void)[], taken: { reject: (error: Error) => void }[]): void => {
    for (const waiting of commands.splice(0, CORE_LIMITS.groupEntries)) {
      taken.push(waiting);
      const reply = group.command(waiting.input);
      answers.push(() => waiting.resolve(reply));
    }
    for (const input of displays.values()) group.display(input);
    displays.clear();
    for (const waiting of publications.splice(0, CORE_LIMITS.groupPublications)) {
      taken.push(waiting);
      const reply = group.publication(waiting.input);
      answers.push(() => waiting.resolve(reply));
    }
    if (tickDue) {
      tickDue = false;
      group.tick();
    }
    while (
      group.entryCount() < CORE_LIMITS.groupEntries &&
      group.observationCount() < CORE_LIMITS.groupObservations
    ) {
      const together = takeTogether(batches);
      const [first] = together;
      if (first === undefined) break;
      taken.push(...together);
      const items = together.length === 1 ? first.input.items : together.flatMap(({ input }) => input.items);
      queuedObservations -= items.length;
      const replies = group.batch({ source: first.input.source, items });
      let place = 0;
      for (const { input, resolve } of together) {
        const from = place;
        place += input.items.length;
        const own = together.length === 1 ? replies : replies.slice(from, place);
        answers.push(() => resolve(own));
      }
    }
  };

  const publishIfDue = (group: Group): void => {
    const lines = memory.pendingLines.size;
    if (lines === 0) return;
    pace.observed(group.observationCount());
    const from = steady();
    const dueInMs = pace.dueInMs(from);
    if (dueInMs <= 0) {
      group.publish();
      pace.published({ from, to: steady(), lines, isWaiting: isWaiting() });
    } else if (!cancels.has('publish')) {
      after('publish', dueInMs, () => undefined);
    }
  };

  const isWaiting = (): boolean =>
    commands.length > 0 || publications.length > 0 || displays.size > 0 || batches.length > 0;

  const keepUp = (): void => {
    if (life.name !== 'open') return;
    try {
      upkeep.run(clock.now(), !isWaiting());
    } catch (error) {
      fail(error, []);
    }
  };

  /** Decides and commits one group. */
  const flush = (): void => {
    const now = clock.now();
    const answers: (() => void)[] = [];
    const taken: { reject: (error: Error) => void }[] = [];
    try {
      const group = openGroup(memory, log, now);
      fill(group, answers, taken);
      publishIfDue(group);
      const { commit, changes } = group.finish();
      if (commit.entries.length > 0 || commit.observationKeys.length > 0) log.commit(commit);
      if (commit.entries.length > 0) options.onCommitted(changes, memory.offset);
      for (const answer of answers) answer();
      // Observations start and stop no escalation.
      if (commit.entries.some(({ cause }) => cause.kind !== 'observations')) armDue();
      pendingSince = clock.now();
      if (isWaiting()) schedule();
      upkeep.committed(commit);
      // In a turn of its own: the answers leave first.
      clock.soon(keepUp);
    } catch (error) {
      fail(error, taken);
    }
  };

  const after = (name: 'tick' | 'publish' | 'due', delayMs: number, task: () => void): void => {
    cancels.set(
      name,
      clock.after(delayMs, () => {
        cancels.delete(name);
        task();
        schedule();
      }),
    );
  };

  const armTick = (): void => {
    after('tick', CORE_TIMES.tickMs, () => {
      tickDue = true;
      armTick();
    });
  };

  /** Escalations do not wait for the next regular tick, which looks again where it comes first. */
  const armDue = (): void => {
    cancels.get('due')?.();
    cancels.delete('due');
    const dueAt = nextEscalationDue(memory.state, memory.config);
    const dueInMs = dueAt === null ? Infinity : dueAt - clock.now();
    if (dueInMs >= CORE_TIMES.tickMs) return;
    // Timers may come 1 ms early.
    after('due', Math.max(1, dueInMs), () => {
      tickDue = true;
    });
  };

  const accept = <Input, Reply>(queue: Waiting<Input, Reply>[], input: Input): Promise<Reply> => {
    if (life.name !== 'open') {
      return Promise.reject(life.name === 'failed' ? life.error : new Error('the engine is closed'));
    }
    if (!isWaiting()) pendingSince = clock.now();
    return new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject });
      schedule();
    });
  };

  const mustTake = (input: BatchInput): Promise<readonly ItemReply[]> => {
    queuedObservations += input.items.length;
    return accept<BatchInput, readonly ItemReply[]>(batches, input);
  };

  armTick();
  schedule();
  return {
    memory,
    command: (input) =>
      commands.length >= CORE_LIMITS.queuedCommands
        ? Promise.reject(new Error('too many commands are waiting'))
        : accept<CommandInput, CommandReply>(commands, input),
    batch: (input) => {
      const waiting = queuedObservations + input.items.length;
      const full = queuedObservations > 0 && waiting > CORE_LIMITS.queuedObservations;
      return full ? Promise.resolve(busy()) : mustTake(input);
    },
    mustTake,
    publish: (input) =>
      publications.length >= CORE_LIMITS.queuedPublications
        ? Promise.resolve(busy())
        : accept<PublicationInput, PublicationReply>(publications, input),
    display: (input) => {
      if (life.name !== 'open' || displays.has(input.callId)) return;
      displays.set(input.callId, input);
      schedule();
    },
    load: () => ({
      queuedCommands: commands.length,
      queuedPublications: publications.length,
      queuedObservations,
      pendingMs: isWaiting() ? Math.max(0, clock.now() - pendingSince) : 0,
    }),
    image: () => imageOf(memory, memory.config.site.id, log.id),
    saveSnapshot: () => upkeep.saveSnapshot(),
    close: () => {
      if (life.name === 'closed') return Promise.resolve();
      while (life.name === 'open' && isWaiting()) flush();
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
      if (life.name === 'open') {
        life = { name: 'closed' };
        upkeep.saveSnapshot();
        log.checkpoint();
      }
      log.close();
      return Promise.resolve();
    },
  };
}

/** The next batch, and those of the same source right behind it: small ones share an entry. */
function takeTogether(
  batches: Waiting<BatchInput, readonly ItemReply[]>[],
): readonly Waiting<BatchInput, readonly ItemReply[]>[] {
  const [first] = batches;
  if (first === undefined) return [];
  let count = 1;
  let items = first.input.items.length;
  for (let next = batches[count]; next?.input.source === first.input.source; next = batches[count]) {
    items += next.input.items.length;
    if (items > CORE_LIMITS.entryObservations) break;
    count += 1;
  }
  return batches.splice(0, count);
}

function busy(): Busy {
  return { status: 'busy', retryAfterMs: CORE_LIMITS.retryAfterMs };
}
