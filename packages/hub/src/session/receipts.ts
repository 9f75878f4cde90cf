import type { DisplayedMessage } from '@ms5/wire';
import type { HubCore } from '../hub-core.ts';
import { spend } from './budgets.ts';
import { identityOf, type Session } from './session.ts';

/**
 * Takes notice that a critical document was displayed. Of a topic the session does not have, or one that is not
 * critical, or of a change that has not been yet, it is passed over; so is what comes too fast.
 */
export function receiveReceipt(core: HubCore, session: Session, message: DisplayedMessage): void {
  const identity = identityOf(session);
  if (core.receipts === undefined || identity === null) return;
  const { type: _, ...receipt } = message;
  const topic = core.store.find(receipt.topic);
  if (topic?.kind !== 'collection' || topic.lane !== 'critical') return;
  const isHeld = [...core.interests.of(topic)].some(({ sessions }) => sessions.has(session));
  if (!isHeld || receipt.offset > topic.head) return;
  if (spend(session.budgets, 'receipts', core.clock.now()) > 0) return;
  core.receipts.displayed(receipt, identity, session.id);
}
