import { LANES } from '@ms5/wire';
import type { Clock } from '../ports.ts';
import { CRITICAL } from '../topics/log.ts';
import {
  afterFlush,
  createFlushPace,
  dueAt,
  restMs,
  UNSTRETCHED,
  type FlushPace,
  type LaneStretch,
} from './flush-controller.ts';

/** A slice of a round takes about this long, then others get their turn. */
const SLICE_MS = 2;
/** Sessions served between two looks at the clock. */
const SESSIONS_PER_LOOK = 4;
/** A round is made of so many groups at most, of so many sessions each at least. */
const MAX_GROUPS = 6;
const MIN_GROUP_SIZE = 16;

export interface FlusherOptions<Session> {
  readonly clock: Clock;
  /** The sessions whose interests changed in these lanes since they were asked for last. */
  readonly collect: (lanes: readonly number[]) => readonly Session[];
  /**
   * A part of the round begins: these are served next, with what changed until now. So a change waits for the next
   * turn of a group, not for the round's whole length on top.
   */
  readonly beginGroup: (lanes: readonly number[], sessions: readonly Session[]) => void;
  /**
   * Sends a session what is due to it, or of `critical` alone: others have rounds of their own then, and need not hold
   * up who comes next. Returns how many writes that took.
   */
  readonly serve: (session: Session, now: number, isCriticalAlone: boolean) => number;
  readonly onRoundEnd: () => void;
}

interface FlushFigures {
  readonly rounds: number;
  readonly slices: number;
  /** Time spent flushing since the start, ms. */
  readonly flushMs: number;
  /** The rest each lane takes at present, ms. */
  readonly intervalMs: readonly number[];
}

export interface Flusher<Session> {
  /** Something changed in the lane. */
  touch(lane: number): void;
  /** The session has room for what had to wait: it is served after whoever came before it. */
  resume(session: Session): void;
  figures(): FlushFigures;
  /** Slows lanes beyond their budgets, from the next flush of each; by lane. */
  stretch(lanes: readonly LaneStretch[]): void;
  /** Cancels what is planned. */
  close(): void;
}

interface Round<Session> {
  /** None: it is made of sessions that had to wait for their windows. */
  readonly lanes: readonly number[];
  readonly sessions: readonly Session[];
  readonly startedAt: number;
  readonly groupSize: number;
  next: number;
  busyMs: number;
  writes: number;
}

