import { afterAll, beforeAll, expect, test } from 'vitest';
import { SITE, startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { openJsonSocket, refusal } from '../../../test-support/json-socket.ts';

let server: TestServer;
let authorization = '';

beforeAll(async () => {
  server = await startTestServer();
  authorization = `Bearer ${await server.token('operator')}`;
});
afterAll(() => server.remove());

const open = (query: string, protocols: readonly string[], hasToken = true) =>
  openJsonSocket(`${server.webSocketUrl}?${query}`, protocols, {
    headers: hasToken ? { authorization } : {},
  });

test('V2: topics in the address are subscribed to by themselves', async () => {
  const query = `topic=${SITE}/hall/press/status&topic=${SITE}/hall/mill/%2B`;
  const events = await open(query, ['cloudevents.json']);
  await events.next(
    'an event',
    ({ type, subject }) => type === 'ms5.record' && subject === `${SITE}/hall/press/status`,
  );
  await events.next('an event', ({ subject }) => subject === `${SITE}/hall/mill/status`);
  expect(events.messages.slice(0, 2).map(({ type }) => type)).toEqual(['ms5.welcome', 'ms5.subscribed']);
  events.socket.close();
  const basic = await open(query, []);
  await basic.next(
    'an event',
    ({ type, topic }) => type === 'event' && topic === `${SITE}/hall/press/status`,
  );
  basic.socket.close();
});

test('V2: they are refused without a token, elsewhere, and when they are none', async () => {
  const refusals = await Promise.all([
    refusal(open('topic=a', ['cloudevents.json'], false)),
    refusal(open('topic=a', ['ms5.v1.json'])),
    refusal(open('topic=a/%23/b', ['cloudevents.json'])),
  ]);
  for (const refused of refusals)
    expect(refused).toMatchObject({ status: 400, problem: { code: 'invalidQuery' } });
});

test('V1: past the soft limit a CloudEvent says when to come back', async () => {
  const full = await startTestServer({ limits: { softConnections: 0 } });
  try {
    const socket = await openJsonSocket(`${full.url.replace('http', 'ws')}/ws`, ['cloudevents.json']);
    const event = await socket.next('the refusal', ({ type }) => type === 'ms5.error');
    expect(event).toMatchObject({ specversion: '1.0', data: { code: 'overloaded' } });
    expect((await socket.closed).code).toBe(4004);
  } finally {
    await full.remove();
  }
});
