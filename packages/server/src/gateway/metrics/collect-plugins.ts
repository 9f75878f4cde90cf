import { HOOK_DURATION_BUCKETS_MS, type HookFigures, type PluginFigures } from '../../plugins/figures.ts';
import type { MetricsPage, MetricValue } from './page.ts';

/** What the plugins and their hooks did. */
export function collectPlugins(page: MetricsPage, plugins: readonly PluginFigures[]): void {
  const perPlugin = (valueOf: (plugin: PluginFigures) => number): readonly MetricValue[] =>
    plugins.map((plugin) => ({ labels: { plugin: plugin.plugin }, value: valueOf(plugin) }));
  const perHook = (valueOf: (hook: HookFigures) => number): readonly MetricValue[] =>
    plugins.flatMap(({ plugin, hooks }) =>
      hooks.map((hook) => ({ labels: { plugin, hook: hook.hook }, value: valueOf(hook) })),
    );
  page.set(
    'pluginUp',
    perPlugin(({ state }) => (state === 'running' ? 1 : 0)),
  );
  page.set(
    'pluginRestarts',
    perPlugin(({ restarts }) => restarts),
  );
  page.set(
    'pluginPending',
    perPlugin(({ pending }) => pending),
  );
  page.set(
    'pluginLogLinesDropped',
    perPlugin(({ logLinesDropped }) => logLinesDropped),
  );
  page.set(
    'pluginErrors',
    perHook(({ errors }) => errors),
  );
  page.set(
    'pluginTimeouts',
    perHook(({ timeouts }) => timeouts),
  );
  page.set(
    'pluginRefusals',
    perHook(({ refusals }) => refusals),
  );
  page.set(
    'pluginDropped',
    perHook(({ dropped }) => dropped),
  );
  page.buckets(
    'pluginHook',
    plugins.flatMap(({ plugin, hooks }) =>
      hooks.map(({ hook, durationMs }) => ({
        labels: { plugin, hook },
        boundsMs: HOOK_DURATION_BUCKETS_MS,
        counts: durationMs.buckets,
        sumMs: durationMs.sum,
      })),
    ),
  );
}
