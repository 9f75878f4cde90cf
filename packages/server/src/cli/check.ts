import type { Plant } from '../config/index.ts';
import { systemClock } from '../gateway/system-clock.ts';
import { checkPlugins } from '../plugins/check.ts';
import type { Declaration } from '../plugins/shape.ts';
import { pluginSources } from './plugin-options.ts';
import type { CheckOptions } from './program.ts';
import { requirePlant } from './require-plant.ts';

/**
 * Prints what the plant file and the plugins hold. Rejects with a `PlantConfigError` that lists every problem, or with
 * a `PluginError`.
 */
export async function check(file: string, { plugin = [], pluginConfig }: CheckOptions): Promise<void> {
  const plant = await requirePlant(file);
  const sources = await pluginSources({ plugin, pluginConfig });
  const plugins = await checkPlugins(sources, process.cwd(), systemClock);
  const lines = [describePlant(file, plant), ...plugins.map(describePlugin)];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describePlugin({ name, order, onFailure, hooks, events }: Declaration): string {
  const told = hooks.length === 0 ? 'no hooks' : hooks.join(', ');
  const filters = events.length === 0 ? '' : ` of ${events.join(', ')}`;
  return `  plugin      ${name}: ${told}${filters} (order ${order}, on failure ${onFailure})`;
}

function describePlant(file: string, { config, connectors, users }: Plant): string {
  const areas = new Set(config.lines.map(({ areaId }) => areaId));
  const noIdeal = config.products.filter(({ idealCycleMs }) => idealCycleMs === null);
  const cannotLogIn = users.filter(({ password }) => password === undefined);
  const rows: (readonly [string, string])[] = [
    ['site', `${config.site.name} (${config.site.id}), ${config.site.timeZone}`],
    [
      'lines',
      `${config.lines.length} in ${areas.size} area(s): ${config.lines.map(({ path }) => path).join(', ')}`,
    ],
    ['equipment', String(config.equipment.length)],
    [
      'products',
      `${config.products.length}${note(
        noIdeal.map(({ id }) => id),
        'no ideal cycle, so no performance and OEE',
      )}`,
    ],
    [
      'shifts',
      config.shifts.length === 0
        ? 'none: nothing is planned'
        : config.shifts.map(({ name }) => name).join(', '),
    ],
    ['reasons', String(config.reasons.length)],
    [
      'connectors',
      connectors.length === 0
        ? 'none: machines post to /api/v1/observations'
        : connectors
            .map(({ id, kind, host, port, equipment }) => `${id}: ${kind} ${host}:${port} for ${equipment}`)
            .join('; '),
    ],
    [
      'users',
      `${users.length}${note(
        cannotLogIn.map(({ id }) => id),
        'no password, so no login',
      )}`,
    ],
  ];
  return [`${file}: valid`, ...rows.map(([name, text]) => `  ${name.padEnd(10)}  ${text}`)].join('\n');
}

function note(ids: readonly string[], what: string): string {
  return ids.length === 0 ? '' : ` (${what}: ${ids.join(', ')})`;
}
