import type { ServerMessage } from '@ms5/wire';
import { settlePromises } from '@ms5/testkit';
import { expect, it, vi } from 'vitest';
import { createStage, mark, serve, snapshot } from '../test-support/scripted-server.ts';

const EVENTS = 'plant/a/l1/events';
const start = (offset: number, more = {}): ServerMessage =>
  snapshot(EVENTS, offset, {}, { kind: 'stream', lane: 'normal', ...more });
const entry = (from: number, to: number): ServerMessage => ({
  type: 'entries',
  topic: EVENTS,
  from,
  to,
  entries: [{ offset: to, at: to * 10, data: `e${to}` }],
});

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
  first.drop();
  await stage.clock.advanceSettled(1_100);
  await stage.socket().accept();
  serve(stage.socket(), [], { wasRecovering: true, reset: ['plant'] });
  expect(onLost).toHaveBeenCalledExactlyOnceWith(EVENTS);
  stage.socket().push(start(50, { epoch: 'e2' }), entry(50, 51));
  expect(onLost).toHaveBeenCalledOnce();
  expect(seen).toEqual(['e51']);
});
