import { Worker } from 'node:worker_threads';
import type { HistoryFigures, HistoryPort, HistoryReply } from '../history-port.ts';
import { systemClock } from '../../engine/system-clock.ts';
import { DEFAULT_HISTORY, type HistorySettings } from '../settings.ts';
import { createSimulator, type Simulator } from '../simulation/simulator.ts';
import type { HistoryCall, HistoryMessage, HistoryThreadData } from './messages.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './history-thread.ts' : './history-thread.js',
  import.meta.url,
);

interface Waiting {
  readonly resolve: (reply: HistoryReply<unknown>) => void;
  readonly reject: (error: Error) => void;
}

type Life =
  | { readonly name: 'running' }
  | { readonly name: 'closing' }
  | { readonly name: 'failed'; readonly error: Error };

interface HistoryOptions {
  /** The data directory, in which the engine has made its log. */
  readonly dataDir: string;
  /** Omitted: the usual times. */
  readonly settings?: Partial<HistorySettings>;
}

/**
 * Starts history on a thread of its own, beside a running engine. What is asked before it is ready waits; that its
 * files cannot be used is told by `onFailure`.
 */
export function startHistory({ dataDir, settings }: HistoryOptions): HistoryPort {
  const data: HistoryThreadData = { dataDir, settings: { ...DEFAULT_HISTORY, ...settings } };
  const simulator = createSimulator({ dataDir, limitMs: data.settings.simulationMs, clock: systemClock });
  return createHistoryProxy(new Worker(THREAD, { workerData: data, name: 'history' }), simulator);
}

function createHistoryProxy(worker: Worker, simulator: Simulator): HistoryPort {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(error: Error) => void>();
  let figures: HistoryFigures = { position: 0, behind: 0, behindMs: 0, databaseBytes: null };
  let lastId = 0;
  let life: Life = { name: 'running' };
  let closing: Promise<void> | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();

  const fail = (error: Error): void => {
    if (life.name !== 'running') return;
    life = { name: 'failed', error };
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    for (const listener of listeners) listener(error);
  };

  const settle = (id: number, use: (waiting: Waiting) => void): void => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (found !== undefined) use(found);
  };

  worker.on('message', (message: HistoryMessage) => {
    switch (message.kind) {
      case 'answer':
        settle(message.id, ({ resolve }) => resolve(message.reply));
        break;
      case 'refused':
        settle(message.id, ({ reject }) => reject(new Error(message.message)));
        break;
      case 'figures':
        ({ figures } = message);
        break;
      case 'failed':
        fail(new Error(message.message));
        break;
      case 'closed':
        end();
        break;
      case 'notReady':
        fail(new Error(message.message));
        break;
    }
  });
  worker.on('error', fail);
  worker.on('exit', (code) => {
    end();
    fail(new Error(`the history's thread ended by itself with code ${code}`));
  });

  const post = (call: HistoryCall): void => {
    worker.postMessage(call, []);
  };

  return {
    query: ((query, head) => {
      if (life.name === 'failed') return Promise.reject(life.error);
      if (life.name === 'closing') return Promise.reject(new Error('history is closed'));
      lastId += 1;
      const id = lastId;
      return new Promise<HistoryReply<unknown>>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        post({ kind: 'query', id, query, head });
      });
    }) as HistoryPort['query'],
    simulate: (asked) => simulator.simulate(asked),
    signals: (changes) => {
      if (life.name === 'running') post({ kind: 'signals', changes });
    },
    figures: () => figures,
    onFailure: (listener) => {
      if (life.name === 'failed') listener(life.error);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      closing ??= closeThread();
      return closing;
    },
  };

  async function closeThread(): Promise<void> {
    await simulator.close();
    if (life.name === 'running') {
      life = { name: 'closing' };
      post({ kind: 'close' });
      await ended;
    }
    const error = new Error('history is closed');
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    await worker.terminate();
  }
}
