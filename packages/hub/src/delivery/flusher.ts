import { LANES } from '@ms5/wire';
import type { Clock } from '../ports.ts';
import type { LongRoundLimits } from '../limits.ts';
import { CRITICAL } from '../topics/log.ts';
import {
  afterFlush,
  afterIdle,
  createFlushPace,
  dueAt,
  restMs,
  UNSTRETCHED,
  type FlushPace,
  type LaneStretch,
} from './flush-controller.ts';

/** A slice of a round takes about this long, then others get their turn. */
const SLICE_MS = 2;
/**
 * Where the rest of each turn takes long, a slice takes this part of it, so that rounds end all the same; to a limit.
 */
const SLICE_SHARE = 1 / 4;
const MAX_SLICE_MS = 8;
/**
 * A slice of a round of `critical` alone: seldom, short for each session, and more urgent than what others' turns
 * bring.
 */
const CRITICAL_SLICE_MS = 12;
/** Sessions served between two looks at the clock. */
const SESSIONS_PER_LOOK = 4;
/** A round is made of so many groups at most, of so many sessions each at least. */
const MAX_GROUPS = 6;
const MIN_GROUP_SIZE = 16;

export interface FlusherOptions<Session> {
  readonly clock: Clock;
  readonly longRounds: LongRoundLimits;
  /**
   * The sessions whose interests changed in these lanes since they were asked for last; `most`: only of changes that
   * concern no more than so many together, the rest is left for the next time.
   */
  readonly collect: (lanes: readonly number[], most?: number) => readonly Session[];
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
  readonly isLong: boolean;
  /** It goes between two groups of a long one, which holds its lanes. */
  readonly isInner: boolean;
  next: number;
  busyMs: number;
  writes: number;
}

function beginRound<Session>(
  lanes: readonly number[],
  sessions: readonly Session[],
  startedAt: number,
  groupSize: number,
): Round<Session> {
  const kind = { isLong: false, isInner: false };
  return { lanes, sessions, startedAt, groupSize, ...kind, next: 0, busyMs: 0, writes: 0 };
}

/** Whether a long round has come to the end of a group and not of all. */
function isBetweenGroups({ sessions, groupSize, isLong, next }: Round<unknown>): boolean {
  return isLong && next > 0 && next < sessions.length && next % groupSize === 0;
}

/** How long a slice may take when the rest of the turn before it took `restMs`. */
function sliceAfter(restMs: number): number {
  return Math.min(MAX_SLICE_MS, Math.max(SLICE_MS, restMs * SLICE_SHARE));
}

/** Decides when sessions are served, and serves them in slices, rounds of `critical` before others. */
export function createFlusher<Session>(options: FlusherOptions<Session>): Flusher<Session> {
  const { clock, longRounds } = options;
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
  /** When the slice ended that another was to follow in the next turn; 0: none was. */
  let pausedAt = 0;
  let isClosed = false;
  let roundCount = 0;
  let slices = 0;
  let flushMs = 0;
  let stretch = UNSTRETCHED;
  /** When the long round under way began, or the last inner one in it. */
  let innerAt = 0;

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
    if (at > now) return wake(at, now);
    pace = afterIdle(pace, lane, now);
    clock.soon(startRound);
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
    for (const part of inParts(lanes)) addRound(part, now);
    if (!isSlicing) slice();
  }

  /** One write for all that is due, but where the rest takes more than a turn `critical` goes ahead of it. */
  function inParts(lanes: readonly number[]): readonly (readonly number[])[] {
    const others = lanes.filter((lane) => lane !== CRITICAL);
    const isHeavy = others.some((lane) => (pace[lane]?.costMs ?? 0) > SLICE_MS);
    return isHeavy && others.length < lanes.length ? [[CRITICAL], others] : [lanes];
  }

  function addRound(lanes: readonly number[], now: number): void {
    for (const lane of lanes) underWay[lane] = 'calm';
    const sessions = options.collect(lanes);
    const isLong = sessions.length > longRounds.sessions && !lanes.includes(CRITICAL);
    const shared = Math.max(MIN_GROUP_SIZE, Math.ceil(sessions.length / MAX_GROUPS));
    const groupSize = isLong ? longRounds.groupSize : shared;
    const round = { ...beginRound(lanes, sessions, now, groupSize), isLong };
    if (isLong) innerAt = now;
    if (lanes.includes(CRITICAL)) rounds.unshift(round);
    else rounds.push(round);
  }

  function resume(session: Session): void {
    if (isClosed) return;
    if (resuming === null) {
      resuming = [];
      rounds.push(beginRound([], resuming, clock.now(), 1));
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
    if (isClosed) return;
    startInner();
    const round = rounds[0];
    if (round === undefined) return;
    // Whoever resumes from now on has to let the others go first.
    if (round.sessions === resuming) resuming = null;
    const startedAt = clock.now();
    let now = startedAt;
    const isCriticalAlone = round.lanes.length === 1 && round.lanes[0] === CRITICAL;
    const ownMs = pausedAt === 0 ? SLICE_MS : sliceAfter(startedAt - pausedAt);
    const sliceMs = isCriticalAlone ? CRITICAL_SLICE_MS : ownMs;
    slices += 1;
    while (round.next < round.sessions.length && now - startedAt < sliceMs) {
      const end = Math.min(enterGroup(round), round.next + SESSIONS_PER_LOOK);
      for (; round.next < end; round.next += 1) {
        const session = round.sessions[round.next];
        if (session !== undefined) round.writes += options.serve(session, now, isCriticalAlone);
      }
      now = clock.now();
      if (isBetweenGroups(round)) break;
    }
    round.busyMs += now - startedAt;
    flushMs += now - startedAt;
    if (round.next >= round.sessions.length) endRound(round, now);
    pausedAt = rounds.length > 0 ? now : 0;
    if (rounds.length > 0) sliceSoon();
  }

  /** What a few sessions wait for is served between two groups of a long round rather than after it. */
  function startInner(): void {
    const [round] = rounds;
    const now = clock.now();
    if (round === undefined || !isBetweenGroups(round) || now - innerAt < longRounds.innerEveryMs) return;
    const lanes = round.lanes.filter((lane) => underWay[lane] === 'touched');
    const sessions = lanes.length === 0 ? [] : options.collect(lanes, longRounds.innerSessions);
    if (sessions.length === 0) return;
    innerAt = now;
    rounds.unshift({ ...beginRound(lanes, sessions, now, sessions.length), isInner: true });
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
    if (round.isInner) return;
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
