import { HttpProblem } from './problem.ts';

const NAME = 'ms5_events';
/**
 * Sent to the stream alone, by pages of this site alone, out of reach of scripts (RFC 6265bis, 4.1.2). The stream
 * changes nothing and other origins cannot read it, so the cookie opens no way for forged requests.
 */
const ATTRIBUTES = 'Path=/events; HttpOnly; SameSite=Strict';
/** What every browser keeps (RFC 6265bis, 5.6). */
const MAX_COOKIE_BYTES = 4_096;

/** `isSecure`: the page came over HTTPS, as a proxy tells. */
export function eventsCookie(token: string, lifetimeMs: number, isSecure: boolean): string {
  if (NAME.length + token.length > MAX_COOKIE_BYTES)
    throw new HttpProblem('headersTooLarge', {
      message: 'The token is too long for a cookie: use a ticket.',
    });
  const maxAge = Math.max(0, Math.floor(lifetimeMs / 1_000));
  return `${NAME}=${token}; Max-Age=${maxAge}; ${ATTRIBUTES}${isSecure ? '; Secure' : ''}`;
}

export function clearedCookie(): string {
  return `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;
}

export function tokenInCookie(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (name === NAME && value !== '') return value;
  }
  return undefined;
}
