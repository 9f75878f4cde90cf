import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from '../create-hub.ts';
import type { SeatedConnection } from './seated-connection.ts';
import type { Session } from './session.ts';

const NAMES = ['status', 'production', 'oee', 'andon', 'downtime'];

async function serveTwo() {
  const harness = createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
  for (const name of NAMES) harness.publish(change.record(`s/hall/line/${name}`, { state: 'running' }));
  await harness.settle();
  const open = async (user: string): Promise<Session> => {
    const link = harness.raw('ms5.v1.json');
    await link.send({ type: 'connect', token: user, client: { id: user, name: 'x', version: '1' } });
    await link.send({ type: 'subscribe', id: 1, filters: NAMES.map((name) => `s/hall/line/${name}`) });
    await link.send({ type: 'ack', received: link.texts.length });
    const { session } = link.connection as unknown as SeatedConnection;
    if (session === null) throw new Error('nobody is there');
    return session;
  };
  return { ...harness, sessions: [await open('ann'), await open('bob')] as const };
}

/** What is found from here, but not beyond what by its nature leads to other sessions. */
function objectsOf(root: object, found = new Set<object>()): Set<object> {
  found.add(root);
  const parts = root instanceof Map ? [...root.keys(), ...root.values()] : Object.entries(root);
  for (const part of parts) {
    const [name, value] = Array.isArray(part) ? (part as [string, unknown]) : ['', part as unknown];
    if (typeof value !== 'object' || value === null || found.has(value)) continue;
    if (!['seat', 'transport', 'interest', 'topics', 'identity'].includes(name)) objectsOf(value, found);
  }
  return found;
}

test('F6: what a session holds of its own is counted, and what others hold too is shared', async () => {
  const { sessions, publish, settle } = await serveTwo();
  const [ann, bob] = sessions;
  const own = (): number => [...objectsOf(ann)].filter((part) => !objectsOf(bob).has(part)).length;
  expect(ann.subscriptions.size).toBe(NAMES.length);
  // Itself; its state and client; subscriptions; delivery with its flow, cursors, marks, window (with its ring),
  // waiting times and latencies; budgets and the one that was used; health.
  expect(own()).toBe(15);
  publish(change.record('s/hall/line/status', { state: 'stopped' }));
  await settle();
  // What waited to be sent was an exception for a moment; nothing is left of it.
  expect(own()).toBe(15);
});

test('what is subscribed to under the same permissions is the same object, and under others is not', async () => {
  const { sessions, identities, raw } = await serveTwo();
  const [ann, bob] = sessions;
  expect(bob.permitted).toBe(ann.permitted);
  for (const name of NAMES)
    expect(bob.subscriptions.get(`s/hall/line/${name}`)).toBe(ann.subscriptions.get(`s/hall/line/${name}`));
  identities.set('cat', { permissions: { subscribe: ['s/hall/line/oee'], publish: [], command: [] } });
  const link = raw('ms5.v1.json');
  await link.send({ type: 'connect', token: 'cat', client: { id: 'cat', name: 'x', version: '1' } });
  await link.send({ type: 'subscribe', id: 1, filters: ['s/hall/line/oee', 's/hall/line/status'] });
  expect(link.ofType('subscribed')[0]).toMatchObject({ filters: ['s/hall/line/oee'] });
});
