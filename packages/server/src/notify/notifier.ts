import type { Clock, Random } from '@ms5/hub';
import type { PluginContext } from '../plugins/plugin.ts';
import { backoffMs } from '../plugins/backoff.ts';
import type { Attempt } from '../plugins/webhook/attempt.ts';
import type { RetrySettings } from './config.ts';
import type { Letter } from './notification.ts';
import { readPage } from './read-page.ts';
import type { NotifyStore } from './store.ts';

/** A way of telling people, and how many messages go at a time. */
export interface Means {
  readonly atOnce: number;
  send(letter: Letter): Promise<Attempt>;
}

export interface NotifierOptions {
  readonly context: Pick<PluginContext, 'site' | 'readEvents' | 'log'>;
  readonly store: NotifyStore;
  /** By name; what has other means is not ours. */
  readonly means: ReadonlyMap<string, Means>;
  readonly retry: RetrySettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** Reads what is to be told from the log, keeps it in a queue, and sends it: each person and means by itself. */
export interface Notifier {
  /** There is something new in the log. */
  wake(): void;
  /** Ends; what was not sent is continued at the next start. */
  close(): Promise<void>;
}

/** How often letters to be sent again by hand are looked for while there is nothing else to do. */
const IDLE_MS = 2_000;
const READ_RETRY_MS = 1_000;

/** Resolves once its position is known, so that nothing requested from then on is missed. */
export async function startNotifier(options: NotifierOptions): Promise<Notifier> {
  const { context, store, means, clock } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let isReading = false;
  let isAgain = false;
  let cancelTimer = (): void => undefined;
  const sending = new Map<string, { readonly means: string; readonly done: Promise<void> }>();
  let reading = Promise.resolve();

  const send = async (letter: Letter, by: Means): Promise<void> => {
    const tried = await by.send(letter).catch((error: unknown): Attempt => ({
      result: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    }));
    settle(options, letter, tried);
  };

  const arm = (): void => {
    cancelTimer();
    if (signal.aborted) return;
    const nextAt = store.nextAt();
    // What is overdue waits for a place, which its end gives.
    const waitMs = nextAt === null ? IDLE_MS : nextAt - clock.now();
    cancelTimer = clock.after(waitMs <= 0 ? IDLE_MS : Math.min(IDLE_MS, waitMs), pump);
  };

  /** One message at a time to a person by one means: one slow mailbox takes one place. */
  const pump = (): void => {
    if (signal.aborted) return;
    try {
      sendDue();
    } catch (error) {
      context.log.error('the queue cannot be read', { reason: String(error) });
      cancelTimer();
      cancelTimer = clock.after(IDLE_MS, pump);
    }
  };

  const sendDue = (): void => {
    for (const letter of store.due(clock.now())) {
      const by = means.get(letter.means);
      const lane = `${letter.means} ${letter.person}`;
      if (by === undefined || sending.has(lane)) continue;
      const busy = [...sending.values()].filter((each) => each.means === letter.means).length;
      if (busy >= by.atOnce) continue;
      const done = send(letter, by)
        .catch((error: unknown) => {
          context.log.error('the queue cannot be written', { reason: String(error) });
        })
        .finally(() => {
          sending.delete(lane);
          pump();
        });
      sending.set(lane, { means: letter.means, done });
    }
    arm();
  };

  const readAll = async (): Promise<void> => {
    do {
      isAgain = false;
      while (!signal.aborted && (await readPage(context, store, means))) pump();
      pump();
    } while (isAgain && !signal.aborted);
  };

  const wake = (): void => {
    isAgain = true;
    if (isReading || signal.aborted) return;
    isReading = true;
    reading = readAll()
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        context.log.error('the log cannot be read', { reason });
        clock.after(READ_RETRY_MS, wake);
      })
      .finally(() => {
        isReading = false;
        // Woken in the moment of the end.
        if (isAgain) wake();
      });
  };

  if (store.position() === undefined) {
    const { logId, head } = await context.readEvents({ after: Number.MAX_SAFE_INTEGER, topics: ['#'] });
    store.advance({ logId, offset: head }, [], new Map());
  }
  wake();
  return {
    wake,
    async close() {
      closing.abort();
      cancelTimer();
      await reading;
      await Promise.all([...sending.values()].map(({ done }) => done));
    },
  };
}

function settle(
  { store, context, retry, clock, random }: NotifierOptions,
  letter: Letter,
  tried: Attempt,
): void {
  const { id, means, person, requestedAt } = letter;
  const attempts = letter.attempts + 1;
  if (tried.result === 'delivered') {
    if (letter.attempts > 0)
      context.log.info('notification was sent at last', { id, means, person, attempts });
    return store.sent(id);
  }
  const { reason } = tried;
  const now = clock.now();
  if (tried.result === 'refused' || now - requestedAt >= retry.giveUpAfterMs) {
    context.log.error('notification became a dead letter', { id, means, person, attempts, reason });
    return store.bury(id, reason);
  }
  if (letter.attempts === 0) context.log.warn('notification fails', { id, means, person, reason });
  const waitMs = Math.max(backoffMs(retry, attempts, random), tried.retryAfterMs ?? 0);
  store.failed(id, reason, now + waitMs);
}
