import type { EnginePort } from '../engine-port.ts';
import { startPluginHost, type PluginHost, type PluginSource } from '../plugins/host.ts';
import type { CallAnswer, PluginCall } from '../plugins/thread/messages.ts';
import type { Logger } from './log.ts';
import { systemClock, systemRandom } from './system-clock.ts';

export interface PluginOptions {
  readonly sources: readonly PluginSource[];
  /** What relative paths and packages are looked up from. Omitted: the working directory. */
  readonly baseDir?: string;
  /** Where plugins keep their own directories. */
  readonly directory: string;
}

/** Plugins as the gateway runs them: what they ask for goes to the engine. */
export function startPlugins(
  engine: EnginePort,
  { sources, baseDir = process.cwd(), directory }: PluginOptions,
  log: Logger,
): Promise<PluginHost> {
  return startPluginHost({
    sources,
    baseDir,
    directory,
    site: engine.image.log,
    clock: systemClock,
    random: systemRandom,
    log: (level, message, fields) => log[level](fields, message),
    serve: (plugin, call) => serve(engine, plugin, call).catch(errorAnswer),
  });
}

async function serve(engine: EnginePort, plugin: string, call: PluginCall): Promise<CallAnswer> {
  if (call.kind === 'publish') {
    const { topic, data, options } = call;
    const { kind = 'stream', lane = 'normal', key } = options;
    const result = await engine.publish({
      topic,
      data,
      kind,
      lane,
      ...(key === undefined ? {} : { key }),
      author: { userId: `plugin:${plugin}`, name: plugin },
    });
    return { kind: 'published', result };
  }
  const { after, topics, types } = call.request;
  const reply = await engine.query({
    kind: 'events',
    after,
    topics,
    ...(types === undefined ? {} : { types }),
  });
  return reply.status === 'done' && typeof reply.value === 'string'
    ? { kind: 'page', json: reply.value }
    : { kind: 'error', message: 'the log cannot be read' };
}

function errorAnswer(error: unknown): CallAnswer {
  return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
}
