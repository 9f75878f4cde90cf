import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startEngine } from '../engine/index.ts';
import { loadTokenKey } from '../gateway/auth/token-key.ts';
import { createLogger } from '../gateway/log.ts';
import { startServer } from '../gateway/server.ts';
import { CliError } from './cli-error.ts';
import { addressForPeople, listenError } from './listen-address.ts';
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
  const [plant, tokenKey] = await Promise.all([
    requirePlant(options.plant),
    loadTokenKey(options.data, process.env),
  ]);
  const engine = await startEngine({ dataDir: options.data, plantFile: options.plant });
  const log = createLogger(options.logLevel);
  const server = await startServer({
    engine,
    tokenKey,
    users: plant.users,
    port: options.port,
    host: options.host,
    dashboardDir: options.dashboard ?? dashboardDirectory(),
    allowedOrigins: options.allowOrigin ?? [],
    log,
  }).catch((error: unknown) => {
    throw listenError(error, 'serve', options);
  });
  process.stdout.write(
    `${plant.config.site.name}: ${addressForPeople(options.host, server.port)}  (data in ${options.data}, log at entry ${engine.head()})\n`,
  );
  await runUntilSignal(server);
}
