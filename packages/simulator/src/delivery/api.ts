import type { Json } from '@ms5/wire';
import type { Problem } from '@ms5/wire/factory';
import type { Clock } from '../clock/clock.ts';

/** What came of a request. `later`: nothing is wrong with it, it may succeed when sent again. */
export type ApiReply =
  | { readonly status: 'done'; readonly value: Json }
  | { readonly status: 'later'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly status: 'unauthorized'; readonly reason: string }
  /** Refused as it is: `httpStatus` is 4xx. */
  | { readonly status: 'refused'; readonly httpStatus: number; readonly reason: string };

/** The public HTTP interface of a server. */
export interface Api {
  post(path: string, body: Json, token: string, signal: AbortSignal): Promise<ApiReply>;
  get(path: string, token: string, signal: AbortSignal): Promise<ApiReply>;
}

const REQUEST_TIMEOUT_MS = 20_000;

/** `url`: scheme, host and port, such as `http://127.0.0.1:8080`. */
export function createApi(url: string, clock: Clock): Api {
  const request = async (
    path: string,
    init: { readonly method: string; readonly body?: string },
    token: string,
    signal: AbortSignal,
  ): Promise<ApiReply> => {
    const timeout = new AbortController();
    const cancel = clock.after(REQUEST_TIMEOUT_MS, () => timeout.abort(new Error('no answer in time')));
    try {
      const response = await fetch(new URL(path, url), {
        ...init,
        headers: {
          authorization: `Bearer ${token}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      return readReply(response.status, response.headers.get('retry-after'), await response.text());
    } catch (error) {
      return { status: 'later', reason: describe(error) };
    } finally {
      cancel();
    }
  };
  return {
    post: (path, body, token, signal) =>
      request(path, { method: 'POST', body: JSON.stringify(body) }, token, signal),
    get: (path, token, signal) => request(path, { method: 'GET' }, token, signal),
  };
}

function readReply(httpStatus: number, retryAfter: string | null, text: string): ApiReply {
  const body = parseJson(text);
  if (httpStatus >= 200 && httpStatus < 300) {
    if (body === undefined) return { status: 'later', reason: `the answer (${httpStatus}) is not JSON` };
    return { status: 'done', value: body };
  }
  const problem = isProblem(body) ? body.error : undefined;
  const reason = problem === undefined ? `HTTP ${httpStatus}` : `${problem.code}: ${problem.message}`;
  if (httpStatus === 401) return { status: 'unauthorized', reason };
  if (httpStatus >= 500 || httpStatus === 429 || httpStatus === 408) {
    const seconds = Number(retryAfter ?? Number.NaN);
    const retryAfterMs = problem?.retryAfterMs ?? (Number.isFinite(seconds) ? seconds * 1000 : undefined);
    return { status: 'later', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  return { status: 'refused', httpStatus, reason };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const { error } = value;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** `fetch` hides why in `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) {
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  }
  return error.message;
}
