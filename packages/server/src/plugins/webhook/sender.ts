import type { Clock, Random } from '@ms5/hub';
import type { LoggedEvent, LoggedEvents, PluginContext } from '../plugin.ts';
import { backoffMs } from '../backoff.ts';
import { attempt, type Attempt } from './attempt.ts';
import type { WebhookEndpoint } from './config.ts';
import { messageOf, type WebhookMessage } from './message.ts';
import { ENTRY_DONE, type DeadLetter, type Progress, type WebhookStore } from './store.ts';

export interface SenderOptions {
  readonly endpoint: WebhookEndpoint;
  readonly context: Pick<PluginContext, 'site' | 'readEvents' | 'log'>;
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Delivers the log's events to one endpoint, one at a time and in order, each at least once. */
export interface Sender {
  /** There is something new in the log. */
  wake(): void;
  /** Ends; what was not delivered is continued at the next start. */
  close(): Promise<void>;
}

/** How often letters to be sent again are looked for while there is nothing else to do. */
const IDLE_MS = 2_000;
/** Between reads of a log with much in it that is not for this endpoint: the engine has other work. */
const READ_PAUSE_MS = 20;
const READ_RETRY_MS = 1_000;
/** A receiver may ask for a longer wait than `retryTo`, up to this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Resolves once its position is known, so that nothing committed from then on is missed. */
export async function startSender(options: SenderOptions): Promise<Sender> {
  const { endpoint, context, store, clock, random } = options;
  const { id } = endpoint;
  const closing = new AbortController();
  let progress = store.progress(id) ?? (await startingNow());
  let isWoken = false;
  let wakeUp = (): void => undefined;

  async function startingNow(): Promise<Progress> {
    const { logId, head } = await read(Number.MAX_SAFE_INTEGER);
    const first: Progress = { logId, offset: head, index: ENTRY_DONE, failingSince: null };
    store.saveProgress(id, first);
    return first;
  }

  function read(after: number): Promise<LoggedEvents> {
    const { topics, types } = endpoint;
    return context.readEvents({ after, topics, ...(types === undefined ? {} : { types }) });
  }

  const save = (next: Partial<Progress>): void => {
    progress = { ...progress, ...next };
    store.saveProgress(id, progress);
  };

  /** Waits, at most so long; ended by closing, and by `wake` if asked for. */
  const pause = (ms: number, mayWake = false): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel();
        closing.signal.removeEventListener('abort', end);
        wakeUp = () => undefined;
        resolve();
      };
      const cancel = clock.after(ms, end);
      closing.signal.addEventListener('abort', end);
      if (mayWake) wakeUp = end;
      if (closing.signal.aborted) end();
    });

  const send = (message: Pick<WebhookMessage, 'id' | 'body'>): Promise<Attempt> =>
    attempt(endpoint, message, clock, closing.signal);

  const resendDue = async (): Promise<void> => {
    for (let letter = store.nextDue(id); letter !== undefined; letter = store.nextDue(id)) {
      const tried = await send(letter);
      if (closing.signal.aborted) return;
      if (tried.result === 'delivered') store.delivered(letter);
      else {
        const { reason } = tried;
        store.failedAgain({
          ...letter,
          reason,
          attempts: letter.attempts + 1,
          deadAt: clock.now(),
          state: 'dead',
        });
      }
      context.log.info('dead letter was sent again', {
        endpoint: id,
        message: letter.id,
        result: tried.result,
      });
    }
  };

  const failed = (message: WebhookMessage, attempts: number, reason: string): void => {
    if (progress.failingSince !== null) return;
    save({ failingSince: clock.now() });
    context.log.warn('webhook endpoint fails', { endpoint: id, message: message.id, attempts, reason });
  };

  const hasGivenUp = ({ at }: WebhookMessage): boolean => {
    const since = clock.now() - endpoint.giveUpAfterMs;
    return at <= since && progress.failingSince !== null && progress.failingSince <= since;
  };

  const bury = (message: WebhookMessage, attempts: number, reason: string, next: Progress): void => {
    const letter: DeadLetter = {
      ...message,
      endpoint: id,
      reason,
      attempts,
      deadAt: clock.now(),
      state: 'dead',
    };
    store.bury(letter, next);
    progress = next;
    context.log.error('event became a dead letter', { endpoint: id, message: message.id, attempts, reason });
  };

  const waitAfter = (attempts: number, retryAfterMs = 0): number => {
    const waitMs = backoffMs(endpoint, attempts, random);
    return Math.max(waitMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
  };

  /** Until it is delivered, refused, given up, or the sender closes. */
  const deliver = async (event: LoggedEvent): Promise<void> => {
    const message = messageOf(context.site, progress.logId, event);
    const after = { ...progress, offset: event.offset, index: event.index };
    for (let attempts = 1; ; attempts += 1) {
      const tried = await send(message);
      if (tried.result === 'delivered') {
        if (progress.failingSince !== null) {
          context.log.info('webhook endpoint works again', { endpoint: id, message: message.id, attempts });
        }
        return save({ ...after, failingSince: null });
      }
      if (closing.signal.aborted) return;
      // Whoever refuses is there.
      if (tried.result === 'refused') {
        return bury(message, attempts, tried.reason, { ...after, failingSince: null });
      }
      failed(message, attempts, tried.reason);
      if (hasGivenUp(message)) {
        return bury(message, attempts, tried.reason, { ...after, failingSince: progress.failingSince });
      }
      await pause(waitAfter(attempts, tried.retryAfterMs));
      if (closing.signal.aborted) return;
    }
  };

  const isDone = ({ offset, index }: LoggedEvent): boolean =>
    offset < progress.offset || (offset === progress.offset && index <= progress.index);

  /** Whether the page continues where this endpoint is; if not, it continues where it can. */
  const continues = ({ logId, head }: LoggedEvents): boolean => {
    if (logId !== progress.logId) {
      context.log.warn('the log is another one: its events are sent from the first', { endpoint: id });
      save({ logId, offset: 0, index: ENTRY_DONE });
      return false;
    }
    if (head < progress.offset) {
      context.log.error('the log ends before this endpoint had come: continuing at its end', {
        endpoint: id,
        position: progress.offset,
        head,
      });
      save({ offset: head, index: ENTRY_DONE });
    }
    return true;
  };

  const step = async (): Promise<void> => {
    await resendDue();
    isWoken = false;
    const page = await read(progress.index === ENTRY_DONE ? progress.offset : progress.offset - 1);
    if (!continues(page)) return;
    for (const event of page.events) {
      if (closing.signal.aborted) return;
      if (!isDone(event)) await deliver(event);
    }
    if (closing.signal.aborted) return;
    if (page.next > progress.offset || (page.next === progress.offset && progress.index !== ENTRY_DONE)) {
      save({ offset: page.next, index: ENTRY_DONE });
    }
    if (page.next < page.head) {
      if (page.events.length === 0) await pause(READ_PAUSE_MS);
    } else if (!isWoken) {
      await pause(IDLE_MS, true);
    }
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await step();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        context.log.error('webhook endpoint cannot go on', { endpoint: id, reason });
        await pause(READ_RETRY_MS);
      }
    }
  };

  const ended = run();
  return {
    wake() {
      isWoken = true;
      wakeUp();
    },
    async close() {
      closing.abort();
      await ended;
    },
  };
}
