import type { Clock } from '@ms5/hub';
import { namingPlugin, type PluginSource } from './host.ts';
import { resolvePlugin } from './resolve-plugin.ts';
import type { Declaration } from './shape.ts';
import { startPluginThread } from './start-thread.ts';

/** Loads each plugin and checks its shape and configuration, without running it. Rejects with a `PluginError`. */
export async function checkPlugins(
  sources: readonly PluginSource[],
  baseDir: string,
  clock: Clock,
): Promise<readonly Declaration[]> {
  const declarations: Declaration[] = [];
  for (const { plugin, config, baseDir: own = baseDir } of sources) {
    const module = resolvePlugin(plugin, own);
    const { thread, declaration } = await namingPlugin(plugin, () =>
      startPluginThread({ module, config, directory: '', site: '', task: 'check' }, clock, {
        onMessage: () => undefined,
        onEnd: () => undefined,
      }),
    );
    await thread.terminate();
    declarations.push(declaration);
  }
  return declarations;
}
