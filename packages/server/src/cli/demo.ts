import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plant } from '../config/index.ts';
import { startEngine } from '../engine/start-engine.ts';
import { loadTokenKey } from '../gateway/auth/token-key.ts';
import { issueToken } from '../gateway/auth/token.ts';
import type { RunningServer } from '../gateway/server.ts';
import { systemClock } from '../gateway/system-clock.ts';
import { DEMO_PASSWORD_FILE, loadDemoPassword, withDemoPassword } from './demo-password.ts';
import { startSimulator, type Simulator, type SimulatorTokens } from './demo-simulator.ts';
import { showStatus } from './demo-status.ts';
import { addressForPeople, listenError } from './listen-address.ts';
import { DEMO_PLANT, dashboardDirectory } from './paths.ts';
import type { DemoOptions } from './program.ts';
import { requirePlant } from './require-plant.ts';
import { runUntilSignal } from './run-until-signal.ts';

/** The connector of the plant that the recorded machine stands behind. */
const PLAYED_CONNECTOR = 'okuma';
/** The simulator renews its tokens at half of this. */
const TOKEN_LIFETIME_MS = 3_600_000;
/** Roles shown with their logins, in this order; the people of the virtual plant come after. */
const SHOWN_ROLES = ['operator', 'lead', 'manager', 'engineer', 'admin', 'viewer'];

export async function demo(options: DemoOptions): Promise<void> {
  const isFirstStart = !existsSync(join(options.data, DEMO_PASSWORD_FILE));
  const plantFile = fileURLToPath(DEMO_PLANT);
  const [plant, tokenKey, password] = await Promise.all([
    requirePlant(plantFile),
    loadTokenKey(options.data, process.env),
    loadDemoPassword(options.data),
  ]);
  // Loads while the simulator's process starts.
  const gateway = import('./gateway.ts');
  const simulator = await startSimulator(systemClock, options.speed);
  try {
    const server = await startDemoServer(await gateway, {
      options,
      plant,
      plantFile,
      tokenKey,
      password,
      simulator,
    });
    simulator.connect(await simulatorTokens(server.url, plant, tokenKey));
    const { offset } = server.health().log;
    const history = isFirstStart
      ? 'new'
      : `continued after entry ${offset.toLocaleString('en-GB')} of the log`;
    let stopStatus = (): void => {};
    await runUntilSignal(server, {
      announce() {
        const { processId } = simulator;
        process.stdout.write(welcome({ options, plant, port: server.port, password, history, processId }));
        stopStatus = showStatus(systemClock, process.stdout, () => ({
          offset: server.health().log.offset,
          screens: server.connections(),
          connectors: server.health().connectors.list,
          simulator: simulator.ended() ?? simulator.remark() ?? 'virtual plant running',
        }));
      },
      async beforeDrain() {
        stopStatus();
        await simulator.stop();
      },
    });
  } finally {
    await simulator.stop();
  }
}

interface DemoParts {
  readonly options: DemoOptions;
  readonly plant: Plant;
  readonly plantFile: string;
  readonly tokenKey: Uint8Array;
  readonly password: string;
  readonly simulator: Simulator;
}

async function startDemoServer(
  { createLogger, revocationsFileIn, startHistory, startServer }: typeof import('./gateway.ts'),
  { options, plant, plantFile, tokenKey, password, simulator }: DemoParts,
): Promise<RunningServer> {
  const [users, engine] = await Promise.all([
    withDemoPassword(plant.users, password),
    startEngine({
      dataDir: options.data,
      plantFile,
      connectorEndpoints: { [PLAYED_CONNECTOR]: `127.0.0.1:${simulator.playerPort}` },
    }),
  ]);
  const history = startHistory({ dataDir: options.data });
  try {
    return await startServer({
      engine,
      history,
      tokenKey,
      revocationsFile: revocationsFileIn(options.data),
      users,
      port: options.port,
      host: options.host,
      dashboardDir: dashboardDirectory(),
      log: createLogger('warn'),
    });
  } catch (error) {
    await history.close();
    throw listenError(error, 'demo', options);
  }
}

async function simulatorTokens(url: string, plant: Plant, key: Uint8Array): Promise<SimulatorTokens> {
  const issue = async (userId: string, name: string, roles: readonly string[]): Promise<string> =>
    (await issueToken(key, { userId, name, roles }, systemClock.now(), TOKEN_LIFETIME_MS)).token;
  const people = plant.users.filter(({ roles }) => !roles.includes('device'));
  const device = plant.users.find(({ roles }) => roles.includes('device'));
  return {
    url,
    device: await issue(device?.id ?? 'virtual-plant', device?.name ?? 'Virtual plant', ['device']),
    operator: await issue('virtual-people', 'Virtual people', ['operator']),
    people: Object.fromEntries(
      await Promise.all(
        people.map(async ({ id, name, roles }) => [id, await issue(id, name, roles)] as const),
      ),
    ),
  };
}

interface Welcome {
  readonly options: DemoOptions;
  readonly plant: Plant;
  readonly port: number;
  readonly password: string;
  /** Whether the data directory is new, or how far its log goes. */
  readonly history: string;
  readonly processId: number | undefined;
}

function welcome({ options, plant, port, password, history, processId }: Welcome): string {
  const { config, users } = plant;
  const logins = SHOWN_ROLES.flatMap((role) => {
    const user = users.find(({ roles }) => roles.some((each) => each === role));
    return user === undefined ? [] : [`    ${user.id.padEnd(8)} ${role}`];
  });
  return [
    '',
    `  ${config.site.name} is running:  ${addressForPeople(options.host, port)}`,
    '',
    `  Log in with the password  ${password}  as one of`,
    ...logins,
    '',
    `  ${config.lines.length} lines: ${config.lines.map(({ name }) => name).join(', ')}`,
    `  Machine data: ${config.lines.length - 1} virtual lines over HTTP, one recorded Okuma over MTConnect SHDR,`,
    `  both from process ${processId ?? 'that has ended'}`,
    `  Data: ${options.data} (${history}; password in ${DEMO_PASSWORD_FILE})`,
    '  Ctrl-C stops it; nothing is lost, the next start continues here.',
    '',
    '',
  ].join('\n');
}
