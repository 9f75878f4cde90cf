/**
 * Life of a connection to one adapter, as pure transitions. Times are ms; `now` and `random` (uniform in [0, 1))
 * are inputs. A PONG sets the heartbeat; silence for twice its interval means dead; without a PONG silence is
 * normal, for an adapter speaks only when something changes.
 */
export type SessionState =
  | { readonly name: 'waiting'; readonly since: number; readonly attempt: number; readonly dueAt: number }
  | { readonly name: 'connecting'; readonly since: number; readonly attempt: number; readonly dueAt: number }
  | {
      readonly name: 'connected';
      readonly since: number;
      /** Failures in a row before this connection. */
      readonly attempt: number;
      readonly receivedAt: number;
      readonly pingedAt: number;
      /** `null`: no PONG so far. */
      readonly heartbeatMs: number | null;
    }
  | { readonly name: 'stopped' };

export type SessionEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'received' }
  | { readonly kind: 'ponged'; readonly intervalMs: number | null }
  /** The socket is gone, or what came cannot be SHDR. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'timer' }
  | { readonly kind: 'stop' };

export type SessionEffect =
  | { readonly kind: 'connect' }
  | { readonly kind: 'ping' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly reason: string };

export interface Transition {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

const SESSION_TIMES = {
  connectTimeoutMs: 10_000,
  backoffBaseMs: 500,
  backoffMaxMs: 20_000,
  minHeartbeatMs: 100,
  /** A connection that lasted this long worked. */
  settledMs: 10_000,
} as const;

export function startSession(now: number): Transition {
  return {
    state: { name: 'connecting', since: now, attempt: 0, dueAt: now + SESSION_TIMES.connectTimeoutMs },
    effects: [{ kind: 'connect' }],
  };
}

export function stepSession(
  state: SessionState,
  event: SessionEvent,
  now: number,
  random: number,
): Transition {
  if (state.name === 'stopped') return unchanged(state);
  if (event.kind === 'stop') return { state: { name: 'stopped' }, effects: [{ kind: 'drop' }] };
  if (state.name === 'waiting') return stepWaiting(state, event, now);
  if (state.name === 'connecting') return stepConnecting(state, event, now, random);
  return stepConnected(state, event, now, random);
}

/** When the session wants a `timer`, ms since the epoch; `null`: not before something happens. */
export function nextTimerAt(state: SessionState): number | null {
  if (state.name === 'stopped') return null;
  if (state.name !== 'connected') return state.dueAt;
  if (state.heartbeatMs === null) return null;
  return Math.min(state.pingedAt + state.heartbeatMs, deadAt(state.receivedAt, state.heartbeatMs));
}

type Of<Name extends SessionState['name']> = Extract<SessionState, { name: Name }>;

function unchanged(state: SessionState): Transition {
  return { state, effects: [] };
}

function stepWaiting(state: Of<'waiting'>, event: SessionEvent, now: number): Transition {
  if (event.kind !== 'timer' || now < state.dueAt) return unchanged(state);
  const dueAt = now + SESSION_TIMES.connectTimeoutMs;
  return {
    state: { name: 'connecting', since: now, attempt: state.attempt, dueAt },
    effects: [{ kind: 'connect' }],
  };
}

function stepConnecting(
  state: Of<'connecting'>,
  event: SessionEvent,
  now: number,
  random: number,
): Transition {
  const { attempt } = state;
  if (event.kind === 'opened') {
    return {
      state: { name: 'connected', since: now, attempt, receivedAt: now, pingedAt: now, heartbeatMs: null },
      effects: [{ kind: 'connected' }, { kind: 'ping' }],
    };
  }
  if (event.kind === 'failed') return retry(attempt + 1, now, random, event.reason);
  if (event.kind !== 'timer' || now < state.dueAt) return unchanged(state);
  return retry(attempt + 1, now, random, `no connection within ${SESSION_TIMES.connectTimeoutMs} ms`);
}

function stepConnected(state: Of<'connected'>, event: SessionEvent, now: number, random: number): Transition {
  if (event.kind === 'received') return unchanged({ ...state, receivedAt: now });
  if (event.kind === 'failed') return retry(attemptAfter(state, now), now, random, event.reason);
  if (event.kind === 'timer') return heartbeat(state, now, random);
  if (event.kind !== 'ponged') return unchanged(state);
  const heartbeatMs =
    event.intervalMs === null ? state.heartbeatMs : Math.max(event.intervalMs, SESSION_TIMES.minHeartbeatMs);
  return unchanged({ ...state, receivedAt: now, heartbeatMs });
}

function heartbeat(state: Of<'connected'>, now: number, random: number): Transition {
  if (state.heartbeatMs === null) return unchanged(state);
  if (now >= deadAt(state.receivedAt, state.heartbeatMs)) {
    return retry(attemptAfter(state, now), now, random, `nothing heard for ${now - state.receivedAt} ms`);
  }
  if (now < state.pingedAt + state.heartbeatMs) return unchanged(state);
  return { state: { ...state, pingedAt: now }, effects: [{ kind: 'ping' }] };
}

/** A peer that accepts and soon fails again is given more and more time; one that worked is tried again at once. */
function attemptAfter(state: Of<'connected'>, now: number): number {
  return now - state.since >= SESSION_TIMES.settledMs ? 0 : state.attempt + 1;
}

function deadAt(receivedAt: number, heartbeatMs: number): number {
  return receivedAt + 2 * heartbeatMs;
}

/** Waits `0.5 s + random(0, min(20 s, 0.5 s · 2ⁿ))`; never gives up. */
function retry(attempt: number, now: number, random: number, reason: string): Transition {
  const { backoffBaseMs, backoffMaxMs } = SESSION_TIMES;
  const spreadMs = Math.min(backoffMaxMs, backoffBaseMs * 2 ** Math.min(attempt, 16));
  const dueAt = now + Math.round(backoffBaseMs + random * spreadMs);
  return {
    state: { name: 'waiting', since: now, attempt, dueAt },
    effects: [{ kind: 'drop' }, { kind: 'lost', reason }],
  };
}
