import type { LoginResult, RevocationResult } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AuthenticationError } from '../auth/authentication-error.ts';
import type { LoginDirectory } from '../auth/login.ts';
import type { Revocation } from '../auth/revocations.ts';
import type { TokenService } from '../auth/token-service.ts';
import { USER_ID } from '../auth/token.ts';
import type { ClientAddresses } from '../client-address.ts';
import { identityOf } from './bearer.ts';
import { parseBody } from './body.ts';
import { HttpProblem } from './problem.ts';

/** Longer passwords would only buy the sender time of ours. */
const MAX_PASSWORD_LENGTH = 256;

const LoginBody = z.object(
  {
    user: z.string({ error: 'Expected "user", the id of a user of the plant.' }).min(1).max(64),
    password: z.string({ error: 'Expected "password", a text.' }).max(MAX_PASSWORD_LENGTH),
  },
  { error: 'Expected an object {"user": …, "password": …}.' },
);

/** Of one request. */
const MAX_REVOCATIONS = 1_000;
const MAX_TOKEN_ID_LENGTH = 256;

const RevocationBody = z
  .object(
    {
      userIds: z
        .array(z.string().regex(USER_ID, { error: 'Expected the id of a user.' }))
        .max(MAX_REVOCATIONS)
        .default([]),
      tokenIds: z.array(z.string().min(1).max(MAX_TOKEN_ID_LENGTH)).max(MAX_REVOCATIONS).default([]),
    },
    { error: 'Expected an object {"userIds"?: […], "tokenIds"?: […]}.' },
  )
  .refine(({ userIds, tokenIds }) => userIds.length + tokenIds.length > 0, {
    error: 'Expected at least one of "userIds" and "tokenIds".',
  });

interface SessionRoutes {
  readonly tokens: TokenService;
  readonly directory: LoginDirectory;
  readonly addresses: ClientAddresses;
  /** Withdraws access; resolves with how many sessions ended, once it is durable. */
  readonly revoke: (revocation: Revocation) => Promise<number>;
  readonly now: () => number;
}

/** `POST /api/v1/login`: the only address below `/api/v1` that takes no token. */
export function registerLogin(
  app: FastifyInstance,
  { tokens, directory, addresses, now }: SessionRoutes,
): void {
  app.route({
    method: 'POST',
    url: '/api/v1/login',
    async handler(request): Promise<LoginResult> {
      const { user, password } = parseBody(LoginBody, request.body);
      const reply = await directory.login(user, password, addresses.of(request.raw), now());
      if (reply.status === 'done') {
        return tokens.issueFor({ userId: reply.user.id, name: reply.user.name, roles: reply.user.roles });
      }
      if (reply.status === 'refused') throw new AuthenticationError('wrongCredentials');
      throw new HttpProblem('tooManyAttempts', { retryAfterMs: reply.retryAfterMs });
    },
  });
}

/** `POST /api/v1/token`: a fresh token for a valid one. Someone of the plant gets the roles they have now. */
export function registerRenewal(app: FastifyInstance, { tokens, directory }: SessionRoutes): void {
  app.route({
    method: 'POST',
    url: '/api/v1/token',
    async handler(request): Promise<LoginResult> {
      const identity = identityOf(request);
      const { userId, name, roles } = identity;
      const known = directory.find(userId);
      const subject = { userId, name: known?.name ?? name, roles: known?.roles ?? roles };
      const renewed = await tokens.renew(identity, subject);
      if (renewed !== null) return renewed;
      throw new HttpProblem('forbidden', { message: 'This token is renewed by the one who issued it.' });
    },
  });
}

/** `POST /api/v1/revocations`: withdraws the access of users and tokens, for administrators. */
export function registerRevocations(app: FastifyInstance, { revoke }: SessionRoutes): void {
  app.route({
    method: 'POST',
    url: '/api/v1/revocations',
    async handler(request): Promise<RevocationResult> {
      if (!identityOf(request).roles.includes('admin')) {
        throw new HttpProblem('forbidden', { message: 'Withdrawing access takes the role "admin".' });
      }
      return { sessions: await revoke(parseBody(RevocationBody, request.body)) };
    },
  });
}
