import { LIMITS, TRANSIENT_CLIENT, type CommandKey, type CommandMessage } from '@ms5/wire';
import type { CommandRequest, Reply } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import type { Identity } from '../ports.ts';
import { spend } from './budgets.ts';
import { behindHooks } from './hooks.ts';
import { answer } from './lifecycle.ts';
import { errorReply } from './outbound.ts';
import type { Live } from './session-state.ts';
import type { Session } from './session.ts';

/** Passes a command on and answers with its outcome, whenever that is known. */
export function receiveCommand(core: HubCore, session: Session, state: Live, request: CommandRequest): void {
  const { id } = request;
  const key = keyOf(session, state, request.key);
  if (key === null) return answer(core, session, errorReply('foreignKey', { id }));
  if (session.commandsInFlight >= LIMITS.commandsInFlight)
    return answer(core, session, errorReply('commandsOutstanding', { id }));
  const retryAfterMs = spend(session.budgets, 'commands', core.clock.now());
  if (retryAfterMs > 0) return answer(core, session, errorReply('commandsTooFast', { id, retryAfterMs }));
  const command: CommandMessage = { ...request, key };
  behindHooks(core, session, 'command', { identity: state.identity, command }, (refusal) => {
    if (refusal !== null)
      return answer(core, session, errorReply('refusedByPlugin', { id, message: refusal }));
    if (session.state.name === 'live') return execute(core, session, session.state.identity, command);
    answer(core, session, errorReply('draining', { id }));
  });
}

function execute(core: HubCore, session: Session, identity: Identity, command: CommandMessage): void {
  const { id } = command;
  count(core, session, 1);
  const report = (reply: Reply): void => {
    count(core, session, -1);
    core.contained(session, () => answer(core, session, reply));
  };
  // Whatever the port throws is a rejection, too.
  const asked = (async () => core.commands.execute(command, identity))();
  asked.then(
    (outcome) => {
      report({ type: 'outcome', id, ...outcome });
      core.hooks?.after('command', { identity, command }, { outcome });
    },
    (error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      core.log({ level: 'error', event: 'commandFailed', session: session.id, detail });
      report(errorReply('commandFailed', { id }));
    },
  );
}

function count(core: HubCore, session: Session, change: 1 | -1): void {
  session.commandsInFlight += change;
  core.totals.commandsInFlight += change;
}

/**
 * The key the engine knows the command by. On endpoints where clients introduce themselves it must be the client's
 * own; elsewhere a key is the user's, and a command without one is new each time.
 */
function keyOf(session: Session, { client, identity }: Live, key: CommandRequest['key']): CommandKey | null {
  if (session.endpoint.capabilities.needsConnect)
    return typeof key === 'object' && key?.clientId === client.id ? key : null;
  if (key === null) {
    session.unkeyedCommands += 1;
    return { clientId: `${TRANSIENT_CLIENT.session}${session.id}`, counter: session.unkeyedCommands };
  }
  return typeof key === 'string'
    ? { clientId: `${TRANSIENT_CLIENT.textKey}${identity.userId}:${key}`, counter: 1 }
    : { clientId: `client:${identity.userId}:${key.clientId}`, counter: key.counter };
}
