import type { Authenticator, Identity } from '@ms5/hub';
import type { FastifyRequest } from 'fastify';
import type { Acts } from '../acts.ts';
import { AuthenticationError } from '../auth/authentication-error.ts';
import type { ClientAddresses } from '../client-address.ts';
import { HttpProblem } from './problem.ts';

const identities = new WeakMap<FastifyRequest, Identity>();

/** The token of `Authorization: Bearer <token>`; `undefined` when the header is absent. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer +(\S+) *$/i.exec(header);
  if (match?.[1] === undefined) {
    throw new AuthenticationError('tokenMalformed', 'The header must read "Authorization: Bearer <token>".');
  }
  return match[1];
}

/** Stands for the session where a request has none. */
const HTTP_SESSION = 'http';

/** A hook that lets only requests with a valid token through. It runs before the body is read. */
export function requireBearer(
  authenticator: Authenticator,
  acts: Pick<Acts, 'authenticated'>,
  addresses: ClientAddresses,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) throw new AuthenticationError('tokenMissing');
    const identity = await authenticator.authenticate(token);
    const remoteAddress = addresses.of(request.raw);
    const refusal = await acts.authenticated({ session: HTTP_SESSION, remoteAddress, identity });
    if (refusal !== null) throw new HttpProblem('refusedByPlugin', { message: refusal });
    identities.set(request, identity);
  };
}

/** Whom a request that passed `requireBearer` speaks for. */
export function identityOf(request: FastifyRequest): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new AuthenticationError('tokenMissing');
  return identity;
}
