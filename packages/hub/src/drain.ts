import type { HubCore } from './hub-core.ts';
import { dispatch } from './session/lifecycle.ts';

/** The way out: no new sessions, clients told when to come back, what was accepted finished, all closed. */
export interface Drain {
  hasBegun(): boolean;
  /** Resolves when all sessions are closed. Begins once, however often it is called. */
  begin(windowMs?: number): Promise<void>;
  /** Closes everything now. */
  end(): void;
}

const DEFAULT_WINDOW_MS = 5_000;
/** Clients do not come back earlier, so that the listening socket is gone by then. */
const MIN_RETRY_MS = 500;
/** How often it is looked whether all is done. */
const LOOK_MS = 20;

export function createDrain(core: HubCore): Drain {
  let isDraining = false;
  let done: Promise<void> | null = null;
  let resolveDone = (): void => {};

  function end(): void {
    isDraining = true;
    for (const session of core.sessions)
      dispatch(core, session, { type: 'closeRequested', close: 'draining' });
    resolveDone();
  }

  function look(until: number): void {
    const { commandsInFlight, publishesInFlight } = core.totals;
    if (commandsInFlight + publishesInFlight === 0 || core.clock.now() >= until) return end();
    core.clock.after(LOOK_MS, () => look(until));
  }

  return {
    hasBegun: () => isDraining,
    begin(windowMs = DEFAULT_WINDOW_MS) {
      if (done !== null) return done;
      const { promise, resolve } = Promise.withResolvers<void>();
      done = promise;
      resolveDone = resolve;
      isDraining = true;
      for (const session of core.sessions) {
        const retryAfterMs = Math.round(MIN_RETRY_MS + core.random.next() * windowMs);
        dispatch(core, session, { type: 'drainRequested', retryAfterMs });
      }
      look(core.clock.now() + core.limits.drainFinishMs);
      return done;
    },
    end,
  };
}
