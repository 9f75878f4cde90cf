import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@ms5/hub';
import { CliError, EXIT } from './cli-error.ts';
import { OKUMA_RECORDING } from './paths.ts';

const LISTENING_TIMEOUT_MS = 15_000;
/** From asking it to end until it is killed. */
const STOP_TIMEOUT_MS = 3_000;

export interface SimulatorTokens {
  readonly url: string;
  readonly device: string;
  /** Acts for people who have no token of their own. */
  readonly operator: string;
  /** User id -> token. */
  readonly people: Readonly<Record<string, string>>;
}

/** The process of the virtual plant and the recorded machine. It ends by itself when this process is gone. */
export interface Simulator {
  /** Port on 127.0.0.1 of the recorded machine's adapter. */
  readonly playerPort: number;
  readonly processId: number | undefined;
  /** Lets the virtual plant start. */
  connect(tokens: SimulatorTokens): void;
  /** Why it ended by itself; `undefined` while it runs. */
  ended(): string | undefined;
  /** What it is doing when that is out of the ordinary, such as waiting for the server. */
  remark(): string | undefined;
  /** Idempotent. */
  stop(): Promise<void>;
}

export async function startSimulator(clock: Clock, speed: number): Promise<Simulator> {
  const child = fork(fileURLToPath(import.meta.resolve('@ms5/simulator/main')), {
    env: {
      ...process.env,
      MS5_PLAYER_FILE: fileURLToPath(OKUMA_RECORDING),
      MS5_PLAYER_PORT: '0',
      MS5_SPEED: String(speed),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let endedWith: string | undefined;
  let remark: string | undefined;
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) => {
    endedWith = `virtual plant ended (${typeof signal === 'string' ? signal : `exit code ${String(code)}`})`;
  });
  child.on('message', (message) => {
    remark = remarkOf(message, remark);
  });
  const playerPort = await listeningPort(child, clock, exited);

  let stopping: Promise<void> | undefined;
  return {
    playerPort,
    processId: child.pid,
    connect(tokens) {
      if (child.connected) child.send({ type: 'tokens', ...tokens });
    },
    ended: () => endedWith,
    remark: () => remark,
    stop() {
      stopping ??= stopChild(child, clock, exited);
      return stopping;
    },
  };
}

/** The first thing it says. Rejects when it ends, or keeps silent for too long. */
async function listeningPort(child: ChildProcess, clock: Clock, exited: Promise<void>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const fail = (reason: string): void => {
    reject(new CliError(`The virtual plant did not start: ${reason}.`, [], EXIT.failed));
  };
  let reason = 'its process ended';
  child.on('message', (message) => {
    const said = fieldsOf(message);
    if (said['type'] === 'listening' && typeof said['port'] === 'number') resolve(said['port']);
    if (said['type'] === 'failed') reason = String(said['message']);
  });
  child.on('error', (error) => {
    fail(error.message);
  });
  void exited.then(() => {
    fail(reason);
  });
  const cancel = clock.after(LISTENING_TIMEOUT_MS, () => {
    child.kill('SIGKILL');
    fail(`nothing was heard of it for ${LISTENING_TIMEOUT_MS / 1_000} s`);
  });
  try {
    return await promise;
  } finally {
    cancel();
  }
}

async function stopChild(child: ChildProcess, clock: Clock, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const cancel = clock.after(STOP_TIMEOUT_MS, () => child.kill('SIGKILL'));
  await exited;
  cancel();
}

function remarkOf(message: unknown, before: string | undefined): string | undefined {
  const said = fieldsOf(message);
  switch (said['type']) {
    case 'plantStarted':
      return said['history'] === true ? 'virtual plant catching up on the shift so far' : undefined;
    case 'waiting':
      return `virtual plant waiting (${String(said['reason'])})`;
    case 'historyDelivered':
    case 'resumed':
      return undefined;
    default:
      return before;
  }
}

function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null ? { ...message } : {};
}
