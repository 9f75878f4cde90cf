import type { Json } from '@ms5/wire';
import type { ObservationInput } from '@ms5/wire/factory';
import { sleep, type Clock } from '../clock/clock.ts';
import type { Random } from '../random/random.ts';
import type { Api, ApiReply } from './api.ts';
import { backoffMs } from './backoff.ts';
import { createObservationBuffer, type Dropped } from './observation-buffer.ts';
import type { Tokens } from './tokens.ts';

export type DeliveryEvent =
  | { readonly type: 'waiting'; readonly reason: string; readonly buffered: number }
  | { readonly type: 'resumed'; readonly buffered: number }
  | ({ readonly type: 'dropped' } & Dropped)
  /** The server took the request but not these items. `message` is that of the first. */
  | { readonly type: 'rejected'; readonly count: number; readonly message: string };

export interface ObservationSender {
  offer(observations: readonly ObservationInput[]): void;
  buffered(): number;
  /** Resolves when everything offered so far has been answered, or the sender ends. */
  delivered(): Promise<void>;
  /** Resolves when the signal of the options has aborted and nothing is under way. */
  readonly ended: Promise<void>;
}

export interface ObservationSenderOptions {
  readonly api: Api;
  readonly tokens: Tokens;
  /** Whose token is used. */
  readonly user: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DeliveryEvent) => void;
  /** Most observations kept while the server is away. Default 100,000: hours of the demo plant. */
  readonly capacity?: number;
}

const MAX_ITEMS_PER_REQUEST = 1_000;
/** A refusal that is not about the items (a role, an address) does not go away in seconds. */
const REFUSED_RETRY_MS = 10_000;

/**
 * Posts observations in order, and each until it is answered: keys make a repeat harmless. What the server is
 * too busy for, or not there for, waits here.
 */
export function createObservationSender(options: ObservationSenderOptions): ObservationSender {
  const { clock, signal, onEvent } = options;
  const buffer = createObservationBuffer(options.capacity ?? 100_000);
  const idle = new Set<() => void>();
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  let failures = 0;
  let batch = MAX_ITEMS_PER_REQUEST;

  const settle = () => {
    if (failures > 0) onEvent({ type: 'resumed', buffered: buffer.size });
    failures = 0;
    buffer.removeHeld();
    const dropped = buffer.takeDropped();
    if (dropped !== null) onEvent({ type: 'dropped', ...dropped });
    if (buffer.size > 0) return;
    for (const resolve of idle) resolve();
    idle.clear();
  };
  const wait = async (reason: string, forMs: number) => {
    if (failures === 1) onEvent({ type: 'waiting', reason, buffered: buffer.size });
    await sleep(clock, forMs, signal);
  };

  const sendOnce = async () => {
    const token = options.tokens.of(options.user);
    if (token === undefined) {
      await options.tokens.other(options.user, undefined, signal);
      return;
    }
    const items = buffer.hold(batch);
    const reply = await options.api.post('/api/v1/observations', items as unknown as Json, token, signal);
    switch (reply.status) {
      case 'done':
        reportRejected(reply, onEvent);
        batch = MAX_ITEMS_PER_REQUEST;
        settle();
        return;
      case 'unauthorized':
        failures += 1;
        if (failures === 1) onEvent({ type: 'waiting', reason: reply.reason, buffered: buffer.size });
        await options.tokens.other(options.user, token, signal);
        return;
      case 'later':
        if (signal.aborted) return;
        failures += 1;
        await wait(reply.reason, Math.max(reply.retryAfterMs ?? 0, backoffMs(failures, options.random)));
        return;
      case 'refused':
        if (!isAboutItems(reply)) {
          failures += 1;
          await wait(reply.reason, REFUSED_RETRY_MS);
        } else if (items.length > 1) {
          // Too large, or one of them breaks the whole: the halves tell which.
          batch = Math.ceil(items.length / 2);
        } else {
          onEvent({ type: 'rejected', count: 1, message: reply.reason });
          settle();
        }
        return;
      default:
        reply satisfies never;
    }
  };

  const ended = (async () => {
    while (!signal.aborted) {
      if (buffer.size > 0) await sendOnce();
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    for (const resolve of idle) resolve();
  })();

  return {
    offer(observations) {
      if (observations.length === 0 || signal.aborted) return;
      buffer.push(observations);
      wake();
    },
    buffered: () => buffer.size,
    delivered: () =>
      buffer.size === 0 || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            idle.add(resolve);
          }),
    ended,
  };
}

function isAboutItems({ httpStatus }: ApiReply & { status: 'refused' }): boolean {
  return httpStatus === 400 || httpStatus === 413;
}

function reportRejected(reply: ApiReply & { status: 'done' }, onEvent: (event: DeliveryEvent) => void): void {
  const { value } = reply;
  if (
    typeof value !== 'object' ||
    value === null ||
    !('results' in value) ||
    !Array.isArray(value['results'])
  )
    return;
  const results: readonly unknown[] = value['results'];
  const rejected = results.filter(
    (result): result is { status: string; message?: unknown; path?: unknown } =>
      typeof result === 'object' && result !== null && 'status' in result && result.status === 'rejected',
  );
  const [first] = rejected;
  if (first === undefined) return;
  const message = [first.path, first.message].filter((part) => typeof part === 'string').join(': ');
  onEvent({ type: 'rejected', count: rejected.length, message });
}
