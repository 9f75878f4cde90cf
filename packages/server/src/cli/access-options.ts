import type { KeySetOptions } from '../gateway/auth/key-set.ts';
import { createClientAddresses } from '../gateway/client-address.ts';
import type { GatewayLimits } from '../gateway/limits.ts';
import { CliError } from './cli-error.ts';
import type { ServeOptions } from './program.ts';

/** Who may come in, as the server takes it. */
interface AccessOptions {
  readonly limits: Partial<GatewayLimits>;
  readonly trustedProxies: readonly string[];
  readonly keySet?: KeySetOptions;
}

/** What the command line says about access. Throws a `CliError` that names what is wrong. */
export function accessOptions(options: ServeOptions): AccessOptions {
  const trustedProxies = options.trustedProxy ?? [];
  try {
    createClientAddresses(trustedProxies);
  } catch (error) {
    throw new CliError(`--trusted-proxy: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const keySet = keySetOptions(options);
  return {
    limits: { sessionsPerUser: options.sessionsPerUser },
    trustedProxies,
    ...(keySet === undefined ? {} : { keySet }),
  };
}

function keySetOptions(options: ServeOptions): KeySetOptions | undefined {
  const { jwks, jwtIssuer: issuer, jwtAudience: audience, jwtUserClaim, jwtRolesClaim } = options;
  if (jwks === undefined) {
    if (
      issuer === undefined &&
      audience === undefined &&
      jwtUserClaim === undefined &&
      jwtRolesClaim === undefined
    )
      return undefined;
    throw new CliError('The options --jwt-… say which tokens of another issuer are taken.', [
      'Name its keys, too: --jwks https://login.example.com/keys',
    ]);
  }
  if (issuer === undefined || audience === undefined)
    throw new CliError('--jwks needs --jwt-issuer and --jwt-audience.', [
      'Without them a token that was issued for somebody else would be taken.',
    ]);
  return {
    url: keySetUrl(jwks),
    issuer,
    audience,
    ...(jwtUserClaim === undefined ? {} : { userClaim: jwtUserClaim }),
    ...(jwtRolesClaim === undefined ? {} : { rolesClaim: jwtRolesClaim }),
  };
}

const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function keySetUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url;
  if (url?.protocol === 'http:' && THIS_MACHINE.test(url.hostname)) return url;
  throw new CliError(`--jwks ${JSON.stringify(text)} is not usable.`, [
    'Expected an https:// address, or an http:// one of this machine: whoever can change the keys can sign tokens.',
  ]);
}
