import type { Clock } from '../ports.ts';
import { systemClock } from '../system-ports.ts';
import { claimByLock, leaseIsHeld, takeLease, type LockPort } from './claim.ts';
import type { OpenedOutbox, OutboxStorage, StoredCommand } from './storage.ts';

/** One client id's record. `holder` and `heldUntil` matter only where the browser has no locks (plain http). */
interface ClientRecord {
  readonly clientId: string;
  readonly nextCounter: number;
  readonly holder: string;
  /** Client clock, ms. */
  readonly heldUntil: number;
}
type CommandRecord = StoredCommand & { readonly clientId: string };

export interface IndexedDbOutboxOptions {
  /** Default `ms5-outbox`. One per server, if a page talks to several. */
  readonly databaseName?: string;
  readonly clock?: Clock;
  readonly indexedDB?: IDBFactory;
  /** Default: the browser's; `null`: leases. */
  readonly locks?: LockPort | null;
}

const CLIENTS = 'clients';
const COMMANDS = 'commands';
/** Hidden tabs run their timers once a minute. */
const LEASE_MS = 150_000;
const RENEW_MS = 50_000;

/**
 * The outbox in the browser's database: what waits survives a closed tab and a dead one. Tabs don't share an id, since
 * their counters would overtake each other: each holds one, and a new tab prefers an id whose tab died with commands.
 */
