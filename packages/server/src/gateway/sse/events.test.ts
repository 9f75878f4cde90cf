import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEvents, type EventReader } from '../../../test-support/event-source.ts';
import {
  PRESS,
  problemIn,
  SITE,
  startTestServer,
  type TestServer,
} from '../../../test-support/gateway-server.ts';

let server: TestServer;
let operator = '';
let device = '';
let count = 0;

beforeAll(async () => {
  server = await startTestServer();
  operator = await server.token('operator');
  device = await server.token('device');
});
afterAll(() => server.remove());

const everything = (): string => `${server.url}/events?topic=${SITE}/%23`;
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${operator}` });
const synced = ({ next }: EventReader) => next('synced', ({ name }) => name === 'synced');

async function observe(): Promise<void> {
  count += 1;
  const body = [
    { equipment: PRESS, key: `sse-${count}`, state: count % 2 === 0 ? 'running' : 'stopped', good: 1 },
  ];
  const { status } = await server.request('/api/v1/observations', { token: device, body });
  expect(status).toBe(207);
}

test('Y1: topics and their changes come as events named by their messages', async () => {
  const stream = await openEvents(everything(), bearer());
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  await synced(stream);
  expect(stream.events.slice(0, 2).map(({ name }) => name)).toEqual(['welcome', 'subscribed']);
  const topic = `${SITE}/hall/press/status`;
  await stream.next('a snapshot', ({ name, data }) => name === 'snapshot' && data['topic'] === topic);
  await observe();
  await stream.next('a change', ({ name, data }) => name === 'delta' && data['topic'] === topic);
  for (const { name, data } of stream.events) expect(name).toBe(data['type']);
  expect(stream.events.map(({ name }) => name)).not.toContain('ping');
  stream.close();
});

test('Y2: the token comes by header, by a ticket that is good once, or by a cookie of this site', async () => {
  const refused = await openEvents(everything());
  expect(refused.status).toBe(401);
  const issued = await server.request('/api/v1/tickets', { method: 'POST', token: operator });
  expect(issued.status).toBe(201);
  const { ticket } = (await issued.json()) as { ticket: string };
  const first = await openEvents(`${everything()}&ticket=${ticket}`);
  await synced(first);
  first.close();
  const second = await openEvents(`${everything()}&ticket=${ticket}`);
  expect(second.status).toBe(401);
  const cookie = await server.request('/api/v1/cookie', { method: 'POST', token: operator });
  expect(cookie.status).toBe(204);
  const set = cookie.headers.get('set-cookie') ?? '';
  expect(set).toContain('; Path=/events; HttpOnly; SameSite=Strict');
  const third = await openEvents(everything(), { cookie: `a=b; ${set.split(';', 1)[0]}` });
  await synced(third);
  third.close();
  const cleared = await server.request('/api/v1/cookie', { method: 'DELETE', token: operator });
  expect(cleared.headers.get('set-cookie')).toContain('Max-Age=0');
  const inAddress = await problemIn(await server.request(`/events?topic=a&token=${operator}`));
  expect(inAddress).toMatchObject({ status: 400, code: 'tokenInQuery' });
  const elsewhere = await openEvents(everything(), { ...bearer(), origin: 'https://elsewhere.example' });
  expect(elsewhere.status).toBe(403);
  expect(server.logged.join('\n')).not.toContain(ticket);
});

test('Y2: no more tickets than a person needs', async () => {
  const token = await server.token('operator', { user: 'eager' });
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => server.request('/api/v1/tickets', { method: 'POST', token })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
});

test('Y3: Last-Event-ID continues where the stream was left', async () => {
  const stream = await openEvents(everything(), bearer());
  await synced(stream);
  const before = stream.events.length;
  await observe();
  await stream.next('a mark', (event) => event.name === 'mark' && stream.events.indexOf(event) >= before);
  stream.close();
  await stream.ended;
  const { id = '' } = stream.events.at(-1) ?? {};
  expect(id).toMatch(/^1;/);
  await observe();
  for (const given of [{ header: id, address: 'old' }, { address: id }]) {
    const headers = given.header === undefined ? bearer() : { ...bearer(), 'last-event-id': given.header };
    const next = await openEvents(
      `${everything()}&lastEventId=${encodeURIComponent(given.address)}`,
      headers,
    );
    await synced(next);
    const [subscribed] = next.named('subscribed');
    expect(subscribed?.data).toMatchObject({ wasRecovering: true, recovered: true });
    expect(next.named('snapshot')).toEqual([]);
    expect(next.named('delta').map(({ data }) => data['topic'])).toContain(`${SITE}/hall/press/status`);
    expect(next.named('entries').map(({ data }) => data['topic'])).toContain(`${SITE}/hall/press/events`);
    next.close();
  }
});

test('Y4: an id that is of no use is told, and everything comes anew', async () => {
  const stream = await openEvents(`${server.url}/events?topic=${SITE}/hall/press/%23`, bearer());
  const { id } = await stream.next('an id', (event) => event.id !== '');
  stream.close();
  for (const given of [id, `${id}0`, '2;x', 'nonsense']) {
    const next = await openEvents(everything(), { ...bearer(), 'last-event-id': given });
    await synced(next);
    expect(next.events.slice(0, 2).map(({ name }) => name)).toEqual(['restart', 'welcome']);
    expect(next.named('subscribed')[0]?.data).toMatchObject({ wasRecovering: false });
    expect(next.named('snapshot').length).toBeGreaterThan(5);
    next.close();
  }
});

test('Y6: what cannot be subscribed to is refused before the stream begins', async () => {
  const asked = async (query: string, token = operator) =>
    problemIn(await server.request(`/events?${query}`, { token }));
  expect(await asked('')).toMatchObject({ status: 400, code: 'invalidQuery', path: 'topic' });
  expect(await asked('topic=a/%23/b')).toMatchObject({ status: 400, code: 'invalidQuery', path: 'topic' });
  expect(await asked('topic=a&rate=3')).toMatchObject({ status: 400, code: 'invalidQuery', path: 'rate' });
  expect(await asked('topic=elsewhere/x')).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await asked('topic=a', 'x.y.z')).toMatchObject({ status: 401 });
  const head = await server.request('/events?topic=works/%23', { method: 'HEAD', token: operator });
  expect([head.status, head.headers.get('cache-control')]).toEqual([200, 'no-store, no-transform']);
});

test('Y6: a rate is that of the subscription; one that is refused ends the stream', async () => {
  const press = `${server.url}/events?topic=${SITE}/hall/press/`;
  const slow = await openEvents(`${press}oee&rate=1`, bearer());
  await synced(slow);
  expect(slow.named('snapshot')).toHaveLength(1);
  slow.close();
  const refused = await openEvents(`${press}events&rate=1`, bearer());
  const closed = await refused.next('the end', ({ name }) => name === 'closed');
  expect(refused.named('problem')[0]?.data).toMatchObject({ name: 'rateRefused' });
  expect(closed.data).toMatchObject({ name: 'protocolError', reconnect: false });
});

test('Y9: connections are limited as WebSockets are; past the soft limit a stream says when to come back', async () => {
  const small = await startTestServer({ limits: { softConnections: 1, connectionsPerAddress: 2 } });
  try {
    const headers = { authorization: `Bearer ${await small.token('operator')}` };
    const url = `${small.url}/events?topic=${SITE}/%23`;
    const first = await openEvents(url, headers);
    await synced(first);
    const second = await openEvents(url, headers);
    const closed = await second.next('the end', ({ name }) => name === 'closed');
    expect(closed.data).toMatchObject({ code: 4004, name: 'overloaded', reconnect: true });
    expect(second.named('problem')[0]?.data).toMatchObject({ type: 'error', name: 'overloaded' });
    expect(second.retries.at(-1)).toBe(second.named('problem')[0]?.data['retryAfterMs']);
    first.close();
  } finally {
    await small.remove();
  }
});
