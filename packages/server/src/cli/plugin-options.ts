import { join } from 'node:path';
import type { PluginOptions } from '../gateway/plugins.ts';
import type { PluginSource } from '../plugins/host.ts';
import { loadPluginSettings } from '../plugins/settings.ts';
import type { CheckOptions, ServeOptions } from './program.ts';

/** Plugins of `--plugin-config`, then those of `--plugin`. Rejects with a `PluginError`. */
export async function pluginSources({
  plugin = [],
  pluginConfig,
}: CheckOptions): Promise<readonly PluginSource[]> {
  const configured = pluginConfig === undefined ? [] : await loadPluginSettings(pluginConfig);
  return [...configured, ...plugin.map((each) => ({ plugin: each }))];
}

/** `undefined`: none. */
export async function pluginOptions(options: ServeOptions): Promise<PluginOptions | undefined> {
  const sources = await pluginSources(options);
  return sources.length === 0 ? undefined : { sources, directory: pluginsDirectory(options.data) };
}

/** Where plugins keep what lasts, in the data directory. */
export function pluginsDirectory(data: string): string {
  return join(data, 'plugins');
}
