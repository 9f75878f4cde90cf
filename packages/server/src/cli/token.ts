import { ROLES } from '../config/index.ts';
import { parseDurationMs } from '../config/duration.ts';
import { loadTokenKey } from '../gateway/auth/token-key.ts';
import { issueToken, MAX_TOKEN_LIFETIME_MS, USER_ID } from '../gateway/auth/token.ts';
import { systemClock } from '../gateway/system-clock.ts';
import { CliError } from './cli-error.ts';
import type { TokenOptions } from './program.ts';

export async function token(options: TokenOptions): Promise<void> {
  if (!USER_ID.test(options.user)) {
    throw new CliError(`User id ${JSON.stringify(options.user)} is not usable.`, [
      'Expected letters, digits, ".", "_", "@" or "-", starting with a letter or digit, at most 64 long.',
    ]);
  }
  const roles = options.role.flatMap((text) => text.split(','));
  for (const role of roles) {
    if (ROLES.some((known) => known === role)) continue;
    throw new CliError(`There is no role ${JSON.stringify(role)}.`, [
      `Expected one of: ${ROLES.join(', ')}.`,
    ]);
  }
  const lifetimeMs = parseDurationMs(options.expires);
  if (lifetimeMs === undefined || lifetimeMs <= 0) {
    throw new CliError(`--expires ${JSON.stringify(options.expires)} is not a duration.`, [
      'Expected for example 30s, 8h, 90d or 1h30m.',
    ]);
  }
  if (lifetimeMs > MAX_TOKEN_LIFETIME_MS) {
    throw new CliError(`--expires ${JSON.stringify(options.expires)} is too long.`, [
      'Expected at most 400d: for so long it is remembered that a token was revoked.',
    ]);
  }
  const key = await loadTokenKey(options.data, process.env);
  const subject = { userId: options.user, name: options.name ?? options.user, roles };
  const issued = await issueToken(key, subject, systemClock.now(), lifetimeMs);
  process.stdout.write(`${issued.token}\n`);
}
