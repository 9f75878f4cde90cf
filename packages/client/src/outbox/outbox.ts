import type { CommandKey, CommandMessage, ErrorMessage, Json, OutcomeMessage } from '@ms5/wire';
import { messageOf } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { CommandOptions, Outcome, PendingCommand } from '../types.ts';
import { createMemoryOutbox } from './memory-storage.ts';
import type { OpenedOutbox, OutboxStorage, StoredCommand } from './storage.ts';

/** A database that does not open must not keep the client from connecting. */
const OPEN_TIMEOUT_MS = 5_000;
const RETRY_FLOOR_MS = 500;
const RETRY_CEILING_MS = 20_000;
/** A blip of the connection is no reason to ask again. */
const CONFIRM_AFTER_MS = 2_000;

interface Item {
  key: CommandKey;
  stored: StoredCommand;
  readonly isQueued: boolean;
  readonly settle: (outcome: Outcome) => void;
  author: string | null;
  status: 'saving' | 'saved' | 'late' | 'sent';
  /** Asked for again though it is late. */
  isConfirmed: boolean;
  /** The server may know it: it went out on this or an earlier connection. */
  wasSent: boolean;
  failures: number;
}

/**
 * Who uses the client: `unknown`, nobody said; `nobody`, the last one signed out; `arriving`, somebody signs in;
 * `known`, also while there is no connection.
 */
type Person =
  | { readonly is: 'unknown' | 'nobody' | 'arriving' }
  | { readonly is: 'known'; readonly id: string };
const UNKNOWN: Person = { is: 'unknown' };
const idOf = (person: Person): string | null => (person.is === 'known' ? person.id : null);

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  readonly clientId: string | undefined;
  /** Whose commands are those given before the first connection, if that is known. */
  readonly userId: string | undefined;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly serverTime: () => number;
  readonly nextId: () => number;
  readonly send: (message: CommandMessage) => void;
  /** Commands waiting at most. */
  readonly limit: number;
  readonly onChange: (pending: readonly PendingCommand[]) => void;
  readonly onOutcome: (command: PendingCommand, outcome: Outcome) => void;
}

export interface Outbox {
  /** Resolves with the client id once what an earlier client left is here. Never rejects. */
  open(): Promise<string>;
  clientId(): string;
  isDurable(): boolean;
  add(command: string, data: Json, options: CommandOptions): Promise<Outcome>;
  confirm(key: CommandKey): void;
  discard(key: CommandKey): void;
  readonly pending: () => readonly PendingCommand[];
  /** Nobody: what waits stays for who gave it, and shows to nobody else. */
  signOut(): void;
  /** Somebody is about to be; `userId` if it is known who. */
  signIn(userId: string | undefined): void;
  /** A connection for this user: send what is theirs, from the oldest on. */
  start(userId: string): void;
  interrupt(): void;
  readonly takeOutcome: (message: OutcomeMessage) => void;
  /** True when the error answers a command. */
  takeError(message: ErrorMessage): boolean;
  close(): void;
}

