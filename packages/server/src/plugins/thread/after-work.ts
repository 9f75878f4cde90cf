import type { Clock } from '@ms5/hub';
import { topicMatcher } from '@ms5/wire';
import { decodeChanges } from '../../engine/thread/changes-codec.ts';
import { eventOf } from '../event-data.ts';
import { afterHook, type AfterHookName } from '../hook-names.ts';
import type { Plugin } from '../plugin.ts';
import type { FromPlugin, HookCall, Notice, ToPlugin } from './messages.ts';

/** After-hooks run one after another, in the order things happened. */
export interface AfterWork {
  receive(message: ToPlugin): void;
}

export function createAfterWork(
  plugin: Plugin,
  limitMs: number,
  clock: Clock,
  post: (message: FromPlugin) => void,
): AfterWork {
  const { hooks } = plugin;
  let last: Promise<void> = Promise.resolve();

  const call = async (hook: () => void | Promise<void>): Promise<HookCall> => {
    const startedAt = clock.now();
    let cancel = (): void => undefined;
    const expired = new Promise<'timeout'>((resolve) => {
      cancel = clock.after(limitMs, () => resolve('timeout'));
    });
    try {
      const ended = await Promise.race([hook(), expired]);
      const failure = ended === 'timeout' ? 'timeout' : null;
      return { durationMs: clock.now() - startedAt, failure };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { durationMs: clock.now() - startedAt, failure: 'error', message };
    } finally {
      cancel();
    }
  };

  const enqueue = (hook: AfterHookName, bytes: number, run: () => Promise<readonly HookCall[]>): void => {
    last = last.then(async () => post({ kind: 'done', hook, calls: await run(), bytes }));
  };

  return {
    receive(message) {
      if (message.kind === 'after') {
        const { notice } = message;
        enqueue(afterHook(notice.name), 0, async () => [await call(() => tell(plugin, notice))]);
      } else if (message.kind === 'disconnect') {
        enqueue('afterDisconnect', 0, async () => [await call(() => hooks.afterDisconnect?.(message.end))]);
      } else if (message.kind === 'events') {
        enqueue('afterEvent', message.bytes.byteLength, async () => {
          const calls: HookCall[] = [];
          let { missed } = message;
          for (const event of eventsIn(message, plugin)) {
            const own = { ...event, missed };
            missed = 0;
            calls.push(await call(() => hooks.afterEvent?.(own)));
          }
          return calls;
        });
      }
    },
  };
}

function eventsIn({ log, bytes }: Extract<ToPlugin, { kind: 'events' }>, { events = [] }: Plugin) {
  const isWanted = topicMatcher(events);
  return decodeChanges(bytes).flatMap(({ offset, at, changes }) =>
    changes.filter(({ topic }) => isWanted(topic)).map((change) => eventOf(log, offset, at, change)),
  );
}

function tell({ hooks }: Plugin, notice: Notice): void | Promise<void> {
  switch (notice.name) {
    case 'connect':
      return hooks.afterConnect?.(notice.act, notice.result);
    case 'authenticate':
      return hooks.afterAuthenticate?.(notice.act, notice.result);
    case 'subscribe':
      return hooks.afterSubscribe?.(notice.act, notice.result);
    case 'publish':
      return hooks.afterPublish?.(notice.act, notice.result);
    case 'command':
      return hooks.afterCommand?.(notice.act, notice.result);
  }
}
