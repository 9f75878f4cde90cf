import { get, type IncomingHttpHeaders } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../../../../../test/support/plant.ts';
import { startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { contentSecurityPolicy } from './security-headers.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe('a built dashboard', () => {
  let server: TestServer;
  let directory = '';
  beforeAll(async () => {
    directory = await temporaryDirectory('dashboard');
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>Plant</title>');
    await writeFile(join(directory, 'assets', 'index-Ab12.js'), 'export {};');
    await writeFile(join(directory, 'assets', 'big-Cd34.js'), 'x'.repeat(20_000));
    await writeFile(join(directory, '.secret'), 'hidden');
    await writeFile(join(directory, 'favicon.svg'), '<svg/>');
    server = await startTestServer({ dashboardDir: directory });
  });
  afterAll(() => server.remove());

  /** Without what `fetch` adds by itself. */
  function plain(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = get(
        `${server.url}${path}`,
        { headers: { accept: 'text/html', ...headers } },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        },
      );
      sent.on('error', reject);
    });
  }

  test('starts every screen, and is asked for again each time', async () => {
    for (const path of ['/', '/index.html', '/plant', '/line/hall/press?from=1']) {
      const response = await server.request(path, { headers: { accept: 'text/html,*/*' } });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('<title>Plant</title>');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const again = await plain(path, { 'if-none-match': response.headers.get('etag') ?? '' });
      expect(again).toMatchObject({ status: 304, body: '' });
    }
  });

  test('has files that are kept for ever when their name holds a hash', async () => {
    const script = await server.request('/assets/index-Ab12.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect((await server.request('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  test('goes compressed to whoever takes that', async () => {
    const script = await plain('/assets/big-Cd34.js', { 'accept-encoding': 'gzip, deflate' });
    expect(script.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(Number(script.headers['content-length'])).toBeLessThan(1_000);
    for (const accepted of ['identity', 'gzip;q=0, br']) {
      const whole = await plain('/assets/big-Cd34.js', { 'accept-encoding': accepted });
      expect(whole.headers['content-encoding']).toBeUndefined();
      expect(whole.body).toHaveLength(20_000);
    }
  });

  test('shows a new build at the next load', async () => {
    const page = join(directory, 'index.html');
    await writeFile(page, '<!doctype html><title>Plant</title><p>newer');
    expect(await (await server.request('/')).text()).toContain('newer');
  });

  test('answers 404 for files that are not there or are not for others', async () => {
    for (const path of [
      '/assets/index-old.js',
      '/.secret',
      '/assets',
      '/../package.json',
      '/assets%2f..%2f.secret',
      '/%00',
      '/%2e%2e/package.json',
    ]) {
      const response = await server.request(path, { headers: { accept: 'application/javascript' } });
      expect(response.status).toBe(404);
    }
  });

  test('carries headers that keep others out', async () => {
    const { headers } = await server.request('/');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(
      `connect-src 'self' ws://127.0.0.1:${server.port} wss://127.0.0.1:${server.port}`,
    );
  });
});

test('a dashboard that is not built says how to build it', async () => {
  const server = await startTestServer();
  for (const path of ['/', '/plant']) {
    const response = await server.request(path, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('npm run build -w apps/dashboard');
  }
  await server.remove();
});

test('a host that is none does not get into the policy', () => {
  expect(contentSecurityPolicy("x; script-src 'unsafe-inline'")).toContain("connect-src 'self';");
  expect(contentSecurityPolicy('[::1]:8080')).toContain('ws://[::1]:8080');
  expect(contentSecurityPolicy(undefined)).not.toContain('ws:');
});
