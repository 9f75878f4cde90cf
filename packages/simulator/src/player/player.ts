import type { Clock } from '../clock/clock.ts';
import { sleep } from '../clock/clock.ts';
import { createAdapterServer, type AdapterEvent, type AdapterServer } from './adapter-server.ts';
import { createAdapterState, type AdapterState } from './adapter-state.ts';
import type { Entry, Recording } from './recording.ts';
import { schedule, type ScheduleOptions, type Step } from './schedule.ts';
import { formatTimestamp, shiftTimestamp } from './timestamp.ts';

export interface PlayerOptions {
  readonly recording: Recording;
  readonly clock: Clock;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Recorded seconds per second, or `max`: as fast as the clients read. Default 1. */
  readonly speed?: number | 'max';
  /**
   * `original`: as recorded. `shifted`: each moves by (now − the recording's clock) as it is sent, so that events
   * look live and late ones stay as late as they were; at speed 1 durations are exact. Default `original`.
   */
  readonly timestamps?: 'original' | 'shifted';
  /** Begin again after the end. Default false. */
  readonly loop?: boolean;
  /** A longer silence is shortened to this. Default 60,000 ms. */
  readonly maxGapMs?: number;
  /** Default `recorded`. */
  readonly segments?: ScheduleOptions['segments'];
  /**
   * Between two segments nobody was connected when the recording was made. `cut` plays that as it was: clients
   * are cut off at a segment's end, and who connects meanwhile hears nothing until the next begins. `quiet` keeps
   * them connected and sends nothing. Default: `cut` with shifted timestamps; `quiet` with original ones, whose
   * readers work by event time, where the wall clock's hour of a lost connection would be no evidence.
   */
  readonly gaps?: 'cut' | 'quiet';
  /** Play begins when so many clients are connected. Default 1. */
  readonly waitForClients?: number;
}

export type PlayerEvent =
  | AdapterEvent
  | {
      readonly type: 'segmentStarted';
      readonly segment: number;
      readonly line: number;
      readonly fromMs: number;
    }
  /** A silence: `shortened` says that it was longer, or ran backwards (`recordedMs: null`), in the recording. */
  | {
      readonly type: 'gap';
      readonly between: 'segments' | 'lines';
      readonly recordedMs: number | null;
      readonly playedMs: number;
      readonly shortened: boolean;
    }
  /** The process slept; what is left is played later by as much, not in a burst. */
  | { readonly type: 'delayed'; readonly byMs: number }
  | { readonly type: 'finished' };

