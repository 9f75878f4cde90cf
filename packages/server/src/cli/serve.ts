import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startEngine } from '../engine/start-engine.ts';
import { accessOptions } from './access-options.ts';
import { CliError } from './cli-error.ts';
import { healthOption } from './health-option.ts';
import { historySettings } from './history-options.ts';
import { addressForPeople, listenError } from './listen-address.ts';
import { pluginOptions } from './plugin-options.ts';
import { dashboardDirectory, EXAMPLE_PLANT } from './paths.ts';
import type { ServeOptions } from './program.ts';
import { requirePlant } from './require-plant.ts';
import { runUntilSignal } from './run-until-signal.ts';

/** Runs until a signal, or until the engine fails. */
export async function serve(options: ServeOptions): Promise<void> {
  if (!existsSync(options.plant)) {
    throw new CliError(`There is no plant file ${options.plant}.`, [
      'Name one with --plant FILE, or start from the documented example:',
      `cp ${fileURLToPath(EXAMPLE_PLANT)} plant.yaml`,
    ]);
  }
  const plant = await requirePlant(options.plant);
  const plugins = await pluginOptions(options);
  const access = accessOptions(options);
  const health = await healthOption(options.healthConfig);
  // The engine's thread recovers its log while this one loads what it needs to serve.
  const starting = startEngine({ dataDir: options.data, plantFile: options.plant });
  const gateway = import('./gateway.ts');
  const [engine, { createLogger, loadTokenKey, revocationsFileIn, startHistory, startServer }] =
    await Promise.all([starting, gateway]);
  const history = startHistory({ dataDir: options.data, settings: historySettings(options) });
  try {
    const server = await startServer({
      engine,
      history,
      tokenKey: await loadTokenKey(options.data, process.env),
      revocationsFile: revocationsFileIn(options.data),
      ...access,
      users: plant.users,
      port: options.port,
      host: options.host,
      dashboardDir: options.dashboard ?? dashboardDirectory(),
      allowedOrigins: options.allowOrigin ?? [],
      compress: options.compress ?? false,
      ...(plugins === undefined ? {} : { plugins }),
      ...(health === undefined ? {} : { health }),
      log: createLogger(options.logLevel),
    });
    const address = addressForPeople(options.host, server.port);
    const position = `log at entry ${engine.head()}`;
    process.stdout.write(`${plant.config.site.name}: ${address}  (data in ${options.data}, ${position})\n`);
    await runUntilSignal(server);
  } catch (error) {
    throw listenError(error, 'serve', options);
  } finally {
    await history.close();
    await engine.close();
  }
}
