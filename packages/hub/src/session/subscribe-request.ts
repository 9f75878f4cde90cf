import type { SubscribeMessage } from '@ms5/wire';
import type { HubCore } from '../hub-core.ts';
import { behindHooks } from './hooks.ts';
import { answer } from './lifecycle.ts';
import { errorReply } from './outbound.ts';
import type { Draining, Live } from './session-state.ts';
import type { Session } from './session.ts';
import { subscribe } from './subscriptions.ts';

/** Takes a `subscribe`: the hooks may refuse it, then the session's permissions decide. */
export function receiveSubscribe(
  core: HubCore,
  session: Session,
  { identity }: Live | Draining,
  request: SubscribeMessage & { readonly batch?: boolean },
): void {
  const { id, filters } = request;
  const act = { session: session.id, identity, filters };
  behindHooks(core, session, 'subscribe', act, (refusal) => {
    const error =
      refusal === null
        ? subscribe(core, session, request)
        : errorReply('refusedByPlugin', { id, message: refusal });
    if (error !== null) return answer(core, session, error);
    core.hooks?.after('subscribe', act, { effective: effectiveOf(session, filters) });
  });
}

function effectiveOf(session: Session, requested: readonly string[]): readonly string[] {
  const inForce = requested.flatMap((text) => session.subscriptions.get(text)?.filters ?? []);
  return [...new Set(inForce.map(({ text }) => text))];
}
