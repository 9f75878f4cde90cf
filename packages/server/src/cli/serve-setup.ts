import type { Plant } from '../config/index.ts';
import { accessOptions } from './access-options.ts';
import { healthOption } from './health-option.ts';
import { historySettings } from './history-options.ts';
import { pluginOptions } from './plugin-options.ts';
import type { ServeOptions } from './program.ts';
import { requirePlant } from './require-plant.ts';

/** What the plant file and the command line come to; rejects with what is wrong, before anything is opened. */
export async function readSetup(options: ServeOptions): Promise<ServeSetup> {
  const plant = await requirePlant(options.plant);
  const plugins = await pluginOptions(options);
  const health = await healthOption(options.healthConfig);
  return {
    plant,
    access: accessOptions(options),
    history: historySettings(options),
    ...(plugins === undefined ? {} : { plugins }),
    ...(health === undefined ? {} : { health }),
  };
}

export interface ServeSetup {
  readonly plant: Plant;
  readonly access: ReturnType<typeof accessOptions>;
  readonly history: ReturnType<typeof historySettings>;
  readonly plugins?: NonNullable<Awaited<ReturnType<typeof pluginOptions>>>;
  readonly health?: NonNullable<Awaited<ReturnType<typeof healthOption>>>;
}
