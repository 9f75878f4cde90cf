import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ALLOWED = 'https://screens.example';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ allowedOrigins: [ALLOWED] });
});
afterAll(() => server.remove());

function preflight(origin: string): Promise<Response> {
  return server.request('/api/v1/login', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
}

test('pages of a configured origin may use the API', async () => {
  const asked = await preflight(ALLOWED);
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-origin')).toBe(ALLOWED);
  expect(asked.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
  const body = { user: 'olivia', password: 'olivia' };
  const login = await server.request('/api/v1/login', { body, headers: { origin: ALLOWED } });
  expect(login.status).toBe(200);
  expect(login.headers.get('access-control-allow-origin')).toBe(ALLOWED);
  expect(login.headers.get('vary')).toContain('Origin');
});

test('pages of a configured origin may send the headers of publications and streams', async () => {
  const asked = await preflight(ALLOWED);
  expect(asked.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
    expect.arrayContaining(['Idempotency-Key', 'Last-Event-ID']),
  );
});

test('pages of another may not', async () => {
  const asked = await preflight('https://evil.example');
  expect(asked.status).toBe(405);
  expect(asked.headers.get('access-control-allow-origin')).toBeNull();
});
