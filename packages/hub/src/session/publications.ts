import { findTopicFault, LIMITS, matchesTopic, type PublishMessage } from '@ms5/wire';
import type { Reply } from '../endpoints/endpoint.ts';
import type { HubCore } from '../hub-core.ts';
import type { Identity, PublishPort, PublishResult } from '../ports.ts';
import { spend } from './budgets.ts';
import { behindHooks } from './hooks.ts';
import { answer } from './lifecycle.ts';
import { errorReply } from './outbound.ts';
import type { Live } from './session-state.ts';
import type { Session } from './session.ts';

/** Topics that do not belong to the product. */
const OTHERS_PREFIX = 'app/';

type Publication = Parameters<PublishPort['publish']>[0];

/** Takes a `publish`, and answers when it is durable. */
export function receivePublish(core: HubCore, session: Session, state: Live, request: PublishMessage): void {
  const { type: _, id, ...publication } = request;
  const { publishing } = core;
  if (publishing === undefined) return answer(core, session, errorReply('notAvailable', { id }));
  const refused = refuse(core, session, id, publication.topic);
  if (refused !== null) return answer(core, session, refused);
  behindHooks(core, session, 'publish', { identity: state.identity, publication }, (refusal) => {
    if (refusal !== null)
      return answer(core, session, errorReply('refusedByPlugin', { id, message: refusal }));
    if (session.state.name !== 'live') return answer(core, session, errorReply('draining', { id }));
    if (!mayPublish(session, publication.topic)) return answer(core, session, forbidden(id));
    publish(core, session, { publishing, identity: session.state.identity, id, publication });
  });
}

function refuse(core: HubCore, session: Session, id: number, topic: string): Reply | null {
  const fault = findTopicFault(topic);
  if (fault !== null) return errorReply('publishRefused', { id, message: `topic: ${fault}` });
  if (!topic.startsWith(OTHERS_PREFIX)) {
    const message = `topic: only topics below "${OTHERS_PREFIX}" can be published to`;
    return errorReply('publishRefused', { id, message });
  }
  if (!mayPublish(session, topic)) return forbidden(id);
  if (session.publishesInFlight >= LIMITS.publishesInFlight)
    return errorReply('publishesTooFast', { id, message: 'too many publications are outstanding' });
  const retryAfterMs = spend(session.budgets, 'publishes', core.clock.now());
  return retryAfterMs > 0 ? errorReply('publishesTooFast', { id, retryAfterMs }) : null;
}

const mayPublish = (session: Session, topic: string): boolean =>
  session.publishable.some((filter) => matchesTopic(filter, topic));
const forbidden = (id: number): Reply =>
  errorReply('forbidden', { id, message: 'publishing to this topic is not permitted' });

interface Publishing {
  readonly publishing: PublishPort;
  readonly identity: Identity;
  readonly id: number;
  readonly publication: Publication;
}

function publish(
  core: HubCore,
  session: Session,
  { publishing, identity, id, publication }: Publishing,
): void {
  count(core, session, 1);
  const report = (reply: Reply): void => {
    count(core, session, -1);
    core.contained(session, () => answer(core, session, reply));
  };
  // Whatever the port throws is a rejection, too.
  const asked = (async () => publishing.publish(publication, identity))();
  asked.then(
    (result) => {
      report(replyTo(id, result));
      core.hooks?.after('publish', { identity, publication }, { result });
    },
    (error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      core.log({ level: 'error', event: 'publishFailed', session: session.id, detail });
      report(errorReply('publishFailed', { id }));
    },
  );
}

function replyTo(id: number, result: PublishResult): Reply {
  if (result.status === 'refused') return errorReply('publishRefused', { id, message: result.message });
  if (result.status === 'published')
    return {
      type: 'published',
      id,
      ...(result.offset === undefined ? {} : { offset: result.offset }),
      ...(result.isDuplicate ? { duplicate: true } : {}),
    };
  const message = 'too much is waiting to be stored; nothing was published';
  return errorReply('publishesTooFast', { id, message, retryAfterMs: result.retryAfterMs });
}

function count(core: HubCore, session: Session, change: 1 | -1): void {
  session.publishesInFlight += change;
  core.totals.publishesInFlight += change;
}
