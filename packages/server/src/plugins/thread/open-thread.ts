import { Worker } from 'node:worker_threads';
import type { FromPlugin, PluginThreadData, ToPlugin } from './messages.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './plugin-thread.ts' : './plugin-thread.js',
  import.meta.url,
);

/** Secrets of the server that its plugins have no use for. */
const WITHHELD_ENVIRONMENT: ReadonlySet<string> = new Set(['MS5_JWT_SECRET']);

/** One life of a plugin's thread. */
export interface PluginThread {
  /** False: the message holds what cannot cross threads, a function for example. */
  post(message: ToPlugin, transferred?: readonly ArrayBuffer[]): boolean;
  /** Ends it, whatever it is doing. Idempotent. */
  terminate(): Promise<void>;
}

export interface ThreadListeners {
  readonly onMessage: (message: FromPlugin, thread: PluginThread) => void;
  /** It has ended; called once. */
  readonly onEnd: (reason: string, thread: PluginThread) => void;
}

/** A process's own `exit` in a plugin ends its thread alone; so does running out of `memoryMb`. */
export function openPluginThread(
  data: PluginThreadData,
  memoryMb: number,
  { onMessage, onEnd }: ThreadListeners,
): PluginThread {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !WITHHELD_ENVIRONMENT.has(name)),
  );
  const worker = new Worker(THREAD, {
    workerData: data,
    name: 'plugin',
    env,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  let reason: string | undefined;
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  const thread: PluginThread = {
    post(message, transferred = []) {
      try {
        worker.postMessage(message, transferred);
        return true;
      } catch {
        return false;
      }
    },
    async terminate() {
      await worker.terminate();
    },
  };
  worker.on('exit', (code) => onEnd(reason ?? `its thread ended with code ${code}`, thread));
  worker.on('message', (message: FromPlugin) => onMessage(message, thread));
  return thread;
}
