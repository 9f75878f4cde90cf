import { expect, test } from 'vitest';
import { accessOptions } from './access-options.ts';
import { CliError } from './cli-error.ts';
import { createProgram, type ServeOptions } from './program.ts';

/** The options of `ms5 serve` as the command line has them. */
function read(...words: readonly string[]): ServeOptions {
  const serve = createProgram().commands.find((command) => command.name() === 'serve');
  if (serve === undefined) throw new Error('there is no command serve');
  serve.parseOptions([...words]);
  return serve.opts<ServeOptions>();
}

test('without options nobody is trusted and no other issuer is known', () => {
  expect(accessOptions(read())).toEqual({ limits: { sessionsPerUser: 50 }, trustedProxies: [] });
});

test('what is given reaches the server', () => {
  const words =
    '--trusted-proxy 10.0.0.0/8 fd00::/8 --sessions-per-user 7 --jwks https://login.example.com/keys ' +
    '--jwt-issuer https://login.example.com --jwt-audience ms5 --jwt-user-claim email ' +
    '--jwt-roles-claim realm_access.roles';
  const options = read(...words.split(' '));
  expect(accessOptions(options)).toEqual({
    limits: { sessionsPerUser: 7 },
    trustedProxies: ['10.0.0.0/8', 'fd00::/8'],
    keySet: {
      url: new URL('https://login.example.com/keys'),
      issuer: 'https://login.example.com',
      audience: 'ms5',
      userClaim: 'email',
      rolesClaim: 'realm_access.roles',
    },
  });
});

const issuer = ['--jwt-issuer', 'i', '--jwt-audience', 'a'];
test.each([
  [['--trusted-proxy', 'proxy.local'], /--trusted-proxy: "proxy.local" is no address or network/],
  [issuer, /--jwt-… say/],
  [['--jwks', 'https://login.example.com/keys'], /--jwks needs --jwt-issuer and --jwt-audience/],
  [['--jwks', 'http://login.example.com/keys', ...issuer], /is not usable/],
  [['--jwks', 'keys.json', ...issuer], /is not usable/],
])('%s is refused', (words, message) => {
  const attempt = (): unknown => accessOptions(read(...words));
  expect(attempt).toThrow(CliError);
  expect(attempt).toThrow(message);
});

test('keys of this machine may come without encryption', () => {
  for (const host of ['localhost:9000', '127.0.0.1', '[::1]:80'])
    expect(accessOptions(read('--jwks', `http://${host}/keys`, ...issuer)).keySet?.issuer).toBe('i');
});
