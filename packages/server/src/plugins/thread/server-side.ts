import type { LoggedEvents } from '../../engine-port.ts';
import { HOST_LIMITS } from '../limits.ts';
import type { LogLimit } from '../log-limit.ts';
import type { PluginContext } from '../plugin.ts';
import type { CallAnswer, FromPlugin, PluginCall, ToPlugin } from './messages.ts';

/** What a plugin may ask of the server, seen from the plugin's thread. */
export interface ServerSide {
  readonly context: Pick<PluginContext, 'log' | 'publish' | 'readEvents' | 'onHead'>;
  receive(message: ToPlugin): void;
  /** Since it was asked last. */
  takeLogLinesDropped(): number;
}

/** Bounds what a plugin can send: what crossed threads already would wait in the server's memory. */
export function createServerSide(post: (message: FromPlugin) => void, logLimit: LogLimit): ServerSide {
  const waiting = new Map<number, (answer: CallAnswer) => void>();
  const heads = new Set<(offset: number) => void>();
  let lastId = 0;
  let reportedDropped = 0;

  const call = (request: PluginCall): Promise<CallAnswer> => {
    if (waiting.size >= HOST_LIMITS.pendingCalls) {
      const message = `more than ${HOST_LIMITS.pendingCalls} calls at once: await those before`;
      return Promise.resolve({ kind: 'error', message });
    }
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      post({ kind: 'call', id, call: request });
    });
  };

  const logAt =
    (level: 'debug' | 'info' | 'warn' | 'error'): PluginContext['log'][typeof level] =>
    (message, fields = {}) => {
      if (logLimit.take()) post({ kind: 'log', level, message, fields });
    };

  return {
    takeLogLinesDropped() {
      const dropped = logLimit.dropped() - reportedDropped;
      reportedDropped += dropped;
      return dropped;
    },
    context: {
      log: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
      async publish(topic, data, options = {}) {
        const answer = await call({ kind: 'publish', topic, data, options });
        if (answer.kind === 'published') return answer.result;
        throw new Error(answer.kind === 'error' ? answer.message : 'unexpected answer');
      },
      async readEvents(request) {
        const answer = await call({ kind: 'readEvents', request });
        if (answer.kind === 'page') return JSON.parse(answer.json) as LoggedEvents;
        throw new Error(answer.kind === 'error' ? answer.message : 'unexpected answer');
      },
      onHead(listener) {
        const own = (offset: number): void => listener(offset);
        heads.add(own);
        return () => {
          heads.delete(own);
        };
      },
    },
    receive(message) {
      if (message.kind === 'head') for (const listener of heads) listener(message.offset);
      if (message.kind !== 'answer') return;
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    },
  };
}
