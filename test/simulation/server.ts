import {
  createHub,
  type Hub,
  type HubLogEntry,
  type Identity,
  type Transport,
  type Connection,
} from '@ms5/hub';
import type { FakeClock, SeededRandom } from '@ms5/testkit';
import type { Plant } from '../../packages/server/src/config/index.ts';
import {
  decodeChanges,
  decodeImage,
  encodeChanges,
  encodeImage,
} from '../../packages/server/src/engine/thread/changes-codec.ts';
import {
  createEngineService,
  type EngineService,
} from '../../packages/server/src/engine/thread/engine-service.ts';
import { commandPort } from '../../packages/server/src/gateway/acts.ts';
import type { SimulatedDisk } from './disk.ts';

/** One process of the server: engine, border between the threads, hub. */
export interface SimulatedServer {
  readonly hub: Hub;
  readonly engine: EngineService;
  accept(endpoint: string, transport: Transport): Connection;
  /** The engine has failed by itself. */
  hasFailed(): boolean;
  /** Everything stops at once; nothing is written, told or closed any more. */
  kill(): void;
}

export interface ServerParts {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly disk: SimulatedDisk;
  readonly plant: Plant;
  readonly authenticate: (token: string) => Promise<Identity>;
  readonly sessions: number;
  readonly onFault: (fault: string) => void;
}

/** Starts from what is on the disk; throws when the log cannot be read. */
export function startSimulatedServer(parts: ServerParts): SimulatedServer {
  const { clock, random, disk, plant } = parts;
  let isAlive = true;
  let hasFailed = false;
  let crossesAt = 0;

  /** The border between the threads: in order, a little later. */
  function cross(task: () => void): void {
    crossesAt = Math.max(crossesAt, clock.now() + (random.chance(0.8) ? 0 : random.int(1, 40)));
    clock.after(crossesAt - clock.now(), () => {
      if (isAlive) task();
    });
  }

  function crossing<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => cross(() => resolve(value)),
        (error: unknown) => cross(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  }

  const engine = createEngineService({
    log: disk.open(),
    plant,
    clock,
    random,
    onCommitted(entries) {
      const bytes = encodeChanges(entries);
      cross(() => hub.append(plant.config.site.id, decodeChanges(bytes)));
    },
    onSignals: (changes) => cross(() => hub.signal(changes)),
    onConnectors: () => undefined,
    onFailure() {
      hasFailed = true;
    },
  });
  const commands = commandPort(engine);
  const hub = createHub({
    clock,
    random,
    authenticator: { authenticate: parts.authenticate },
    commands: { execute: (command, author) => crossing(commands.execute(command, author)) },
    publishing: {
      publish: ({ topic, kind, lane, data, key }, { userId, name }) =>
        crossing(
          engine.publish({
            topic,
            kind: kind ?? 'stream',
            lane: lane ?? 'normal',
            data,
            ...(key === undefined ? {} : { key }),
            author: { userId, name },
          }),
        ),
    },
    version: 'simulated',
    limits: { sessions: parts.sessions },
    onLog(entry: HubLogEntry) {
      if (entry.event === 'sessionFailed') parts.onFault(`a session failed: ${entry.detail ?? ''}`);
    },
  });
  hub.load(decodeImage(encodeImage(engine.image())));

  return {
    hub,
    engine,
    accept: (endpoint, transport) => hub.connect(endpoint, transport),
    hasFailed: () => hasFailed,
    kill() {
      isAlive = false;
      disk.detach();
      hub.close();
      // Its timers end with the next commit, which the disk refuses.
      void engine.close().catch(() => undefined);
    },
  };
}
