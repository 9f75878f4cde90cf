import type { FaultProxy } from '@ms5/testkit';
import { startServerProcess, type ServerProcess, type ServerProcessOptions } from './server-process.ts';
import { systemClock } from './system-clock.ts';

/** The server over its deaths: always the same data directory, behind the same proxy. */
export interface ServerLife {
  /** Counts the starts. */
  life(): number;
  process(): ServerProcess | null;
  /** SIGKILL, and a new start at once. Resolves when it serves again. */
  crash(): Promise<void>;
  /** SIGTERM, and a new start when it has ended. */
  drainAndRestart(): Promise<void>;
  /** Resolves when it serves. */
  serving(): Promise<ServerProcess>;
  /** The end, by SIGKILL or SIGTERM. */
  stop(how: 'kill' | 'drain'): Promise<void>;
  /** Highest resident memory seen, bytes. */
  peakResidentBytes(): number;
  faults(): readonly string[];
}

const SAMPLE_MS = 100;
/** A drain that takes longer is cut short; nothing accepted may be lost by that either. */
const DRAIN_MS = 1_500;

export function createServerLife(proxy: FaultProxy, options: ServerProcessOptions): ServerLife {
  const faults: string[] = [];
  let present: ServerProcess | null = null;
  let life = 0;
  let peak = 0;
  /** One change after another. */
  let changing: Promise<void> = start();
  const stopSampling = systemClock.every(SAMPLE_MS, () => {
    peak = Math.max(peak, present?.residentBytes() ?? 0);
  });

  async function start(): Promise<void> {
    const started = await startServerProcess(options);
    life += 1;
    present = started;
    proxy.setTarget(started.port);
  }

  function noteOutput(ended: ServerProcess): void {
    const text = ended.output();
    for (const sign of ['session failed', 'sessionFailed', 'uncaught', 'Unhandled', 'the engine has stopped'])
      if (text.includes(sign)) faults.push(`the server logged "${sign}": ${text.slice(-400)}`);
  }

  async function kill(): Promise<void> {
    const ended = present;
    present = null;
    await ended?.kill();
    if (ended !== null) noteOutput(ended);
  }

  async function drain(): Promise<void> {
    const ended = present;
    present = null;
    if (ended === null) return;
    const cancel = systemClock.after(DRAIN_MS, () => void ended.kill());
    const code = await ended.drain();
    cancel();
    noteOutput(ended);
    if (code !== 0 && code !== null)
      faults.push(`the drain ended with ${code}: ${ended.output().slice(-400)}`);
  }

  const next = (change: () => Promise<void>): Promise<void> => {
    changing = changing.then(change);
    return changing;
  };
  const restartAfter = (end: () => Promise<void>) => async (): Promise<void> => {
    if (present?.isRunning() === false) faults.push(`the server ended by itself: ${present.output()}`);
    await end();
    await start();
  };

  return {
    life: () => life,
    process: () => present,
    crash: () => next(restartAfter(kill)),
    drainAndRestart: () => next(restartAfter(drain)),
    async serving() {
      await changing;
      if (present === null) throw new Error('the server was stopped');
      return present;
    },
    async stop(how) {
      await next(how === 'kill' ? kill : drain);
      stopSampling();
    },
    peakResidentBytes: () => peak,
    faults: () => faults,
  };
}