/**
 * Commands in the order they were given, one on the wire at a time: what is refused for a while keeps its place, so
 * the server sees counters rise. Sent again after a reconnect with the same key; `duplicate` then says it counted.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { clock } = options;
  let { storage } = options;
  let items: readonly Item[] = [];
  let shown: readonly PendingCommand[] = [];
  let clientId = '';
  let nextCounter = 1;
  let opening: Promise<string> | null = null;
  let user: string | null = null;
  let person: Person = options.userId === undefined ? UNKNOWN : { is: 'known', id: options.userId };
  let signOuts = 0;
  let inFlight: { readonly id: number; readonly item: Item } | null = null;
  let cancelRetry = (): void => {};
  let isClosed = false;

  async function openStorage(): Promise<string> {
    let opened;
    try {
      opened = await openInTime();
    } catch {
      // Private windows and full disks: work on, and let `isDurable` say that nothing is kept.
      storage = createMemoryOutbox();
      opened = await storage.open(options.clientId, options.newId);
    }
    ({ clientId, nextCounter } = opened);
    items = opened.commands.map((stored) => ({
      key: { clientId, counter: stored.counter },
      stored,
      isQueued: true,
      settle: () => {},
      author: stored.author,
      status: 'saved',
      isConfirmed: false,
      wasSent: stored.author !== null && (stored.lateAfterMs === undefined || stored.wasSent === true),
      failures: 0,
    }));
    changed();
    return clientId;
  }

  function openInTime(): Promise<OpenedOutbox> {
    const late = storage;
    const opened = late.open(options.clientId, options.newId);
    return new Promise((resolve, reject) => {
      const cancel = clock.after(OPEN_TIMEOUT_MS, () => {
        reject(new Error('the outbox did not open in time'));
        // Should it open after all, it is not ours any more.
        opened.then(() => late.close()).catch(() => {});
      });
      opened.then(resolve, reject).then(cancel, cancel);
    });
  }

  const open = (): Promise<string> => (opening ??= openStorage());

  function changed(): void {
    shown = items
      .filter((item) => (item.status !== 'saving' || item.stored.wasSent === true) && isShown(item))
      .map(toPending);
    options.onChange(shown);
  }

  async function add(command: string, data: Json, given: CommandOptions): Promise<Outcome> {
    const round = signOuts;
    await open();
    const refusal: Outcome | null =
      round === signOuts ? findRefusal(given) : { status: 'rejected', reason: 'signedOut' };
    if (refusal !== null) return refusal;
    let resolve = (_outcome: Outcome): void => {};
    const promise = new Promise<Outcome>((settled) => {
      resolve = settled;
    });
    const item = createItem(command, data, given, resolve);
    items = [...items, item];
    given.signal?.addEventListener('abort', () => abort(item), { once: true });
    await save(item);
    return promise;
  }

  /** Whether it may be shown to who is here: their own, or nobody's yet. */
  function isShown({ author }: Item): boolean {
    return author === null || person.is === 'unknown' || author === idOf(person);
  }

  /** A command is sent only when it is kept. */
  async function save(item: Item): Promise<void> {
    try {
      await storage.put(item.stored);
    } catch (error) {
      settle(item, { status: 'rejected', reason: 'storageFailed', message: messageOf(error) });
      return;
    }
    if (items.includes(item)) {
      item.status = 'saved';
      changed();
      expireLater(item);
      pump();
    } else forget(item);
  }

  function findRefusal(given: CommandOptions): Outcome | null {
    if (isClosed) return { status: 'rejected', reason: 'closed' };
    if (person.is === 'nobody') return { status: 'rejected', reason: 'signedOut' };
    if (given.signal?.aborted === true) return { status: 'rejected', reason: 'aborted' };
    if (given.offline === 'never' && user === null) return { status: 'rejected', reason: 'offline' };
    if (items.length >= options.limit) return { status: 'rejected', reason: 'outboxFull' };
    return null;
  }

  function createItem(
    command: string,
    data: Json,
    {
      deadline,
      expected,
      offline,
      lateAfterMs = offline === 'confirm' ? CONFIRM_AFTER_MS : undefined,
    }: CommandOptions,
    resolve: (outcome: Outcome) => void,
  ): Item {
    const counter = nextCounter;
    nextCounter += 1;
    const at = clock.now();
    const author = idOf(person);
    const stored = {
      counter,
      command,
      data,
      at,
      author,
      ...(deadline === undefined ? {} : { deadline }),
      ...(expected === undefined ? {} : { expected }),
      ...(lateAfterMs === undefined ? {} : { lateAfterMs }),
    };
    return {
      key: { clientId, counter },
      stored,
      isQueued: offline !== 'never',
      settle: resolve,
      author,
      status: 'saving',
      isConfirmed: false,
      wasSent: false,
      failures: 0,
    };
  }

  /** What never went out need not ask the server whether it is too late. */
  function expireLater(item: Item): void {
    const { deadline } = item.stored;
    if (deadline === undefined) return;
    clock.after(Math.max(0, Math.min(deadline - options.serverTime(), 0x7fff_ffff)), () => {
      if (!item.wasSent) settle(item, { status: 'expired', reason: 'deadlinePassed' });
    });
  }

  function abort(item: Item): void {
    settle(item, { status: item.wasSent ? 'unknown' : 'rejected', reason: 'aborted' });
  }

  function settle(item: Item, outcome: Outcome): void {
    if (!items.includes(item)) return;
    items = items.filter((other) => other !== item);
    if (inFlight?.item === item) inFlight = null;
    // Still being saved: whoever saves it removes it afterwards.
    if (item.status !== 'saving') forget(item);
    changed();
    item.settle(outcome);
    if (isShown(item)) options.onOutcome(toPending(item), outcome);
    pump();
  }

  /** A command that stays by mistake is sent again and answered `duplicate`. */
  function forget(item: Item): void {
    storage.remove(item.key.counter).catch(() => {});
  }

  function isLate({ stored, isConfirmed }: Item): boolean {
    return !isConfirmed && clock.now() - stored.at > (stored.lateAfterMs ?? Infinity);
  }

  /** The next to be sent: what is late steps aside until it is asked for again. */
  function takeNext(): Item | null {
    for (const item of items) {
      if (item.status === 'late' || (item.author !== null && item.author !== user)) continue;
      if (item.status !== 'saved') return null;
      if (!isLate(item)) return item;
      // Whether it counted is not known, and it must not count now.
      if (item.wasSent) settle(item, { status: 'unknown', reason: 'late' });
      else {
        item.status = 'late';
        changed();
      }
    }
    return null;
  }

  /**
   * Under a new key, never sent: what was given meanwhile may have been sent, and the server takes rising counters
   * only.
   */
  function confirm(key: CommandKey): void {
    const item = items.find(
      (other) => other.key.counter === key.counter && other.status === 'late' && isShown(other),
    );
    if (item === undefined) return;
    forget(item);
    const counter = nextCounter;
    nextCounter += 1;
    item.key = { clientId, counter };
    const { wasSent: _wasSent, ...stored } = item.stored;
    item.stored = { ...stored, counter };
    item.isConfirmed = true;
    item.status = 'saving';
    items = [...items.filter((other) => other !== item), item];
    changed();
    void save(item);
  }

  function pump(): void {
    if (user === null || inFlight !== null) return;
    const item = takeNext();
    if (item === null || inFlight !== null) return;
    const canBeLate = item.stored.lateAfterMs !== undefined;
    if (item.author === null || (canBeLate && item.stored.wasSent !== true)) {
      // Kept first for whom it is sent: nobody else may send it again.
      item.author = user;
      item.stored = { ...item.stored, author: user, ...(canBeLate ? { wasSent: true } : {}) };
      item.status = 'saving';
      void save(item);
      return;
    }
    const id = options.nextId();
    inFlight = { id, item };
    item.status = 'sent';
    item.wasSent = true;
    changed();
    const { command, data, deadline, expected } = item.stored;
    options.send({
      type: 'command',
      id,
      command,
      data,
      key: item.key,
      ...(deadline === undefined ? {} : { deadline }),
      ...(expected === undefined ? {} : { expected }),
    });
  }

  function retryLater(item: Item, delayMs: number | undefined): void {
    inFlight = null;
    const growing = Math.min(RETRY_CEILING_MS, RETRY_FLOOR_MS * 2 ** item.failures);
    item.failures += 1;
    cancelRetry = clock.after(delayMs ?? growing, () => {
      if (item.status === 'sent') item.status = 'saved';
      pump();
    });
  }

  function interrupt(): void {
    user = null;
    inFlight = null;
    cancelRetry();
    for (const item of items) {
      if (item.status === 'sent') item.status = 'saved';
      if (item.isQueued) continue;
      const isUnknown = item.wasSent;
      settle(item, {
        status: isUnknown ? 'unknown' : 'rejected',
        reason: isUnknown ? 'connectionLost' : 'offline',
      });
    }
    changed();
  }

  return {
    open,
    clientId: () => clientId,
    isDurable: () => storage.isDurable,
    add,
    confirm,
    discard(key) {
      const item = items.find(
        (other) =>
          other.key.counter === key.counter && !other.wasSent && other.status !== 'saving' && isShown(other),
      );
      if (item !== undefined) settle(item, { status: 'rejected', reason: 'discarded' });
    },
    pending: () => shown,
    signOut() {
      interrupt();
      for (const item of items)
        if (item.author === null) settle(item, { status: 'rejected', reason: 'signedOut' });
      signOuts += 1;
      person = { is: 'nobody' };
      changed();
    },
    signIn(userId) {
      if (person.is === 'known') return;
      if (userId !== undefined) person = { is: 'known', id: userId };
      else if (person.is === 'nobody') person = { is: 'arriving' };
      changed();
    },
    start(userId) {
      user = userId;
      if (idOf(person) !== userId) {
        person = { is: 'known', id: userId };
        changed();
      }
      pump();
    },
    interrupt,
    takeOutcome(message) {
      if (inFlight?.id !== message.id) return;
      const { type: _type, id: _id, ...outcome } = message;
      settle(inFlight.item, outcome);
    },
    takeError(message) {
      if (inFlight === null || inFlight.id !== message.id) return false;
      const { item } = inFlight;
      if (message.temporary) retryLater(item, message.retryAfterMs);
      else settle(item, { status: 'rejected', reason: message.name, message: message.message });
      return true;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      user = null;
      cancelRetry();
      for (const item of items) item.settle({ status: 'unknown', reason: 'closed' });
      storage.close().catch(() => {});
    },
  };
}

function toPending({ key, stored, author, status }: Item): PendingCommand {
  const { command, data, at } = stored;
  return { key, command, data, status: status === 'saving' ? 'saved' : status, at, author };
}
