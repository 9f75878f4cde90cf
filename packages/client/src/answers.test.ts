import type { ServerMessage } from '@ms5/wire';
import { settlePromises } from '@ms5/testkit';
import { expect, it, vi } from 'vitest';
import { createStage, mark, serve, snapshot, type Stage } from '../test-support/scripted-server.ts';

const EVENTS = 'plant/a/l1/events';
const STATUS = 'plant/a/l1/status';
const start = (offset: number, more = {}): ServerMessage =>
  snapshot(EVENTS, offset, {}, { kind: 'stream', lane: 'normal', ...more });
const entry = (from: number, to: number): ServerMessage => ({
  type: 'entries',
  topic: EVENTS,
  from,
  to,
  entries: [{ offset: to, at: to * 10, data: `e${to}` }],
});

async function reconnect({ socket, clock }: Pick<Stage, 'socket' | 'clock'>) {
  socket().drop();
  await clock.advanceSettled(1_100);
  await socket().accept();
  return socket();
}

it('a stream goes on when permissions became wider, whatever another filter is granted then', async () => {
  const { client, ...stage } = createStage();
  const socket = await stage.live();
  const seen: unknown[] = [];
  client.stream('plant/+/+/events', ({ data }) => seen.push(data));
  await settlePromises();
  serve(socket, [start(100)], { filters: [EVENTS] });
  socket.push({ type: 'refreshed', id: 9, expiresAt: 0, filters: ['plant/+/+/events'] });
  client.records('plant/#').subscribe(() => {});
  await settlePromises();
  serve(socket, [], { filters: ['plant/+/+/andon'] });
  socket.push(entry(100, 101));
  expect(seen).toEqual(['e101']);
});

it('the loss of a stream that a reset left nothing of is told', async () => {
  const { client, ...stage } = createStage();
  const first = await stage.live();
  const seen: unknown[] = [];
  const onLost = vi.fn();
  client.stream(EVENTS, ({ data }) => seen.push(data), onLost);
  await settlePromises();
  serve(first, [start(100)], { marks: [mark(100, 'e1', 'normal')] });
  const second = await reconnect(stage);
  serve(second, [], { wasRecovering: true, reset: ['plant'] });
  expect(onLost).toHaveBeenCalledExactlyOnceWith(EVENTS);
  second.push(start(50, { epoch: 'e2' }), entry(50, 51));
  expect(onLost).toHaveBeenCalledOnce();
  expect(seen).toEqual(['e51']);
});

it('what a narrower answer leaves out does not become live with it', async () => {
  const { client, ...stage } = createStage();
  const first = await stage.live();
  const store = client.record(STATUS);
  store.subscribe(() => {});
  client.records('plant/#', { rate: 2 }).subscribe(() => {});
  await settlePromises();
  for (const { id, filters } of first.all('subscribe')) {
    const granted = { type: 'subscribed', id, filters, wasRecovering: false, recovered: false } as const;
    first.push({ ...granted, marks: [mark(10)] }, snapshot(STATUS, 10, { n: 10 }), { type: 'synced', id });
  }
  expect(store.get().freshness).toBe('live');
  const second = await reconnect(stage);
  const wide = second.all('subscribe').find(({ filters }) => filters.includes('plant/#'));
  second.push(
    {
      type: 'subscribed',
      id: wide?.id ?? 0,
      filters: ['plant/b/#'],
      wasRecovering: true,
      recovered: true,
      marks: [],
    },
    { type: 'synced', id: wide?.id ?? 0 },
  );
  expect(store.get()).toMatchObject({ freshness: 'recovering', value: { n: 10 } });
});
