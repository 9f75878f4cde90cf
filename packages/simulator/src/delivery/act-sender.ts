import type { Json, OutcomeStatus } from '@ms5/wire';
import { sleep, type Clock } from '../clock/clock.ts';
import type { PersonAct, PlannedAct } from '../plant/people.ts';
import type { Random } from '../random/random.ts';
import type { Api } from './api.ts';
import { backoffMs } from './backoff.ts';
import type { Tokens } from './tokens.ts';

export type ActEvent =
  | {
      readonly type: 'outcome';
      readonly by: string;
      readonly command: PersonAct['command'];
      readonly status: OutcomeStatus | 'refused';
      readonly message?: string;
    }
  /** Nobody can act in this user's name: there is no token. Told once per user. */
  | { readonly type: 'nobody'; readonly user: string };

export interface ActSender {
  offer(acts: readonly PlannedAct[]): void;
  /** The server's id of a call that stood on the board already. */
  know(call: string, callId: string): void;
  pending(): number;
  readonly ended: Promise<void>;
}

export interface ActSenderOptions {
  readonly api: Api;
  readonly tokens: Tokens;
  /** Whose token is used for people who have none. */
  readonly fallbackUser: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Unique per run: with it command keys are. */
  readonly run: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ActEvent) => void;
}

/** Nobody presses a button ten minutes late: a call that could not be sent by then is not sent any more. */
const CALL_EXPIRES_AFTER_MS = 600_000;
const TOKEN_PATIENCE_MS = 20_000;
const MAX_PENDING = 2_000;

/** Sends what people do, one act after the other, each until its outcome is known: keys make a repeat harmless. */
export function createActSender(options: ActSenderOptions): ActSender {
  const { tokens, signal, onEvent } = options;
  const queue: PlannedAct[] = [];
  const callIds = new Map<string, string>();
  const counters = new Map<string, number>();
  const absent = new Set<string>();
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  const userFor = (by: string): string | undefined => {
    const user = [by, options.fallbackUser].find((candidate) => tokens.of(candidate) !== undefined);
    if (user === undefined && !absent.has(by)) {
      absent.add(by);
      onEvent({ type: 'nobody', user: by });
    }
    return user;
  };

  const send = async (planned: PlannedAct): Promise<void> => {
    const { act, by, atMs } = planned;
    const user = userFor(by);
    const data = dataOf(act, callIds);
    if (user === undefined || data === undefined) return;
    const clientId = `virtual-plant:${user}:${options.run}`;
    const counter = (counters.get(clientId) ?? 0) + 1;
    counters.set(clientId, counter);
    const body = {
      command: act.command,
      data: data as unknown as Json,
      key: { clientId, counter },
      ...(act.command === 'raiseCall' ? { deadline: Math.round(atMs) + CALL_EXPIRES_AFTER_MS } : {}),
    };
    const value = await untilAnswered(options, user, body, (reason) =>
      onEvent({ type: 'outcome', by, command: act.command, status: 'refused', message: reason }),
    );
    if (value === undefined) return;
    const outcome = readOutcome(value);
    if (act.command === 'raiseCall' && outcome.callId !== undefined) callIds.set(act.call, outcome.callId);
    if (act.command === 'resolveCall' || act.command === 'cancelCall') callIds.delete(act.call);
    onEvent({
      type: 'outcome',
      by,
      command: act.command,
      status: outcome.status,
      ...(outcome.message === undefined ? {} : { message: outcome.message }),
    });
  };

  const ended = (async () => {
    while (!signal.aborted) {
      const next = queue.shift();
      if (next !== undefined) await send(next);
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  })();

  return {
    offer(acts) {
      queue.push(...acts);
      // While the server is away for hours, what people did first matters least.
      if (queue.length > MAX_PENDING) queue.splice(0, queue.length - MAX_PENDING);
      if (acts.length > 0) wake();
    },
    know(call, callId) {
      callIds.set(call, callId);
    },
    pending: () => queue.length,
    ended,
  };
}

/** `undefined`: an act on a call that the server never took. */
function dataOf(act: PersonAct, callIds: ReadonlyMap<string, string>): object | undefined {
  switch (act.command) {
    case 'acknowledgeCall':
    case 'resolveCall':
    case 'cancelCall': {
      const callId = callIds.get(act.call);
      if (callId === undefined) return undefined;
      return { callId, ...(act.note === undefined ? {} : { note: act.note }) };
    }
    case 'raiseCall':
    case 'startJob':
    case 'recordCheck':
    case 'enterCount':
    case 'completeJob':
    case 'startChangeover':
    case 'completeChangeover':
      return act.data;
    default:
      return act satisfies never;
  }
}

/** The body of the answer; `undefined`: refused for good, or the signal aborted. */
async function untilAnswered(
  { api, tokens, clock, random, signal }: ActSenderOptions,
  user: string,
  body: Json,
  onRefused: (reason: string) => void,
): Promise<Json | undefined> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const token = tokens.of(user) ?? '';
    const reply = await api.post('/api/v1/commands', body, token, signal);
    switch (reply.status) {
      case 'done':
        return reply.value;
      case 'refused':
        onRefused(reply.reason);
        return undefined;
      case 'unauthorized':
        if (await otherTokenInTime(tokens, user, token, clock, signal)) break;
        onRefused(reply.reason);
        return undefined;
      case 'later':
        await sleep(clock, Math.max(reply.retryAfterMs ?? 0, backoffMs(attempt, random)), signal);
        break;
      default:
        reply satisfies never;
    }
  }
  return undefined;
}

/** One person without a valid token must not keep all others from acting for long. */
async function otherTokenInTime(
  tokens: Tokens,
  user: string,
  refused: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const patience = new AbortController();
  const cancel = clock.after(TOKEN_PATIENCE_MS, () => patience.abort());
  await tokens.other(user, refused, AbortSignal.any([signal, patience.signal]));
  cancel();
  return !patience.signal.aborted;
}

function readOutcome(value: Json): {
  readonly status: OutcomeStatus;
  readonly message?: string;
  readonly callId?: string;
} {
  const { status, message, data } = value as {
    readonly status: OutcomeStatus;
    readonly message?: string;
    readonly data?: { readonly callId?: string };
  };
  return {
    status,
    ...(message === undefined ? {} : { message }),
    ...(data?.callId === undefined ? {} : { callId: data.callId }),
  };
}
