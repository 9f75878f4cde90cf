import type { HubCore } from '../hub-core.ts';
import type { HookActs, HookName } from '../ports.ts';
import type { Session } from './session.ts';

/**
 * Lets the hooks decide about an act: `go` is called with `null`, or with why it is refused. With no hook in this
 * turn. Otherwise the session's further requests wait meanwhile, so that their order is kept; a session that has
 * ended by then is left alone.
 */
export function behindHooks<Name extends HookName>(
  core: HubCore,
  session: Session,
  name: Name,
  act: HookActs[Name],
  go: (refusal: string | null) => void,
): void {
  const asked = core.hooks?.before(name, act);
  if (asked === undefined) return go(null);
  session.hooksAwaited += 1;
  const settle = (decide: () => string | null): void => {
    core.contained(session, () => {
      session.hooksAwaited -= 1;
      if (session.state.name === 'closed') return;
      go(decide());
      core.serveHeld(session);
    });
  };
  asked.then(
    (verdict) => settle(() => (verdict.verdict === 'refuse' ? verdict.message : null)),
    (error: unknown) =>
      settle(() => {
        throw error;
      }),
  );
}
