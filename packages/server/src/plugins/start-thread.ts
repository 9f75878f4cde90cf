import type { Clock } from '@ms5/hub';
import { DEFAULT_PLUGIN_LIMITS } from './limits.ts';
import { PluginError } from './plugin-error.ts';
import type { Declaration } from './shape.ts';
import type { FromPlugin, PluginThreadData } from './thread/messages.ts';
import { openPluginThread, type PluginThread, type ThreadListeners } from './thread/open-thread.ts';

export interface StartedThread {
  readonly thread: PluginThread;
  readonly declaration: Declaration;
}

/**
 * Starts a plugin's thread and resolves once it is set up. Rejects with a `PluginError` when it cannot be, or takes
 * too long; the thread is gone then. `listeners` are called from `ready` on; for its declaration, and for
 * calls and log lines of `setup`, before.
 */
export async function startPluginThread(
  data: PluginThreadData,
  clock: Clock,
  listeners: ThreadListeners,
  known?: Declaration,
): Promise<StartedThread> {
  const limits = known?.limits ?? DEFAULT_PLUGIN_LIMITS;
  const { promise: ready, resolve, reject } = Promise.withResolvers<Declaration>();
  let declaration: Declaration | undefined;
  let isReady = false;
  let cancel = (): void => undefined;
  const limit = (limitMs: number): void => {
    cancel();
    cancel = clock.after(limitMs, () => reject(new PluginError(`it was not set up within ${limitMs} ms`)));
  };
  const starting = (message: FromPlugin, thread: PluginThread): void => {
    if (message.kind === 'declared') {
      ({ declaration } = message);
      limit(declaration.limits.setupMs);
      listeners.onMessage(message, thread);
    } else if (message.kind === 'notReady') {
      reject(new PluginError(message.message));
    } else if (message.kind === 'ready' && declaration !== undefined) {
      isReady = true;
      resolve(declaration);
    } else {
      listeners.onMessage(message, thread);
    }
  };
  const thread = openPluginThread(data, limits.memoryMb, {
    onMessage: (message, thread) => {
      if (isReady) listeners.onMessage(message, thread);
      else starting(message, thread);
    },
    onEnd: (reason, thread) => {
      if (isReady) listeners.onEnd(reason, thread);
      else reject(new PluginError(reason));
    },
  });
  limit(limits.setupMs);
  try {
    return { thread, declaration: await ready };
  } catch (error) {
    await thread.terminate();
    throw error;
  } finally {
    cancel();
  }
}
