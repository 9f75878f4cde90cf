/** A clock that moves only when told to. Fits the clock ports of `hub`, `client`, `server` and `simulator`. */
export interface FakeClock {
  now(): number;
  after(delayMs: number, task: () => void): () => void;
  soon(task: () => void): void;
  /** Moves time on, running everything that falls due on the way, in order of time, then of registration. */
  advance(ms: number): void;
  /** Runs everything due now, without moving time. */
  run(): void;
  /** Moves time on without running anything: what a busy thread does. */
  elapse(ms: number): void;
  /** Like `advance`, but lets promises settle before, between and after the tasks. */
  advanceSettled(ms: number): Promise<void>;
  /** When the next task is due, ms since the epoch; `null`: nothing is planned. */
  nextAt(): number | null;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** Runs tasks that plan tasks for the same instant at most this often: a livelock is an error, not a hang. */
const TASK_LIMIT = 1_000_000;

/** Lets everything that waits on settled promises run. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

export function createFakeClock(startMs = 1_750_000_000_000): FakeClock {
  let now = startMs;
  let order = 0;
  // Sorted by time, then order; removal by identity. Plans are few in tests.
  const plans: Planned[] = [];

  function plan(at: number, task: () => void): Planned {
    const planned = { at, order: (order += 1), task };
    let index = plans.length;
    while (index > 0 && (plans[index - 1]?.at ?? 0) > at) index -= 1;
    plans.splice(index, 0, planned);
    return planned;
  }

  function takeDue(until: number): Planned | null {
    const first = plans[0];
    if (first === undefined || first.at > until) return null;
    plans.shift();
    now = Math.max(now, first.at);
    return first;
  }

  const clock: FakeClock = {
    now: () => now,
    after(delayMs, task) {
      const planned = plan(now + Math.max(0, delayMs), task);
      return () => {
        const index = plans.indexOf(planned);
        if (index !== -1) plans.splice(index, 1);
      };
    },
    soon(task) {
      plan(now, task);
    },
    advance(ms) {
      const until = now + ms;
      for (let count = 0, due = takeDue(until); due !== null; due = takeDue(until), count += 1) {
        if (count > TASK_LIMIT) throw new Error('tasks keep planning tasks for the same instant');
        due.task();
      }
      now = Math.max(now, until);
    },
    run: () => clock.advance(0),
    elapse(ms) {
      now += ms;
    },
    async advanceSettled(ms) {
      const until = now + ms;
      await settlePromises();
      for (let count = 0, due = takeDue(until); due !== null; due = takeDue(until), count += 1) {
        if (count > TASK_LIMIT) throw new Error('tasks keep planning tasks for the same instant');
        due.task();
        await settlePromises();
      }
      now = Math.max(now, until);
    },
    nextAt: () => plans[0]?.at ?? null,
  };
  return clock;
}
