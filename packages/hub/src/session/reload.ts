import { LANES } from '@ms5/wire';
import { setBehind } from '../delivery/delivery.ts';
import { topicsOfSlot } from '../topics/interests.ts';
import { slotOf, type Log } from '../topics/log.ts';
import type { Session } from './session.ts';

/**
 * A log was loaded while the session was there: its cursors start at the log's head, and every topic of it is sent
 * as on a first subscription. `wasServed`: the session had positions in an earlier image of the log; they are lost.
 */
export function reloadSession(session: Session, log: Log, wasServed: boolean): void {
  const { delivery } = session;
  for (let lane = 0; lane < LANES.length; lane += 1) {
    const slot = slotOf(log, lane);
    const before = delivery.cursors[slot] ?? 0;
    delivery.cursors[slot] = log.head;
    delivery.marks[slot] = -1;
    if (delivery.interest === null) continue;
    delivery.interest.heads[slot] = 0;
    for (const topic of topicsOfSlot(delivery.interest, slot)) {
      if (!topic.isRemoved)
        setBehind(delivery, topic, { phase: 'fresh', lostSince: wasServed ? before : -1 });
      else if (topic.log !== log) setBehind(delivery, topic, { phase: 'behind', position: -1 });
    }
  }
}
