import {
  createClient,
  createMemoryOutbox,
  type Client,
  type Json,
  type Clock,
  type OutboxStorage,
  type Socket,
  type SocketEvents,
  type StoredCommand,
  type SurroundingEvents,
  type TopicView,
} from '@ms5/client';
import {
  createSeededRandom,
  createShownViews,
  digestOfValue,
  standingOf,
  type FakeClock,
  type Rest,
  type Sighting,
} from '@ms5/testkit';

/** A tablet or wall screen: its clock may be wrong, it may freeze, and its tab may die and be opened again. */
export interface Device {
  readonly name: string;
  client(): Client;
  /** Nothing runs until `thaw`. */
  freeze(): void;
  thaw(): void;
  isFrozen(): boolean;
  jumpClock(ms: number): void;
  /** Online, foreground. */
  nudge(): void;
  /** The tab is gone without a word and is opened anew; what its outbox kept is still there. */
  reopen(): void;
  /** Streams are listened to anew. */
  relisten(): void;
  /** Writes down what is shown as live now. */
  sample(): void;
  rest(): Rest;
  close(): void;
}

export interface DeviceParts {
  readonly name: string;
  readonly clock: Pick<FakeClock, 'now' | 'after'>;
  readonly seed: number;
  readonly skewMs: number;
  readonly isDurable: boolean;
  /** After waking what is shown does not count for so long, ms. Omitted: as long as a probe takes. */
  readonly wakeMs?: number;
  readonly open: (events: SocketEvents) => Socket;
  readonly getToken: () => Promise<string>;
  readonly sightings: Sighting[];
  readonly onFault: (fault: string) => void;
  readonly onOutcome: (about: string, status: string, offset: number | null) => void;
  readonly trace: ((line: string) => void) | undefined;
}

const FILTER = 'works/#';
/** After waking a screen may show the old for as long as a probe takes, ms. */
const WAKE_MS = 8_000;

/** Survives the tab; one client at a time. */
function createDurableOutbox(name: string): OutboxStorage {
  const kept = new Map<number, StoredCommand>();
  let nextCounter = 1;
  return {
    isDurable: true,
    open: () => Promise.resolve({ clientId: name, nextCounter, commands: [...kept.values()] }),
    put(command) {
      kept.set(command.counter, command);
      nextCounter = Math.max(nextCounter, command.counter + 1);
      return Promise.resolve();
    },
    remove(counter) {
      kept.delete(counter);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** What a command was about: unique to it. */
function aboutOf(data: Json): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return '';
  const { note, good } = data as { readonly note?: string; readonly good?: number };
  return note ?? `count ${good}`;
}

export function createDevice(parts: DeviceParts): Device {
  const { name, clock, sightings } = parts;
  const storage = parts.isDurable ? createDurableOutbox(name) : undefined;
  let skewMs = parts.skewMs;
  let isFrozen = false;
  let awakeSince = clock.now();
  let waiting: (() => void)[] = [];
  /** Tells the present tab from those that died. */
  let tab = 0;
  let listening = 0;
  let surroundings: SurroundingEvents | null = null;
  let unlisten = (): void => {};
  const lastEntries = new Map<string, number>();
  const shown = createShownViews({ name, sightings, onFault: (fault) => parts.onFault(fault) });
  let client = startClient();

  function run(own: number, task: () => void): void {
    if (own !== tab) return;
    if (isFrozen) waiting.push(() => run(own, task));
    else task();
  }

  /** What a dead tab was about to keep or to forget stays undone, and so is never sent. */
  function storageOf(own: number, shared: OutboxStorage): OutboxStorage {
    const whileAlive = (act: () => Promise<void>): Promise<void> =>
      own === tab ? act() : new Promise(() => {});
    return {
      isDurable: shared.isDurable,
      open: (clientId, newId) => shared.open(clientId, newId),
      put: (command) => whileAlive(() => shared.put(command)),
      remove: (counter) => whileAlive(() => shared.remove(counter)),
      close: () => shared.close(),
    };
  }

  function startClient(): Client {
    tab += 1;
    const own = tab;
    const ownClock: Clock = {
      now: () => clock.now() + skewMs,
      after: (delayMs, task) => clock.after(delayMs, () => run(own, task)),
    };
    const started = createClient({
      url: 'ws://works.test/ws',
      getToken: parts.getToken,
      clientId: name,
      ports: {
        clock: ownClock,
        random: createSeededRandom(parts.seed + own),
        storage: storage === undefined ? createMemoryOutbox() : storageOf(own, storage),
        surroundings: {
          watch(events) {
            surroundings = events;
            return () => {};
          },
        },
        openSocket: (_url, _protocols, events) =>
          parts.open({
            opened: () => run(own, events.opened),
            message: (data) =>
              run(own, () => {
                parts.trace?.(`${name} < ${String(data)}`);
                events.message(data);
              }),
            closed: (code, reason) =>
              run(own, () => {
                parts.trace?.(`${name} closed ${code} ${reason}`);
                events.closed(code, reason);
              }),
          }),
      },
    });
    started.onOutcome(({ data }, outcome) => {
      parts.onOutcome(aboutOf(data), outcome.status, outcome.offset ?? null);
    });
    const records = started.records<unknown>(FILTER);
    const collections = started.collections<unknown>(FILTER);
    records.subscribe(() => shown.note(records.get().value));
    collections.subscribe(() => shown.note(collections.get().value));
    unlisten = listen(started);
    started.connect();
    return started;
  }

  function listen(started: Client): () => void {
    listening += 1;
    const own = `${name}.${listening}`;
    lastEntries.clear();
    return started.stream(
      '#',
      ({ topic, offset, data }) => {
        lastEntries.set(topic, offset);
        sightings.push({ kind: 'entry', client: own, topic, offset, digest: digestOfValue(data) });
      },
      (topic) => sightings.push({ kind: 'loss', client: own, topic }),
    );
  }

  function views(): ReadonlyMap<string, TopicView<unknown>> {
    return new Map<string, TopicView<unknown>>([
      ...client.records<unknown>(FILTER).get().value,
      ...client.collections<unknown>(FILTER).get().value,
    ]);
  }

  function abandon(): void {
    tab += 1;
    waiting = [];
    isFrozen = false;
    shown.end();
  }

  return {
    name,
    client: () => client,
    freeze() {
      isFrozen = true;
    },
    thaw() {
      if (!isFrozen) return;
      isFrozen = false;
      awakeSince = clock.now();
      for (const task of waiting.splice(0)) task();
      surroundings?.foreground();
    },
    isFrozen: () => isFrozen,
    jumpClock(ms) {
      skewMs += ms;
    },
    nudge: () => surroundings?.online(),
    reopen() {
      abandon();
      client = startClient();
    },
    relisten() {
      unlisten();
      unlisten = listen(client);
    },
    sample() {
      if (isFrozen || clock.now() - awakeSince < (parts.wakeMs ?? WAKE_MS)) return;
      const isConnected = client.state().status === 'live';
      shown.sample(views(), isConnected, clock.now());
    },
    rest() {
      shown.end();
      const topics = standingOf(views());
      const epoch = [...topics.values()].findLast((topic) => topic.epoch !== '')?.epoch ?? '';
      for (const [topic, offset] of lastEntries) topics.set(topic, { epoch, offset, isCurrent: true });
      return { client: name, isMatched: () => true, topics };
    },
    close() {
      client.close();
      abandon();
    },
  };
}
