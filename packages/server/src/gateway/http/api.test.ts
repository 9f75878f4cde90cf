import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PRESS, problemIn, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
let device = '';
let operator = '';
let viewer = '';

beforeAll(async () => {
  server = await startTestServer();
  [device, operator, viewer] = await Promise.all([
    server.token('device'),
    server.token('operator'),
    server.token('viewer'),
  ]);
});
afterAll(() => server.remove());

describe('login', () => {
  test('gives a token that works, and can be renewed', async () => {
    const response = await server.request('/api/v1/login', { body: { user: 'olivia', password: 'olivia' } });
    expect(response.status).toBe(200);
    const login = (await response.json()) as { token: string; expiresAt: number; user: unknown };
    expect(login.user).toEqual({ id: 'olivia', name: 'Olivia Operator', roles: ['operator'] });
    expect(login.expiresAt).toBeGreaterThan(Date.now());
    expect((await server.request('/api/v1/plant', { token: login.token })).status).toBe(200);
    const renewed = await server.request('/api/v1/token', { token: login.token, body: {} });
    expect(renewed.status).toBe(200);
    const again = (await renewed.json()) as { token: string; user: unknown };
    expect(again.user).toEqual(login.user);
    expect(again.token).not.toBe(login.token);
    expect((await server.request('/api/v1/plant', { token: again.token })).status).toBe(200);
  });

  test('takes no body for a renewal', async () => {
    const renewed = await server.request('/api/v1/token', { token: operator, method: 'POST' });
    expect(renewed.status).toBe(200);
  });

  test('does not tell a wrong password from an unknown user', async () => {
    const wrong = await problemIn(
      await server.request('/api/v1/login', { body: { user: 'olivia', password: 'no' } }),
    );
    const unknown = await problemIn(
      await server.request('/api/v1/login', { body: { user: 'olaf', password: 'no' } }),
    );
    expect(wrong).toMatchObject({ status: 401, code: 'wrongCredentials' });
    expect(unknown).toEqual(wrong);
  });

  test('is limited, and says how long to wait', async () => {
    const attempts = Array.from({ length: 6 }, () =>
      server.request('/api/v1/login', { body: { user: 'victim', password: 'no' } }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([401, 401, 401, 401, 401, 429]);
    const limited = await server.request('/api/v1/login', { body: { user: 'victim', password: 'no' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = await problemIn(limited);
    expect(problem.code).toBe('tooManyAttempts');
    expect(problem.retryAfterMs).toBeGreaterThan(0);
  });

  test('says what a body lacks', async () => {
    expect(
      await problemIn(await server.request('/api/v1/login', { body: { user: 'olivia' } })),
    ).toMatchObject({
      status: 400,
      code: 'invalidBody',
      path: 'password',
    });
    expect(await problemIn(await server.request('/api/v1/login', { body: [] }))).toMatchObject({
      status: 400,
    });
  });
});

describe('tokens', () => {
  const reads = ['/api/v1/plant', '/api/v1/system/health', '/api/v1/equipment/a/b/c/timeline'];

  test.each(reads)('%s asks for one', async (path) => {
    const response = await server.request(path);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await problemIn(response)).toMatchObject({ status: 401, code: 'tokenMissing' });
  });

  test('wrong ones are refused by what is wrong with them, and never logged', async () => {
    const expired = await server.token('viewer', { lifetimeMs: -60_000 });
    const altered = `${viewer.slice(0, -6)}AAAAAA`;
    for (const [token, code] of [
      [expired, 'tokenExpired'],
      [altered, 'tokenSignatureInvalid'],
      ['not-a-token', 'tokenMalformed'],
    ] as const) {
      const response = await server.request('/api/v1/plant', { token });
      const text = await response.clone().text();
      expect(text).not.toContain(token);
      expect(await problemIn(response)).toMatchObject({ status: 401, code });
      expect(server.logged.join('')).not.toContain(token);
    }
    const basic = await server.request('/api/v1/plant', { headers: { authorization: 'Basic b2xpdmlh' } });
    expect(await problemIn(basic)).toMatchObject({ status: 401, code: 'tokenMalformed' });
  });

  test('are not read before the body is', async () => {
    const body = 'x'.repeat(3 * 1024 * 1024);
    const response = await server.request('/api/v1/observations', { body, token: 'nonsense' });
    expect(response.status).toBe(401);
  });
});

describe('observations', () => {
  test('are answered one by one', async () => {
    const response = await server.request('/api/v1/observations', {
      token: device,
      body: [
        { equipment: PRESS, state: 'running', key: 'a-1' },
        { equipment: PRESS, state: 'running', key: 'a-1' },
        { equipment: 'hall/press/nothing', state: 'running' },
      ],
    });
    expect(response.status).toBe(207);
    const { results } = (await response.json()) as { results: readonly { status: string }[] };
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'rejected']);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '[{"equipment"'],
    ['no array', '{}'],
  ])('%s is refused as a whole', async (_what, body) => {
    const response = await server.request('/api/v1/observations', { token: device, body });
    const problem = await problemIn(response);
    expect(problem.status).toBe(400);
    expect(problem.message.length).toBeGreaterThan(10);
  });

  test('take a device or an engineer', async () => {
    for (const token of [viewer, operator]) {
      const response = await server.request('/api/v1/observations', { token, body: [] });
      expect(await problemIn(response)).toMatchObject({ status: 403, code: 'forbidden' });
    }
    const engineer = await server.token('engineer');
    const response = await server.request('/api/v1/observations', {
      token: engineer,
      body: [{ equipment: PRESS, good: 1 }],
    });
    expect(response.status).toBe(207);
  });
});

describe('commands', () => {
  const raise = {
    command: 'raiseCall',
    data: { line: 'hall/press', callType: 'maintenance', priority: 'high' },
  };

  test('without a key are new each time, with one they are applied once', async () => {
    const first = await server.request('/api/v1/commands', { token: operator, body: raise });
    expect(first.status).toBe(200);
    const outcome = (await first.json()) as { status: string; data: { callId: string }; offset: number };
    expect(outcome).toMatchObject({ status: 'applied' });
    expect(outcome.offset).toBeGreaterThan(0);
    const resolve = { command: 'resolveCall', data: { callId: outcome.data.callId } };
    const keyed = { ...resolve, key: { clientId: 'tablet-1', counter: 1 } };
    const once = await server.request('/api/v1/commands', { token: operator, body: keyed });
    expect(await once.json()).toMatchObject({ status: 'applied' });
    const twice = await server.request('/api/v1/commands', { token: operator, body: keyed });
    expect(await twice.json()).toMatchObject({ status: 'duplicate' });
  });

  test('whose author saw an older state are a conflict', async () => {
    const expected = { topic: 'works/hall/press/andon', offset: 0 };
    const raised = await server.request('/api/v1/commands', { token: operator, body: raise });
    expect(raised.status).toBe(200);
    const other = { ...raise, data: { ...raise.data, callType: 'other' }, expected };
    const response = await server.request('/api/v1/commands', { token: operator, body: other });
    expect(await response.json()).toMatchObject({ status: 'conflict', reason: 'changedSince' });
    const wrong = { ...other, expected: { topic: 'x' } };
    const refused = await server.request('/api/v1/commands', { token: operator, body: wrong });
    expect(refused.status).toBe(400);
  });

  test('that cannot be done say why', async () => {
    const response = await server.request('/api/v1/commands', {
      token: operator,
      body: { command: 'acknowledgeCall', data: { callId: 'no-such-call' } },
    });
    const outcome = (await response.json()) as { status: string; reason?: string; message?: string };
    expect(['rejected', 'conflict']).toContain(outcome.status);
    expect(outcome.message ?? outcome.reason).toBeTruthy();
  });

  test('need a role that may', async () => {
    for (const token of [viewer, device]) {
      const response = await server.request('/api/v1/commands', { token, body: raise });
      expect(await problemIn(response)).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  test('of the wrong shape are refused by the place', async () => {
    const bad = { ...raise, key: { clientId: 'x', counter: -1 } };
    expect(
      await problemIn(await server.request('/api/v1/commands', { token: operator, body: bad })),
    ).toMatchObject({
      status: 400,
      path: 'key.counter',
    });
    const deep = `{"command":"raiseCall","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(
      await problemIn(await server.request('/api/v1/commands', { token: operator, body: deep })),
    ).toMatchObject({
      status: 400,
      path: 'data',
    });
  });
});

describe('reading', () => {
  test('the plant', async () => {
    const response = await server.request('/api/v1/plant', { token: viewer });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      site: { id: 'works' },
      areas: [{ id: 'hall', lines: [{ id: 'mill' }, { id: 'press' }] }],
    });
  });

  test('the timeline of equipment, by instants in either form', async () => {
    const to = Date.now();
    const from = to - 3_600_000;
    const path = `/api/v1/equipment/${PRESS}/timeline`;
    const response = await server.request(`${path}?from=${from}&to=${to}`, { token: viewer });
    expect(response.status).toBe(200);
    const timeline = (await response.json()) as { from: number; to: number; intervals: unknown[] };
    expect(timeline).toMatchObject({ equipment: PRESS, from, to });
    const iso = `?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    const same = await server.request(`${path}${iso}`, { token: viewer });
    expect(await same.json()).toMatchObject({ from, to });
  });

  test('a timeline of what is not there, or of no time', async () => {
    const none = await server.request('/api/v1/equipment/hall/press/nothing/timeline?from=1&to=2', {
      token: viewer,
    });
    expect(await problemIn(none)).toMatchObject({ status: 404, code: 'notFound' });
    const path = `/api/v1/equipment/${PRESS}/timeline`;
    for (const [query, place] of [
      ['', 'from'],
      ['?from=yesterday&to=5', 'from'],
      ['?from=5', 'to'],
      ['?from=5&to=5', 'to'],
    ] as const) {
      const response = await server.request(`${path}${query}`, { token: viewer });
      expect(await problemIn(response)).toMatchObject({ status: 400, code: 'invalidQuery', path: place });
    }
  });

  test('health, for people; a device may not', async () => {
    const response = await server.request('/api/v1/system/health', { token: viewer });
    expect(await response.json()).toMatchObject({
      server: { version: expect.stringMatching(/^\d/) },
      log: { offset: expect.any(Number) },
      connectors: { list: [] },
    });
    expect((await server.request('/api/v1/system/health', { token: device })).status).toBe(403);
  });

  test('probes need no token', async () => {
    expect(await (await server.request('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await server.request('/readyz')).json()).toEqual({ status: 'serving' });
  });
});
