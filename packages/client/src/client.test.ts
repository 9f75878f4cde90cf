import { settlePromises } from '@ms5/testkit';
import { describe, expect, it } from 'vitest';
import { createStage, mark, snapshot } from '../test-support/scripted-server.ts';

const TOPIC = 'plant/a/l1/status';

async function withRecord() {
  const stage = createStage();
  const socket = await stage.live();
  const store = stage.client.record<{ state: string; product: string }>(TOPIC);
  let calls = 0;
  const stop = store.subscribe(() => {
    calls += 1;
  });
  await settlePromises();
  return { ...stage, first: socket, store, stop, calls: () => calls };
}

describe('record', () => {
  it('is asked for once, filled by its snapshot and changed by deltas', async () => {
    const { first, store, calls } = await withRecord();
    const request = first.last('subscribe');
    expect(request).toEqual({ type: 'subscribe', id: request.id, filters: [TOPIC] });
    expect(store.get()).toMatchObject({ freshness: 'recovering', value: {}, at: null });

    first.push(
      {
        type: 'subscribed',
        id: request.id,
        filters: [TOPIC],
        wasRecovering: false,
        recovered: false,
        marks: [mark(5)],
      },
      snapshot(TOPIC, 5, { state: 'running', product: 'p1' }),
      { type: 'synced', id: request.id },
    );
    expect(calls()).toBe(1);
    expect(store.get()).toMatchObject({
      freshness: 'live',
      value: { state: 'running', product: 'p1' },
      position: { epoch: 'e1', offset: 5 },
      at: 1_000,
      lane: 'high',
    });

    const before = store.get();
    first.push({ type: 'delta', topic: TOPIC, from: 5, to: 9, at: 2_000, set: { state: 'stopped' } });
    expect(calls()).toBe(2);
    expect(store.get()).not.toBe(before);
    expect(store.get()).toMatchObject({ value: { state: 'stopped', product: 'p1' }, at: 2_000 });
    expect(store.get()).toBe(store.get());
  });

  it('goes stale at once when the socket is lost and continues from its marks', async () => {
    const { first, store, clock, socket } = await withRecord();
    const { id } = first.last('subscribe');
    first.push(
      { type: 'subscribed', id, filters: [TOPIC], wasRecovering: false, recovered: false, marks: [mark(5)] },
      snapshot(TOPIC, 5, { state: 'running', product: 'p1' }),
      { type: 'synced', id },
      { type: 'mark', ...mark(20) },
    );
    first.drop();
    expect(store.get()).toMatchObject({ freshness: 'stale', value: { state: 'running' } });

    await clock.advanceSettled(1_000);
    const second = socket();
    expect(second).not.toBe(first);
    await second.accept();
    expect(store.get().freshness).toBe('recovering');
    const again = second.last('subscribe');
    expect(again.resume).toEqual({ marks: [mark(20)], topics: {} });

    second.push(
      {
        type: 'subscribed',
        id: again.id,
        filters: [TOPIC],
        wasRecovering: true,
        recovered: true,
        marks: [mark(22)],
      },
      { type: 'delta', topic: TOPIC, from: 20, to: 22, at: 3_000, set: { state: 'idle' } },
      { type: 'synced', id: again.id },
    );
    expect(store.get()).toMatchObject({ freshness: 'live', value: { state: 'idle', product: 'p1' } });
  });
});

describe('command', () => {
  it('resolves with its outcome', async () => {
    const { client, first } = await withRecord();
    const outcome = client.command('raiseCall', { line: 'a/l1' });
    await settlePromises();
    const sent = first.last('command');
    expect(sent).toMatchObject({ command: 'raiseCall', data: { line: 'a/l1' }, key: { counter: 1 } });
    expect(client.pending()).toMatchObject([{ status: 'sent', author: 'anna' }]);
    first.push({ type: 'outcome', id: sent.id, status: 'applied', offset: 30, data: { callId: 'c1' } });
    await expect(outcome).resolves.toEqual({ status: 'applied', offset: 30, data: { callId: 'c1' } });
    expect(client.pending()).toEqual([]);
  });
});
