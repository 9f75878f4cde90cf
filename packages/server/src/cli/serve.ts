import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEngineThread } from '../engine/thread/engine-proxy.ts';
import { letHeapsDouble } from '../heap-growth.ts';
import { CliError } from './cli-error.ts';
import { addressForPeople, listenError } from './listen-address.ts';
import { dashboardDirectory, EXAMPLE_PLANT } from './paths.ts';
import type { ServeOptions } from './program.ts';
import { runUntilSignal } from './run-until-signal.ts';

/** Runs until a signal, or until the engine fails. */
export async function serve(options: ServeOptions): Promise<void> {
  if (!existsSync(options.plant)) {
    throw new CliError(`There is no plant file ${options.plant}.`, [
      'Name one with --plant FILE, or start from the documented example:',
      `cp ${fileURLToPath(EXAMPLE_PLANT)} plant.yaml`,
    ]);
  }
  letHeapsDouble();
  // Loading code keeps a thread busy, so each is started before this one loads its own: the engine's thread loads while
  // this one reads the plant, and recovers its log while this one loads what it needs to serve.
  const setup = nextTurn()
    .then(() => import('./serve-setup.ts'))
    .then(({ readSetup }) => readSetup(options));
  const starting = startEngineThread(setup.then(({ plant }) => ({ dataDir: options.data, plant })));
  const gateway = setup.then(() => nextTurn()).then(() => import('./gateway.ts'));
  const [engine, { createLogger, loadTokenKey, revocationsFileIn, startHistory, startServer }] =
    await Promise.all([starting, gateway]);
  const { plant, access, plugins, health, ...kept } = await setup;
  const history = startHistory({ dataDir: options.data, settings: kept.history });
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
    const running = `${plant.config.site.name}: ${address}  (data in ${options.data}, ${position})\n`;
    await runUntilSignal(server, { announce: () => void process.stdout.write(running) });
  } catch (error) {
    throw listenError(error, 'serve', options);
  } finally {
    await history.close();
    await engine.close();
  }
}
