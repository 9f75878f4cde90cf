import { TIMES } from '@ms5/wire';
import { isWaiting } from '../delivery/delivery.ts';
import type { HubCore } from '../hub-core.ts';
import { CRITICAL } from '../topics/log.ts';
import { dispatch } from './lifecycle.ts';
import { pingClient } from './outbound.ts';
import { isServing, type Session } from './session.ts';

const SWEEP_INTERVAL_MS = 1_000;
/** Sessions looked at in one turn. */
const SESSIONS_PER_TURN = 1_000;

/** Looks at every session about once a second, in turns, and at the age of histories. */
export function startSweep(core: HubCore): { close(): void } {
  let isClosed = false;
  let cancel = core.clock.after(SWEEP_INTERVAL_MS, begin);

  function begin(): void {
    core.store.age(core.clock.now());
    core.health.sweepBegins();
    turn([...core.sessions], 0);
  }
  function turn(sessions: readonly Session[], start: number): void {
    if (isClosed) return;
    const now = core.clock.now();
    const end = start + SESSIONS_PER_TURN;
    for (const session of sessions.slice(start, end))
      core.contained(session, () => sweepSession(core, session, now));
    if (end < sessions.length) core.clock.soon(() => turn(sessions, end));
    else {
      core.health.sweepEnds();
      cancel = core.clock.after(SWEEP_INTERVAL_MS, begin);
    }
  }
  return {
    close() {
      isClosed = true;
      cancel();
    },
  };
}

/** What time does to a session: deadlines, expiry, silence, pings. */
function sweepSession(core: HubCore, session: Session, now: number): void {
  dispatch(core, session, { type: 'timePassed' });
  if (!isServing(session)) return;
  if (now - session.heardAt >= TIMES.silenceMs)
    return dispatch(core, session, { type: 'closeRequested', close: 'silent' });
  const criticalSince = session.delivery.waitingSince[CRITICAL] ?? 0;
  if (criticalSince > 0 && now - criticalSince >= TIMES.criticalStallMs)
    return dispatch(core, session, { type: 'closeRequested', close: 'criticalStalled' });
  if (now - session.pingedAt >= TIMES.pingIntervalMs) pingClient(core, session, now);
  // Lanes that wait for their floor are looked at again even if nothing else happens, but in turns: under load that may
  // be all sessions, and to serve them here would hold up everything for as long as that takes.
  else if (isWaiting(session.delivery)) core.resume(session);
  const { state } = session;
  if (state.name === 'live' || state.name === 'draining')
    core.health.sweep(session, state.identity, state.client.id, now);
}
