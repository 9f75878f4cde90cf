import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Fields that never reach a log, wherever in a logged object they stand up to two levels deep. */
const SECRET_FIELDS = ['authorization', 'cookie', 'password', 'passwordHash', 'token', 'secret', 'key'];

/** JSON lines for machines. Secrets are cut out by field, addresses lose their query. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
    serializers: {
      req: (request: { method?: string; url?: string }) => ({
        method: request.method,
        path: request.url?.split('?', 1)[0],
      }),
    },
  };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: false }));
}
