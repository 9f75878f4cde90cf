import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ms5 } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant, writePlant } from '../../../../test/support/plant.ts';
import { passwordMatches } from '../gateway/auth/password.ts';
import { verifyToken } from '../gateway/auth/token.ts';
import { loadTokenKey } from '../gateway/auth/token-key.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let directory = '';
beforeAll(async () => {
  directory = await temporaryDirectory('cli');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

describe('help', () => {
  test('says what there is, with examples, files and exit codes', async () => {
    const { code, stdout } = await ms5(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'serve',
      'demo',
      'check',
      'token',
      'replay',
      'oee',
      'password',
      'webhook',
      'notify',
      'escalation',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    }
    for (const title of ['Examples:', 'Files:', 'Environment:', 'Exit codes:'])
      expect(stdout).toContain(title);
  });

  test.each(['serve', 'demo', 'check', 'token', 'replay', 'oee', 'password', 'webhook', 'notify'])(
    'of %s',
    async (command) => {
      const { code, stdout } = await ms5([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`ms5 ${command}`);
      expect(stdout).toContain('Exit codes:');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(125);
    },
  );

  test('wrong use ends with 2 and points to the help', async () => {
    for (const parameters of [
      [],
      ['serv'],
      ['serve', '--port', 'http'],
      ['check'],
      ['token'],
      ['oee', '--tabel', 'x'],
    ]) {
      const { code, stderr } = await ms5(parameters);
      expect(code).toBe(2);
      expect(stderr.length).toBeGreaterThan(20);
    }
    expect((await ms5(['serv'])).stderr).toContain('serve');
    expect((await ms5(['serve', '--port', '70000'])).stderr).toContain('0 to 65535');
  });

  test('the version is that of the package', async () => {
    const { code, stdout } = await ms5(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('check', () => {
  test('says what a plant holds', async () => {
    const plant = await writePlant(directory, testPlant({ shdrPort: 7878 }));
    const { code, stdout } = await ms5(['check', plant]);
    expect(code).toBe(0);
    expect(stdout).toContain('Test Works (works), Etc/UTC');
    expect(stdout).toContain('hall/mill, hall/press');
    expect(stdout).toContain('mill: shdr 127.0.0.1:7878 for hall/mill/mill');
  });

  test('names every problem by file, line, path and what was expected', async () => {
    const text = testPlant()
      .replace('idealCycle: 1s', 'idealCycle: fast')
      .replace('id: works,', 'id: "a b",');
    const { code, stdout, stderr } = await ms5(['check', await file('bad.yaml', text)]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/bad\.yaml:1:\d+ site\.id: expected an id.*found.*a b/);
    expect(stderr).toMatch(/bad\.yaml:\d+:\d+ products\[0\]\.idealCycle: expected .*found.*fast/);
    expect(stderr).not.toContain('    at ');
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await ms5(['check', join(directory, 'nothing.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing\.yaml.*no such file/);
  });
});

describe('token', () => {
  test('is signed with the key of the data directory', async () => {
    const data = join(directory, 'data');
    const { code, stdout } = await ms5([
      'token',
      '--user',
      'press-7',
      '--role',
      'device',
      '--expires',
      '2h',
      '--data',
      data,
    ]);
    expect(code).toBe(0);
    expect((await stat(join(data, 'token.key'))).mode & 0o777).toBe(0o600);
    const verified = await verifyToken(await loadTokenKey(data, {}), stdout.trim(), Date.now());
    expect(verified).toMatchObject({ userId: 'press-7', name: 'press-7', roles: ['device'] });
    expect(Math.abs(verified.expiresAt - Date.now() - 7_200_000)).toBeLessThan(20_000);
  });

  test.each([
    [['--user', 'a/b'], /User id "a\/b"/],
    [['--user', 'a', '--role', 'boss'], /no role "boss"[^]*viewer, operator/],
    [['--user', 'a', '--expires', 'soon'], /"soon" is not a duration/],
    [['--user', 'a', '--expires', '401d'], /"401d" is too long/],
  ])('%s is refused', async (parameters, message) => {
    const { code, stdout, stderr } = await ms5(['token', ...parameters, '--data', join(directory, 'none')]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

describe('password', () => {
  test('prints a hash of what comes in', async () => {
    const { code, stdout } = await ms5(['password'], 'Sommer 2026\n');
    expect(code).toBe(0);
    expect(await passwordMatches('Sommer 2026', stdout.trim())).toBe(true);
    const plant = testPlant().replace(/password: '.*'/, `password: '${stdout.trim()}'`);
    await mkdir(join(directory, 'hashed'), { recursive: true });
    expect((await ms5(['check', await writePlant(join(directory, 'hashed'), plant)])).code).toBe(0);
  });

  test('wants one', async () => {
    expect(await ms5(['password'], '\n')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('serve', () => {
  test('without a plant file says how to get one', async () => {
    const { code, stderr } = await ms5(['serve', '--plant', join(directory, 'none.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--plant[^]*cp .*example\.yaml/);
  });
});
