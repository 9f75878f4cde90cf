import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@ms5/hub';
import { HISTORY_FILE } from '../open-history.ts';
import type { Simulation, SimulationReply } from './simulation.ts';
import type { SimulationThreadData } from './simulation-thread.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './simulation-thread.ts' : './simulation-thread.js',
  import.meta.url,
);
const HEAP_MB = 512;

/** Runs simulations one at a time, each on a thread of its own that ends with it, or when its time is up. */
export interface Simulator {
  simulate(asked: Simulation): Promise<SimulationReply>;
  /** Ends the one that runs, which rejects. */
  close(): Promise<void>;
}

interface Options {
  /** The data directory. */
  readonly dataDir: string;
  readonly limitMs: number;
  readonly clock: Clock;
}

export function createSimulator({ dataDir, limitMs, clock }: Options): Simulator {
  let running: Worker | undefined;
  return {
    async simulate(asked) {
      if (running !== undefined) return { status: 'busy' };
      const data: SimulationThreadData = { file: join(dataDir, HISTORY_FILE), asked };
      const worker = new Worker(THREAD, {
        workerData: data,
        name: 'simulation',
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      });
      running = worker;
      const { promise, resolve, reject } = Promise.withResolvers<SimulationReply>();
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the simulation ended without an answer')));
      const cancel = clock.after(limitMs, () => resolve({ status: 'tookTooLong', limitMs }));
      try {
        return await promise;
      } finally {
        cancel();
        await worker.terminate();
        running = undefined;
      }
    },
    close: async () => {
      await running?.terminate();
    },
  };
}
