import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory, testPlant, writePlant } from '../../../test/support/plant.ts';
import { loadPlant } from '../src/config/index.ts';
import { startEngine } from '../src/engine/index.ts';
import type { EnginePort } from '../src/engine-port.ts';
import { startHistory, type HistoryPort } from '../src/history/index.ts';
import { issueToken } from '../src/gateway/auth/token.ts';
import { createLogger } from '../src/gateway/log.ts';
import { startServer, type RunningServer, type ServerOptions } from '../src/gateway/server.ts';
import { systemClock } from '../src/gateway/system-clock.ts';

export const SITE = 'works';
export const PRESS = 'hall/press/press';

export interface TestServer extends RunningServer {
  readonly webSocketUrl: string;
  readonly directory: string;
  readonly engine: EnginePort;
  /** Lines the server has logged, at level debug. */
  readonly logged: readonly string[];
  token(role: string, options?: { readonly user?: string; readonly lifetimeMs?: number }): Promise<string>;
  /** `fetch` of a path with a token and, when there is a body, as JSON. */
  request(path: string, options?: TestRequest): Promise<Response>;
  /** Closes and removes the directory. */
  remove(): Promise<void>;
}

export interface TestRequest {
  readonly method?: string;
  readonly token?: string;
  /** A text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TEST_KEY = new Uint8Array(32).fill(42);

export interface TestOptions extends Partial<ServerOptions> {
  /** To provoke what the engine does only when a machine breaks. */
  readonly wrapEngine?: (engine: EnginePort) => EnginePort;
  /** Keeps a history beside it. */
  readonly withHistory?: boolean;
  /** Port of a machine that speaks SHDR; omitted: the plant has none. */
  readonly shdrPort?: number;
}

/** The gateway with the real engine on a directory of its own, in this process. */
export async function startTestServer({
  wrapEngine = (engine) => engine,
  shdrPort,
  withHistory = false,
  ...options
}: TestOptions = {}): Promise<TestServer> {
  const directory = await temporaryDirectory('gateway');
  const plantFile = await writePlant(directory, testPlant(shdrPort === undefined ? {} : { shdrPort }));
  const loaded = await loadPlant(plantFile);
  if (!loaded.ok) throw new Error('the test plant is not valid');
  const engine = wrapEngine(await startEngine({ dataDir: join(directory, 'data'), plantFile }));
  const history: { history?: HistoryPort } = withHistory
    ? { history: startHistory({ dataDir: join(directory, 'data') }) }
    : {};
  const logged: string[] = [];
  const server = await startServer({
    engine,
    ...history,
    tokenKey: TEST_KEY,
    users: loaded.plant.users,
    host: '127.0.0.1',
    port: 0,
    log: createLogger('debug', { write: (line) => logged.push(line) }),
    ...options,
  });
  const token: TestServer['token'] = async (role, { user = `${role}-1`, lifetimeMs = 3_600_000 } = {}) => {
    const issued = await issueToken(
      TEST_KEY,
      { userId: user, name: user, roles: [role] },
      systemClock.now() + Math.min(0, lifetimeMs),
      Math.abs(lifetimeMs),
    );
    return issued.token;
  };
  return {
    ...server,
    webSocketUrl: `${server.url.replace('http', 'ws')}/ws`,
    directory,
    engine,
    logged,
    token,
    request(path, { method, token, body, headers } = {}) {
      return fetch(`${server.url}${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    },
    async remove() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Status and error of an answer that should be a problem. */
export async function problemIn(
  response: Response,
): Promise<{ status: number; code: string; message: string; path?: string; retryAfterMs?: number }> {
  const { error } = (await response.json()) as {
    error: { code: string; message: string; path?: string; retryAfterMs?: number };
  };
  return { status: response.status, ...error };
}