export function createIndexedDbOutbox(options: IndexedDbOutboxOptions = {}): OutboxStorage {
  const clock = options.clock ?? systemClock;
  const locks = options.locks === undefined ? globalThis.navigator?.locks : options.locks;
  let database: IDBDatabase | null = null;
  let held: { readonly clientId: string; readonly holder: string } | null = null;
  let release = (): Promise<void> => Promise.resolve();

  function transact<T>(mode: IDBTransactionMode, task: (transaction: IDBTransaction) => T): Promise<T> {
    if (database === null) return Promise.reject(new Error('the outbox is not open'));
    return runTransaction(database, mode, task);
  }

  async function claim(clientId: string, holder: string): Promise<boolean> {
    const releaseLock = locks ? await claimByLock(locks, `ms5-outbox ${clientId}`) : null;
    if (locks && releaseLock === null) return false;
    const isOurs = await transactResult<boolean>((transaction, resolve) => {
      const clients = transaction.objectStore(CLIENTS);
      withRecord(clients, clientId, (record) => {
        const isFree = releaseLock !== null || !leaseIsHeld(record, holder, clock.now());
        if (isFree) clients.put(takeLease(record, clientId, holder, clock.now() + LEASE_MS));
        resolve(isFree);
      });
    });
    if (!isOurs) return false;
    held = { clientId, holder };
    const stop = releaseLock === null ? keepLease() : () => {};
    release = async () => {
      stop();
      await letGo().catch(() => {});
      releaseLock?.();
    };
    return true;
  }

  /** Renews the lease; a page that goes away gives it back, so that its successor need not wait. */
  function keepLease(): () => void {
    let cancel = (): void => {};
    const renew = (): void => {
      cancel = clock.after(RENEW_MS, () => {
        changeOwn((record) => ({ ...record, heldUntil: clock.now() + LEASE_MS })).catch(() => {});
        renew();
      });
    };
    renew();
    const leave = (): void => void letGo().catch(() => {});
    const page: {
      addEventListener?: typeof addEventListener;
      removeEventListener?: typeof removeEventListener;
    } = globalThis;
    page.addEventListener?.('pagehide', leave);
    return () => {
      cancel();
      page.removeEventListener?.('pagehide', leave);
    };
  }

  const letGo = (): Promise<void> => changeOwn((record) => ({ ...record, heldUntil: 0 }));

  function transactResult<T>(
    task: (transaction: IDBTransaction, resolve: (value: T) => void) => void,
  ): Promise<T> {
    let result: T;
    return transact('readwrite', (transaction) => {
      task(transaction, (value) => {
        result = value;
      });
    }).then(() => result);
  }

  /** Changes our record; fails when another tab has taken it while this one slept. */
  function changeOwn(
    change: (record: ClientRecord) => ClientRecord,
    also: (commands: IDBObjectStore) => void = () => {},
  ): Promise<void> {
    return transact('readwrite', (transaction) => {
      const clients = transaction.objectStore(CLIENTS);
      withRecord(clients, held?.clientId ?? '', (record) => {
        if (record === undefined || record.holder !== held?.holder) {
          transaction.abort();
          return;
        }
        clients.put(change(record));
        also(transaction.objectStore(COMMANDS));
      });
    });
  }

  async function candidates(): Promise<readonly string[]> {
    const [ids, waiting] = await Promise.all([
      transact('readonly', (transaction) => resultOf(transaction.objectStore(CLIENTS).getAllKeys())),
      transact('readonly', (transaction) => resultOf(transaction.objectStore(COMMANDS).getAll())),
    ]).then(
      ([keys, commands]) =>
        [
          keys().map(String),
          new Set((commands() as CommandRecord[]).map(({ clientId }) => clientId)),
        ] as const,
    );
    return [...ids].sort((a, b) => Number(waiting.has(b)) - Number(waiting.has(a)));
  }

  async function load(clientId: string): Promise<OpenedOutbox> {
    const read = await transact('readonly', (transaction) => ({
      client: resultOf(transaction.objectStore(CLIENTS).get(clientId)),
      commands: resultOf(transaction.objectStore(COMMANDS).getAll(rangeOf(clientId))),
    }));
    const { nextCounter } = read.client() as ClientRecord;
    const commands = (read.commands() as CommandRecord[]).map(({ clientId: _own, ...command }) => command);
    return { clientId, nextCounter, commands };
  }

  return {
    isDurable: true,
    async open(clientId, newId) {
      database = await openDatabase(options.indexedDB ?? indexedDB, options.databaseName ?? 'ms5-outbox');
      const holder = newId();
      for (const candidate of clientId === undefined ? await candidates() : [clientId]) {
        if (await claim(candidate, holder)) return load(candidate);
      }
      if (clientId !== undefined) throw new Error(`client id ${clientId} is in use in another tab`);
      const fresh = newId();
      await claim(fresh, holder);
      return load(fresh);
    },
    put: (command) =>
      changeOwn(
        (record) => ({ ...record, nextCounter: Math.max(record.nextCounter, command.counter + 1) }),
        (commands) => commands.put({ ...command, clientId: held?.clientId }),
      ),
    remove: (counter) =>
      transact('readwrite', (transaction) => {
        transaction.objectStore(COMMANDS).delete([held?.clientId ?? '', counter]);
      }),
    async close() {
      const before = release;
      release = () => Promise.resolve();
      await before();
      database?.close();
      database = null;
    },
  };
}

const rangeOf = (clientId: string): IDBKeyRange => IDBKeyRange.bound([clientId, 0], [clientId, Infinity]);

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(CLIENTS, { keyPath: 'clientId' });
      request.result.createObjectStore(COMMANDS, { keyPath: ['clientId', 'counter'] });
    });
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('cannot open the outbox')));
  });
}

/** Resolves when what the task did is safe. */
function runTransaction<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  task: (transaction: IDBTransaction) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([CLIENTS, COMMANDS], mode, { durability: 'strict' });
    const result = task(transaction);
    transaction.addEventListener('complete', () => resolve(result));
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('another tab has taken over this outbox')),
    );
  });
}

/** To be read once the transaction is complete. */
function resultOf<T>(request: IDBRequest<T>): () => T {
  return () => request.result;
}

function withRecord(
  clients: IDBObjectStore,
  clientId: string,
  task: (record: ClientRecord | undefined) => void,
): void {
  const request = clients.get(clientId);
  request.addEventListener('success', () => task(request.result as ClientRecord | undefined));
}
