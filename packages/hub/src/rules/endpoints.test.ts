import { authenticationError, change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { ENDPOINTS, type Json } from '@ms5/wire';
import { describe, expect, test } from 'vitest';
import { openEndpointClient } from '../../test-support/endpoint-client.ts';
import { DIALECTS } from '../../test-support/endpoint-dialects.ts';
import { createHub } from '../create-hub.ts';
import { createEndpoints } from '../endpoints/registry.ts';
import { createTopicNumbers } from '../topics/topic-numbers.ts';

// What every endpoint of the registry must do, in whatever form it does it (docs/guides/endpoints.md).

const start = () => createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
const plain = (held: ReadonlyMap<string, Json> | undefined): unknown =>
  held === undefined ? undefined : Object.fromEntries(held);

test('every endpoint that is offered is registered, and has a dialect in this contract', () => {
  expect([...createEndpoints('hub', createTopicNumbers()).keys()].sort()).toEqual([...ENDPOINTS].sort());
  expect(Object.keys(DIALECTS).sort()).toEqual([...ENDPOINTS].sort());
});

describe.each(ENDPOINTS)('the endpoint %s', (name) => {
  const dialect = DIALECTS[name]();

  test('welcomes a valid token and closes on a refused one', async () => {
    const harness = start();
    harness.identities.set('bad', authenticationError('tokenMalformed', 'not a token'));
    const welcomed = await openEndpointClient(harness, name);
    expect(welcomed.told.map(({ what }) => what)).toEqual(['welcome']);
    const refused = await openEndpointClient(harness, name, 'bad');
    expect(refused.told).toEqual([]);
    expect(refused.closedWith()).toBe(4501);
  });

  test('brings what topics hold, then every change, removal and new topic', async () => {
    const harness = start();
    const { publish, settle } = harness;
    publish(change.record('s/l/status', { state: 'running', shift: 'A' }));
    publish(change.collection('s/l/stops', { a: 1, b: 2 }), change.stream('s/l/events', 'before'));
    const client = await openEndpointClient(harness, name);
    await client.send(dialect.subscribe(['s/#']));
    await client.read();
    expect(client.told).toContainEqual({ what: 'subscribed', filters: ['s/#'] });
    expect(plain(client.state.get('s/l/status'))).toEqual({ state: 'running', shift: 'A' });
    expect(plain(client.state.get('s/l/stops'))).toEqual({ a: 1, b: 2 });
    publish(change.record('s/l/status', { state: 'stopped' }), change.stream('s/l/events', { n: 1 }));
    publish(change.collection('s/l/stops', { c: 3 }, ['a']), change.stream('s/l/events', { n: 2 }));
    publish(change.collection('s/l/andon', { call: 'raised' }, [], 'critical'));
    harness.signal('s/l/m/telemetry/speed', 42);
    await settle();
    await client.read();
    expect(plain(client.state.get('s/l/status'))).toEqual({ state: 'stopped', shift: 'A' });
    expect(plain(client.state.get('s/l/stops'))).toEqual({ b: 2, c: 3 });
    expect(plain(client.state.get('s/l/andon'))).toEqual({ call: 'raised' });
    expect(plain(client.state.get('s/l/m/telemetry/speed'))).toEqual({ value: 42 });
    expect(client.entries.get('s/l/events')).toEqual([{ n: 1 }, { n: 2 }]);
    publish(change.removed('s/l/stops'));
    await settle();
    await client.read();
    expect(client.told).toContainEqual({ what: 'gone', topic: 's/l/stops', reason: 'removed' });
    expect(client.state.has('s/l/stops')).toBe(false);
  });

  test('tells what the permissions leave, and what they no longer do', async () => {
    const harness = start();
    const permissions = (subscribe: string[]) => ({
      userId: 'ann',
      permissions: { subscribe, publish: [], command: [] },
    });
    harness.identities.set('wide', permissions(['s/a/#', 's/b/#']));
    harness.identities.set('narrow', permissions(['s/a/#']));
    harness.publish(change.record('s/a/x', { n: 1 }), change.record('s/b/x', { n: 1 }));
    const client = await openEndpointClient(harness, name, 'wide');
    await client.send(dialect.subscribe(['other/#']));
    expect(client.told).toContainEqual({ what: 'problem', name: 'forbidden' });
    await client.send(dialect.subscribe(['s/+/x']));
    await client.read();
    expect([...client.state.keys()].sort()).toEqual(['s/a/x', 's/b/x']);
    const refresh = dialect.refresh('narrow');
    if (refresh === null) return;
    await client.send(refresh);
    await client.read();
    expect(client.told).toContainEqual({ what: 'gone', topic: 's/b/x', reason: 'forbidden' });
    expect([...client.state.keys()]).toEqual(['s/a/x']);
  });

  test('answers malformed input with an error, and goes on', async () => {
    const harness = start();
    harness.publish(change.record('s/l/status', { state: 'running' }));
    const client = await openEndpointClient(harness, name);
    await client.send(dialect.malformed);
    await client.send('}');
    await client.send(dialect.subscribe(['s/#/x']));
    await client.read();
    const problems = client.told.flatMap((told) => (told.what === 'problem' ? [told.name] : []));
    expect(problems).toEqual(['invalidMessage', 'invalidMessage', 'invalidFilter']);
    await client.send(dialect.subscribe(['s/#']));
    await client.read();
    expect(plain(client.state.get('s/l/status'))).toEqual({ state: 'running' });
  });

  test('gives a stalled reader the latest state and every entry, and holds nothing for it meanwhile', async () => {
    const harness = start();
    const { publish, settle, hub } = harness;
    const client = await openEndpointClient(harness, name);
    await client.send(dialect.subscribe(['s/#']));
    await client.read();
    const before = client.bytes();
    for (let n = 1; n <= 300; n += 1) {
      publish(
        change.record('s/l/status', { n, text: 'x'.repeat(1_000) }),
        change.collection('s/l/stops', { [`k${n}`]: n, latest: n }, n > 1 ? [`k${n - 1}`] : []),
        change.stream('s/l/events', n),
      );
      await settle();
    }
    expect(client.bytes() - before).toBeLessThan(20_000);
    expect(hub.sessions()[0]?.bytesHeld).toBeLessThan(4_096);
    await client.read();
    expect(client.state.get('s/l/status')?.get('n')).toBe(300);
    expect(plain(client.state.get('s/l/stops'))).toEqual({ k300: 300, latest: 300 });
    expect(client.entries.get('s/l/events')).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(client.bytes() - before).toBeLessThan(200_000);
  });
});
