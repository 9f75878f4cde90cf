import {
  createFakeClock,
  createReferenceClient,
  createSeededRandom,
  createSocketPair,
  settlePromises,
} from '@ms5/testkit';
import { expect, test } from 'vitest';
import { createHub } from './create-hub.ts';

test('the whole path', async () => {
  const clock = createFakeClock();
  const hub = createHub({
    clock,
    random: createSeededRandom(1),
    authenticator: {
      authenticate: async (token) => ({
        userId: token,
        name: token,
        roles: [],
        expiresAt: clock.now() + 3.6e6,
        permissions: { subscribe: ['#'], publish: [], command: ['#'] },
      }),
    },
    commands: { execute: async (command) => ({ status: 'applied', offset: 7, data: command.data }) },
    version: '1',
  });
  const bytes = (v: unknown) => new TextEncoder().encode(JSON.stringify(v));
  hub.load({
    log: 's',
    epoch: 'e1',
    offset: 10,
    topics: [
      {
        topic: 's/a/l/status',
        kind: 'record',
        lane: 'high',
        keys: [
          { key: 'state', offset: 3, value: bytes({ name: 'running' }) },
          { key: 'shift', offset: 5, value: bytes('A') },
        ],
        tombstones: [],
        tombstoneHorizon: 0,
        entries: [],
        historyFrom: 0,
      },
      {
        topic: 's/a/l/events',
        kind: 'stream',
        lane: 'normal',
        keys: [],
        tombstones: [],
        tombstoneHorizon: 0,
        entries: [{ offset: 4, at: 1, data: bytes('old') }],
        historyFrom: 0,
      },
      {
        topic: 's/a/l/andon',
        kind: 'collection',
        lane: 'critical',
        keys: [],
        tombstones: [],
        tombstoneHorizon: 0,
        entries: [],
        historyFrom: 0,
      },
    ],
  });
  const client = createReferenceClient({ clientId: 'c1' });
  const pair = createSocketPair();
  const connection = hub.connect('ms5.v1.json', pair.transport);
  client.subscribe('s/#');
  pair.open(
    connection,
    client.attach((m) => pair.socket.send(m)),
  );
  pair.flush();
  await settlePromises();
  pair.flush();
  hub.append('s', [
    {
      offset: 11,
      at: 5,
      changes: [
        {
          kind: 'record',
          topic: 's/a/l/status',
          lane: 'high',
          set: [['state', bytes({ name: 'stopped' })]],
          remove: [],
        },
        { kind: 'stream', topic: 's/a/l/events', lane: 'normal', entry: bytes('new') },
        {
          kind: 'collection',
          topic: 's/a/l/andon',
          lane: 'critical',
          set: [['c1', bytes({ id: 'c1' })]],
          remove: [],
        },
      ],
    },
  ]);
  hub.signal([{ topic: 's/a/l/m/telemetry/t', at: 3, value: bytes(4) }]);
  clock.run();
  pair.flush();
  client.command('raiseCall', { x: 1 });
  pair.flush();
  await settlePromises();
  pair.flush();
  expect(client.violations).toEqual([]);
});