export interface Player {
  readonly port: number;
  /** Resolves when the last line is sent, or when the player is closed before. */
  readonly finished: Promise<void>;
  /** Returns its unsubscribe. */
  onEvent(listener: (event: PlayerEvent) => void): () => void;
  /** Ends play and all connections. Closing twice is fine. Without it the port stays open after the end of play. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Later than this against its schedule, play is moved rather than caught up. */
const MAX_CATCH_UP_MS = 5_000;
/** Entries written between two looks at what clients have read, at speed `max`. */
const ENTRIES_PER_BURST = 200;
const SLOW_CLIENT_PATIENCE_MS = 10_000;

/**
 * Serves a recording as a live MTConnect adapter. A client that joins in the middle gets the current state
 * first, every key with the stamp it was sent with: what it reads is late, and true.
 */
export async function createPlayer(options: PlayerOptions): Promise<Player> {
  const listeners = new Set<(event: PlayerEvent) => void>();
  const announce = (event: PlayerEvent) => {
    for (const listener of listeners) listener(event);
  };
  const state = createAdapterState();
  const server = await createAdapterServer({
    clock: options.clock,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    greeting: () =>
      state
        .lines()
        .map((line) => `${line}\n`)
        .join(''),
    onEvent: announce,
  });
  const ending = new AbortController();
  const finished = (async () => {
    await enoughClients(server, options.waitForClients ?? 1, listeners, ending.signal);
    const stage: Stage = { options, server, state, announce, signal: ending.signal };
    do await playOnce(stage);
    while (options.loop === true && !ending.signal.aborted && (await gapBeforeLoop(stage)));
    if (!ending.signal.aborted) announce({ type: 'finished' });
  })();
  // Whoever awaits `finished` still gets the failure; nobody awaiting it is no reason to end the process.
  finished.catch(() => {});

  const close = async () => {
    ending.abort();
    await server.close();
    await finished.catch(() => {});
  };
  return {
    port: server.port,
    finished,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Stage {
  readonly options: PlayerOptions;
  readonly server: AdapterServer;
  readonly state: AdapterState;
  readonly announce: (event: PlayerEvent) => void;
  readonly signal: AbortSignal;
}

async function playOnce(stage: Stage): Promise<void> {
  const { clock, recording, segments = 'recorded', maxGapMs = 60_000 } = stage.options;
  const speed = stage.options.speed ?? 1;
  let startMs = clock.now();
  let burst = 0;
  let pending = '';
  const flush = () => {
    if (pending !== '') stage.server.send(pending);
    pending = '';
  };
  for (const step of schedule(recording, { segments, maxGapMs })) {
    if (stage.signal.aborted) return;
    if (speed === 'max') {
      startMs = clock.now() - step.playMs;
      if (++burst % ENTRIES_PER_BURST === 0) {
        flush();
        await stage.server.drained(SLOW_CLIENT_PATIENCE_MS);
        // Even with nobody to wait for, the event loop gets its turn.
        await sleep(clock, 0, stage.signal);
      }
    } else {
      const aheadMs = startMs + step.playMs / speed - clock.now();
      if (aheadMs > 0) {
        flush();
        await sleep(clock, aheadMs, stage.signal);
      } else if (aheadMs < -MAX_CATCH_UP_MS) {
        startMs -= aheadMs;
        stage.announce({ type: 'delayed', byMs: -aheadMs });
      }
    }
    const dueMs = speed === 'max' ? clock.now() : startMs + step.playMs / speed;
    if (step.kind !== 'entry') {
      flush();
      announceStep(stage, step);
    } else {
      pending += playEntry(stage, step.entry, dueMs);
    }
  }
  flush();
  await stage.server.drained(SLOW_CLIENT_PATIENCE_MS);
}

/** Stamps the entry, takes it into the state and returns its lines. */
function playEntry(stage: Stage, entry: Entry, dueMs: number): string {
  if (entry.timestamp === undefined) return `${entry.text}\n`;
  const shiftMs = stage.options.timestamps === 'shifted' ? Math.round(dueMs - entry.clockMs) : null;
  const stamp =
    entry.timestamp === null || shiftMs === null
      ? entry.stamp
      : formatTimestamp(shiftTimestamp(entry.timestamp, shiftMs));
  // An empty stamp is one of arrival. A client that joins later must not take its own arrival for it.
  const remembered = stamp === '' ? formatTimestamp({ ms: entry.clockMs + (shiftMs ?? 0), tail: '' }) : stamp;
  stage.state.apply(entry, remembered);
  return `${stamp}|${entry.text}\n`;
}

function announceStep(stage: Stage, step: Exclude<Step, { kind: 'entry' }>): void {
  if (step.kind === 'segment') {
    stage.state.clear();
    stage.server.resume();
    const { index, fromMs, entries } = step.segment;
    stage.announce({ type: 'segmentStarted', segment: index, line: entries[0]?.line ?? 0, fromMs });
    return;
  }
  const { between, recordedMs, playedMs } = step;
  const cut =
    stage.options.gaps === 'cut' ||
    (stage.options.gaps === undefined && stage.options.timestamps === 'shifted');
  if (between === 'segments' && cut) {
    stage.server.suspend();
  }
  stage.announce({ type: 'gap', between, recordedMs, playedMs, shortened: recordedMs !== playedMs });
}

/** From the last segment back to the first: a silence like that between any two. True when it is over. */
async function gapBeforeLoop(stage: Stage): Promise<boolean> {
  const { clock, maxGapMs = 60_000, speed = 1 } = stage.options;
  const playedMs = Number.isFinite(maxGapMs) ? maxGapMs : 0;
  announceStep(stage, { kind: 'gap', playMs: 0, recordedMs: null, playedMs, between: 'segments' });
  await sleep(clock, speed === 'max' ? 0 : playedMs / speed, stage.signal);
  return !stage.signal.aborted;
}

function enoughClients(
  server: AdapterServer,
  count: number,
  listeners: Set<(event: PlayerEvent) => void>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (server.clientCount() < count && !signal.aborted) return;
      listeners.delete(look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    listeners.add(look);
    signal.addEventListener('abort', look);
    look();
  });
}
