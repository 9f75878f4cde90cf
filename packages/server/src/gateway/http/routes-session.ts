import type { LoginResult } from '@ms5/wire/factory';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AuthenticationError } from '../auth/authentication-error.ts';
import type { LoginDirectory } from '../auth/login.ts';
import type { TokenService } from '../auth/token-service.ts';
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

interface SessionRoutes {
  readonly tokens: TokenService;
  readonly directory: LoginDirectory;
  readonly now: () => number;
}

/** `POST /api/v1/login`: the only address below `/api/v1` that takes no token. */
export function registerLogin(app: FastifyInstance, { tokens, directory, now }: SessionRoutes): void {
  app.route({
    method: 'POST',
    url: '/api/v1/login',
    async handler(request): Promise<LoginResult> {
      const { user, password } = parseBody(LoginBody, request.body);
      const reply = await directory.login(user, password, request.ip, now());
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
    handler(request): Promise<LoginResult> {
      const { userId, name, roles } = identityOf(request);
      const known = directory.find(userId);
      return tokens.issueFor({ userId, name: known?.name ?? name, roles: known?.roles ?? roles });
    },
  });
}