/** Decides when sessions are served, and serves them in slices, rounds of `critical` before others. */
export function createFlusher<Session>(options: FlusherOptions<Session>): Flusher<Session> {
  const { clock } = options;
  let pace: FlushPace = createFlushPace();
  /** By lane: when its flush is planned; `null`: nothing is waiting. */
  const plannedAt: (number | null)[] = LANES.map(() => null);
  /** By lane: a round of it is under way, and something changed since. A further one has to rest first. */
  const underWay: ('calm' | 'touched' | null)[] = LANES.map(() => null);
  let wakeAt = Infinity;
  let cancelWake = (): void => {};
  const rounds: Round<Session>[] = [];
  /** The sessions of a round that has not begun and takes up whoever may resume. */
  let resuming: Session[] | null = null;
  let isSlicing = false;
  let isClosed = false;
  let roundCount = 0;
  let slices = 0;
  let flushMs = 0;
  let stretch = UNSTRETCHED;

  function touch(lane: number): void {
    if (isClosed || plannedAt[lane] !== null) return;
    // Critical changes do not wait for anything.
    if (lane !== CRITICAL && underWay[lane] !== null) {
      underWay[lane] = 'touched';
      return;
    }
    const now = clock.now();
    const at = dueAt(pace, lane, now);
    plannedAt[lane] = at;
    if (at <= now) clock.soon(startRound);
    else wake(at, now);
  }

  function wake(at: number, now: number): void {
    if (at >= wakeAt) return;
    cancelWake();
    wakeAt = at;
    cancelWake = clock.after(at - now, () => {
      wakeAt = Infinity;
      startRound();
    });
  }

  function startRound(): void {
    if (isClosed) return;
    const now = clock.now();
    const lanes: number[] = [];
    let nextAt = Infinity;
    for (const [lane, at] of plannedAt.entries()) {
      if (at === null) continue;
      if (at <= now) {
        lanes.push(lane);
        plannedAt[lane] = null;
      } else nextAt = Math.min(nextAt, at);
    }
    if (nextAt < Infinity) wake(nextAt, now);
    if (lanes.length === 0) return;
    for (const lane of lanes) underWay[lane] = 'calm';
    const sessions = options.collect(lanes);
    const groupSize = Math.max(MIN_GROUP_SIZE, Math.ceil(sessions.length / MAX_GROUPS));
    const round = { lanes, sessions, startedAt: now, groupSize, next: 0, busyMs: 0, writes: 0 };
    if (lanes.includes(CRITICAL)) rounds.unshift(round);
    else rounds.push(round);
    if (!isSlicing) slice();
  }

  function resume(session: Session): void {
    if (isClosed) return;
    if (resuming === null) {
      resuming = [];
      const startedAt = clock.now();
      rounds.push({ lanes: [], sessions: resuming, startedAt, groupSize: 1, next: 0, busyMs: 0, writes: 0 });
      sliceSoon();
    }
    resuming.push(session);
  }

  function sliceSoon(): void {
    if (isSlicing) return;
    isSlicing = true;
    clock.soon(slice);
  }

  function slice(): void {
    isSlicing = false;
    const round = rounds[0];
    if (round === undefined || isClosed) return;
    // Whoever resumes from now on has to let the others go first.
    if (round.sessions === resuming) resuming = null;
    const startedAt = clock.now();
    let now = startedAt;
    const isCriticalAlone = round.lanes.length === 1 && round.lanes[0] === CRITICAL;
    slices += 1;
    while (round.next < round.sessions.length && now - startedAt < SLICE_MS) {
      const end = Math.min(enterGroup(round), round.next + SESSIONS_PER_LOOK);
      for (; round.next < end; round.next += 1) {
        const session = round.sessions[round.next];
        if (session !== undefined) round.writes += options.serve(session, now, isCriticalAlone);
      }
      now = clock.now();
    }
    round.busyMs += now - startedAt;
    flushMs += now - startedAt;
    if (round.next >= round.sessions.length) endRound(round, now);
    if (rounds.length > 0) sliceSoon();
  }

  /** Begins a group if it is time for one; returns where it ends. */
  function enterGroup({ lanes, sessions, groupSize, next }: Round<Session>): number {
    if (lanes.length === 0) return sessions.length;
    const inGroup = next % groupSize;
    const end = Math.min(sessions.length, next - inGroup + groupSize);
    if (inGroup === 0) options.beginGroup(lanes, sessions.slice(next, end));
    return end;
  }

  function endRound(round: Round<Session>, now: number): void {
    rounds.splice(rounds.indexOf(round), 1);
    if (round.lanes.length > 0) roundCount += 1;
    const { lanes, startedAt, busyMs, writes } = round;
    const groups = Math.max(1, Math.ceil(round.sessions.length / round.groupSize));
    pace = afterFlush(pace, { lanes, startedAt, endedAt: now, busyMs, writes, groups }, stretch);
    if (rounds.length === 0) options.onRoundEnd();
    for (const lane of lanes) {
      const wasTouched = underWay[lane] === 'touched';
      underWay[lane] = null;
      if (wasTouched) touch(lane);
    }
  }

  return {
    touch,
    resume,
    figures: () => ({
      rounds: roundCount,
      slices,
      flushMs,
      intervalMs: pace.map((lanePace, lane) => restMs(lane, lanePace, stretch[lane])),
    }),
    stretch(lanes) {
      stretch = lanes;
    },
    close() {
      isClosed = true;
      cancelWake();
      rounds.length = 0;
    },
  };
}
