import { LANES } from '@ms5/wire';
import type { Clock } from '../ports.ts';
import { FLOW_RATES, type SharedTopicSet } from '../topics/interests.ts';
import { laneOfSlot } from '../topics/log.ts';
import type { Topic } from '../topics/topic.ts';

export interface RateTicksOptions {
  readonly clock: Clock;
  /** Topic sets with changes in the lane have become due. */
  readonly onDue: (lane: number) => void;
}

/**
 * Makes what changed in flows with a rate due, on ticks that all sessions share: whole multiples of the rate's
 * period by the server's clock. There is no tick while nothing waits for it.
 */
export interface RateTicks<Session> {
  /** The topic, one of the set's, has changed. */
  note(set: SharedTopicSet<Session>, topic: Topic): void;
  /** The sets that have become due in the lane; each is told once. */
  takeDue(lane: number): Iterable<SharedTopicSet<Session>>;
  /** Cancels what is planned. */
  close(): void;
}

export function createRateTicks<Session>({ clock, onDue }: RateTicksOptions): RateTicks<Session> {
  /** By flow: sets with changes that wait for the next tick. */
  const waiting = FLOW_RATES.map(() => new Set<SharedTopicSet<Session>>());
  /** By lane: sets that have become due. */
  const due = LANES.map(() => new Set<SharedTopicSet<Session>>());
  const cancels = new Map<number, () => void>();
  /** By flow: the number of the tick that came last, counted from the epoch. */
  const lastTicks: number[] = [];
  let isClosed = false;

  function plan(flow: number): void {
    if (isClosed || cancels.has(flow)) return;
    const rate = FLOW_RATES[flow] ?? 0;
    if (rate === 0) return;
    const periodMs = 1_000 / rate;
    const now = clock.now();
    // A timer may come somewhat early: the tick it was for is not to come twice.
    const number = Math.max(Math.floor(now / periodMs), lastTicks[flow] ?? 0) + 1;
    cancels.set(
      flow,
      clock.after(number * periodMs - now, () => {
        cancels.delete(flow);
        lastTicks[flow] = number;
        tick(flow);
      }),
    );
  }

  function tick(flow: number): void {
    const sets = waiting[flow];
    if (sets === undefined) return;
    const lanes = new Set<number>();
    for (const set of sets) {
      // Its sessions may all have gone meanwhile.
      if (set.sessions.size === 0) continue;
      for (const [slot, offset] of set.waiting.entries()) {
        if (offset === undefined || offset <= (set.heads[slot] ?? 0)) continue;
        set.heads[slot] = offset;
        const lane = laneOfSlot(slot);
        due[lane]?.add(set);
        lanes.add(lane);
      }
    }
    sets.clear();
    for (const lane of lanes) onDue(lane);
  }

  return {
    note(set, { slot, head }) {
      set.waiting[slot] = Math.max(set.waiting[slot] ?? 0, head);
      waiting[set.flow]?.add(set);
      plan(set.flow);
    },
    *takeDue(lane) {
      const sets = due[lane];
      if (sets === undefined || sets.size === 0) return;
      yield* sets;
      sets.clear();
    },
    close() {
      isClosed = true;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}
