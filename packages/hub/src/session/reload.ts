import { LANES } from '@ms5/wire';
import { setBehind, setCursor, waitersOf, type Delivery, type Flow } from '../delivery/delivery.ts';
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
    delivery.marks[slot] = -1;
    for (const flow of [delivery.live, ...delivery.rated]) reloadFlow(delivery, flow, log, slot, wasServed);
  }
}

function reloadFlow(delivery: Delivery, flow: Flow, log: Log, slot: number, wasServed: boolean): void {
  const { topics } = flow;
  const before = flow.cursors[slot] ?? 0;
  setCursor(flow, slot, log.head);
  topics.heads[slot] = 0;
  topics.waiting[slot] = 0;
  topics.newest = null;
  topics.batches.clear();
  for (const topic of topicsOfSlot(topics, slot)) {
    const waiters = waitersOf(delivery, topic);
    if (!topic.isRemoved)
      setBehind(delivery, topic, { phase: 'fresh', lostSince: wasServed ? before : -1 }, waiters);
    else if (topic.log !== log) setBehind(delivery, topic, { phase: 'behind', position: -1 }, waiters);
  }
}
