import { join } from 'node:path';
import type { PluginOptions } from '../gateway/plugins.ts';
import { loadPluginSettings } from '../plugins/settings.ts';
import type { ServeOptions } from './program.ts';

/** Plugins of `--plugin-config`, then those of `--plugin`; `undefined`: none. Rejects with a `PluginError`. */
export async function pluginOptions({
  plugin = [],
  pluginConfig,
  data,
}: Pick<ServeOptions, 'plugin' | 'pluginConfig' | 'data'>): Promise<PluginOptions | undefined> {
  const configured = pluginConfig === undefined ? [] : await loadPluginSettings(pluginConfig);
  const sources = [...configured, ...plugin.map((each) => ({ plugin: each }))];
  return sources.length === 0 ? undefined : { sources, directory: pluginsDirectory(data) };
}

/** Where plugins keep what lasts, in the data directory. */
export function pluginsDirectory(data: string): string {
  return join(data, 'plugins');
}
