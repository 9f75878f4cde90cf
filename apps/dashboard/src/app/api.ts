import type { LoginResult, PlantDescription, Problem } from '@ms5/client';

/** The server's REST doors the dashboard uses. Every method rejects with an `ApiError`. */
export interface Api {
  login(user: string, password: string): Promise<LoginResult>;
  /** A fresh token for a valid one. */
  refresh(token: string): Promise<LoginResult>;
  plant(token: string, signal?: AbortSignal): Promise<PlantDescription>;
}

export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export function createApi(origin: string): Api {
  return {
    login: (user, password) => send(origin, '/api/v1/login', { body: { user, password } }),
    refresh: (token) => send(origin, '/api/v1/token', { token, body: {} }),
    plant: (token, signal) => send(origin, '/api/v1/plant', { token, ...(signal && { signal }) }),
  };
}

interface Request {
  readonly token?: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

async function send<T>(origin: string, path: string, request: Request): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token}`;
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(new URL(path, origin), {
      method: request.body === undefined ? 'GET' : 'POST',
      headers,
      cache: 'no-store',
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      ...(request.signal && { signal: request.signal }),
    });
  } catch (error) {
    throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

async function readProblem(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as Problem;
    return new ApiError(response.status, error.code, error.message, error.retryAfterMs ?? null);
  } catch {
    // A proxy in between answers with pages of its own.
    return new ApiError(response.status, 'notOurs', `${response.status} ${response.statusText}`);
  }
}
