import type { Problem } from '@ms5/wire/factory';
import { AuthenticationError } from '../auth/authentication-error.ts';

/** Every refusal over HTTP: its status, and what is said when nothing more exact is known. */
const PROBLEMS = {
  malformedRequest: { status: 400, message: 'The request is not valid HTTP.' },
  malformedJson: { status: 400, message: 'The body is not valid JSON.' },
  invalidBody: { status: 400, message: 'The body does not have the expected shape.' },
  invalidQuery: { status: 400, message: 'A query parameter is missing or not usable.' },
  unknownSubprotocol: { status: 400, message: 'None of the WebSocket subprotocols asked for is known.' },
  tokenInQuery: {
    status: 400,
    message:
      'A token in the address ends up in logs, so it is not accepted there: send it in the first message or as "Authorization: Bearer <token>".',
  },
  unauthorized: { status: 401, message: 'This request needs a valid token.' },
  forbidden: { status: 403, message: 'The roles of this user do not allow this.' },
  refusedByPlugin: { status: 403, message: 'A plugin of the server refused it.' },
  originRefused: { status: 403, message: 'Pages of this origin may not connect.' },
  notFound: { status: 404, message: 'There is nothing at this address.' },
  methodNotAllowed: { status: 405, message: 'This address does not take this method.' },
  requestTimeout: { status: 408, message: 'The request did not arrive in time.' },
  bodyTooLarge: { status: 413, message: 'The body is too large.' },
  unsupportedMediaType: { status: 415, message: 'The body must be application/json.' },
  publishRefused: { status: 422, message: 'This cannot be published.' },
  tookTooLong: { status: 422, message: 'It took too long and was given up: ask for less.' },
  upgradeRequired: {
    status: 426,
    message: 'This address speaks WebSocket: connect with a WebSocket client.',
  },
  tooManyAttempts: { status: 429, message: 'Too many attempts: wait before trying again.' },
  tooManyConnections: { status: 429, message: 'Too many connections from this address.' },
  publishesTooFast: { status: 429, message: 'Publications come too fast.' },
  headersTooLarge: { status: 431, message: 'The request headers are too large.' },
  internal: { status: 500, message: 'The server failed to answer; the failure is in its log.' },
  busy: { status: 503, message: 'Too much is waiting to be stored: send it again later.' },
  publishFailed: {
    status: 503,
    message: 'Whether it was published is not known: send it again with the same key.',
  },
  tokenUnverifiable: { status: 503, message: 'The token cannot be checked now: try again later.' },
  full: { status: 503, message: 'The server has all the connections it can serve.' },
  draining: { status: 503, message: 'The server is shutting down: come back in a moment.' },
  historyOff: { status: 503, message: 'This server keeps no history.' },
  historyFailed: { status: 503, message: 'History cannot answer now.' },
  engineFailed: { status: 503, message: 'The engine has stopped; nothing can be accepted.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetail {
  readonly message?: string;
  /** Where in the body, as in `items.3.at`. */
  readonly path?: string;
  readonly retryAfterMs?: number;
  /** Further response headers, for example `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** More exact than the catalogue's code, for example which check of the token failed. */
  readonly code?: string;
}

/** A refusal on its way to the client. Throw it from a handler. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly detail: ProblemDetail;

  constructor(code: ProblemCode, detail: ProblemDetail = {}) {
    super(detail.message ?? PROBLEMS[code].message);
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  body(): Problem {
    const { path, retryAfterMs, code = this.code } = this.detail;
    return {
      error: {
        code,
        message: this.message,
        ...(path === undefined ? {} : { path }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
    };
  }

  headers(): Record<string, string> {
    const { headers, retryAfterMs } = this.detail;
    return {
      ...headers,
      // Closing at once would reset the connection while the client still writes, and the answer would be lost with
      // it. Kept open, the rest is read and dropped until the request's time is up.
      ...(this.code === 'bodyTooLarge' ? { Connection: 'keep-alive' } : {}),
      ...(this.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="ms5"' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
    };
  }
}

/** When the keys of another issuer may be there again. */
const KEYS_RETRY_MS = 5_000;

/** Codes of Fastify's and Node's own refusals. */
const BY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'bodyTooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupportedMediaType',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformedJson',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformedJson',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformedRequest',
  FST_ERR_BAD_URL: 'malformedRequest',
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
};

/** The refusal an error stands for; `undefined`: an unexpected failure, which is ours. */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof AuthenticationError) {
    if (error.code === 'tokenUnverifiable')
      return new HttpProblem(error.code, { message: error.message, retryAfterMs: KEYS_RETRY_MS });
    return new HttpProblem('unauthorized', { code: error.code, message: error.message });
  }
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? BY_CODE[error.code] : undefined;
  if (code !== undefined) return new HttpProblem(code);
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return status === 400 ? new HttpProblem('malformedRequest') : undefined;
}
