import { settlePromises } from '@ms5/testkit';
import { describe, expect, it } from 'vitest';
import { createStage, mark, serve, snapshot, type ScriptedSocket } from '../test-support/scripted-server.ts';

const STATUS = 'plant/a/l1/status';
const OEE = 'plant/a/l1/oee';
const nothing = (): void => {};

const asked = (socket: ScriptedSocket) => socket.all('subscribe').map(({ filters, rate }) => [filters, rate]);

function refuse(socket: ScriptedSocket): void {
  const { id } = socket.last('subscribe');
  const message = 'streams and critical topics are not sent at a lower rate: plant/a/l1/events';
  socket.push({ type: 'error', id, code: 113, name: 'rateRefused', message, temporary: false });
}

describe('rates', () => {
  it('P1: a store asks for its rate, filters of one rate in one request', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(STATUS, { rate: 2 }).subscribe(nothing);
    client.records('plant/+/+/oee').subscribe(nothing);
    client.signals('plant/+/+/+/telemetry/#', { rate: 2 }).subscribe(nothing);
    client.collection('plant/a/l1/downtime', { rate: 5 }).subscribe(nothing);
    await settlePromises();
    expect(asked(socket)).toEqual([
      [['plant/+/+/oee'], undefined],
      [['plant/a/l1/downtime'], 5],
      [[STATUS, 'plant/+/+/+/telemetry/#'], 2],
    ]);
  });

  it('P4: listeners with different rates share one subscription at the fastest', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(STATUS, { rate: 1 }).subscribe(nothing);
    await settlePromises();
    serve(socket, [snapshot(STATUS, 5, { state: 'running' })]);
    const stop = client.record(STATUS, { rate: 10 }).subscribe(nothing);
    await settlePromises();
    expect(asked(socket)).toEqual([
      [[STATUS], 1],
      [[STATUS], 10],
    ]);
    expect(socket.last('subscribe').resume).toBeUndefined();
    // Nothing is lost or in doubt meanwhile.
    expect(client.record(STATUS).get()).toMatchObject({ freshness: 'live', value: { state: 'running' } });
    serve(socket, []);
    expect(client.record(STATUS).get()).toMatchObject({ freshness: 'live', value: { state: 'running' } });
    client.record(STATUS, { rate: 5 }).subscribe(nothing);
    await stage.clock.advanceSettled(5_000);
    expect(socket.all('subscribe')).toHaveLength(2);
    stop();
    await stage.clock.advanceSettled(1_900);
    expect(socket.all('subscribe')).toHaveLength(2);
    await stage.clock.advanceSettled(200);
    expect(asked(socket).slice(2)).toEqual([[[STATUS], 5]]);
    expect(socket.all('unsubscribe')).toEqual([]);
  });

  it('a screen that replaces a faster one slows down later, and one as fast changes nothing', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const stop = client.record(STATUS).subscribe(nothing);
    await settlePromises();
    serve(socket, [snapshot(STATUS, 5, { state: 'running' })]);
    stop();
    const stopSlow = client.record(STATUS, { rate: 1 }).subscribe(nothing);
    const stopFast = client.record(STATUS).subscribe(nothing);
    await stage.clock.advanceSettled(5_000);
    expect(asked(socket)).toEqual([[[STATUS], undefined]]);
    stopFast();
    await stage.clock.advanceSettled(5_000);
    expect(asked(socket).slice(1)).toEqual([[[STATUS], 1]]);
    stopSlow();
    await stage.clock.advanceSettled(5_000);
    expect(socket.last('unsubscribe').filters).toEqual([STATUS]);
  });

  it('a rate wanted while the first request is under way is asked for when that is done', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(STATUS, { rate: 1 }).subscribe(nothing);
    await settlePromises();
    client.record(STATUS).subscribe(nothing);
    await settlePromises();
    expect(asked(socket)).toEqual([[[STATUS], 1]]);
    serve(socket, [snapshot(STATUS, 5, {})]);
    await settlePromises();
    expect(asked(socket).slice(1)).toEqual([[[STATUS], undefined]]);
  });

  it('P2: what is refused together is tried alone, and what is refused alone goes without a rate', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(STATUS, { rate: 2 }).subscribe(nothing);
    client.collections('plant/a/#', { rate: 2 }).subscribe(nothing);
    await settlePromises();
    refuse(socket);
    await settlePromises();
    expect(asked(socket).slice(1)).toEqual([
      [[STATUS], 2],
      [['plant/a/#'], 2],
    ]);
    refuse(socket);
    await settlePromises();
    expect(asked(socket).slice(3)).toEqual([[['plant/a/#'], undefined]]);
    serve(socket, []);
    await stage.clock.advanceSettled(10_000);
    expect(socket.all('subscribe')).toHaveLength(4);
  });

  it('P4: a refused change of a rate leaves the subscription in force', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    const stop = client.record(STATUS).subscribe(nothing);
    client.record(STATUS, { rate: 1 }).subscribe(nothing);
    await settlePromises();
    serve(socket, [snapshot(STATUS, 5, { state: 'running' })]);
    stop();
    await stage.clock.advanceSettled(3_000);
    expect(socket.last('subscribe').rate).toBe(1);
    refuse(socket);
    await settlePromises();
    expect(socket.last('subscribe').rate).toBeUndefined();
    serve(socket, []);
    await stage.clock.advanceSettled(10_000);
    expect(socket.all('subscribe')).toHaveLength(3);
    expect(client.record(STATUS).get()).toMatchObject({ freshness: 'live', value: { state: 'running' } });
  });

  it('P5, S2: a mark that an earlier request was told covers what a change begins after', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(OEE).subscribe(nothing);
    await settlePromises();
    serve(socket, [snapshot(OEE, 40, {}, { lane: 'normal' })], { marks: [mark(50)] });
    client.record(STATUS, { rate: 2 }).subscribe(nothing);
    await settlePromises();
    // The mark is not told again, and the flow of the rate stands there.
    serve(socket, [snapshot(STATUS, 47, { count: 1 })]);
    socket.push({ type: 'delta', topic: STATUS, from: 50, to: 60, at: 1, set: { count: 2 }, merged: 3 });
    expect(client.record(STATUS).get()).toMatchObject({ freshness: 'live', value: { count: 2 } });
    socket.push({ type: 'delta', topic: STATUS, from: 61, to: 62, at: 1 });
    expect(client.state().reason.code).toBe('gapFound');
  });

  it('R2, P4: resumes every rate from the same marks', async () => {
    const { client, ...stage } = createStage();
    const socket = await stage.live();
    client.record(STATUS, { rate: 2 }).subscribe(nothing);
    client.record(OEE).subscribe(nothing);
    await settlePromises();
    const [first, second] = socket.all('subscribe');
    for (const request of [first, second]) {
      if (request === undefined) throw new Error('two requests were to be sent');
      const [topic] = request.filters;
      socket.push(
        {
          type: 'subscribed',
          id: request.id,
          filters: request.filters,
          wasRecovering: false,
          recovered: false,
          marks: [],
        },
        snapshot(topic ?? '', 5, { a: 1 }),
        { type: 'synced', id: request.id },
      );
    }
    socket.push({ type: 'mark', ...mark(9) });
    socket.drop();
    await stage.clock.advanceSettled(1_100);
    await stage.socket().accept();
    const resumed = stage.socket().all('subscribe');
    expect(resumed.map(({ filters, rate }) => [filters, rate])).toEqual([
      [[OEE], undefined],
      [[STATUS], 2],
    ]);
    for (const { resume } of resumed) expect(resume).toMatchObject({ marks: [mark(9)], topics: {} });
  });
});
