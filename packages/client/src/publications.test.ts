import { describe, expect, it } from 'vitest';
import { createStage, settle } from '../test-support/scripted-server.ts';

describe('publications', () => {
  it('are answered with the offset, and a repeated key is told', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const first = stage.client.publish('app/press/note', { text: 'hot' }, { key: 'n1' });
    const { id, ...message } = socket.last('publish');
    expect(message).toEqual({ type: 'publish', topic: 'app/press/note', data: { text: 'hot' }, key: 'n1' });
    socket.push({ type: 'published', id, offset: 12, duplicate: true });
    await expect(first).resolves.toEqual({ status: 'published', offset: 12, isDuplicate: true });
  });

  it('without a connection are refused', async () => {
    const { client } = createStage();
    await expect(client.publish('app/x', 1)).resolves.toEqual({ status: 'rejected', reason: 'offline' });
  });

  it('with a key are sent again after a reconnect; without one nobody knows', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const keyed = stage.client.publish('app/x', 1, { key: 'k' });
    const bare = stage.client.publish('app/x', 2);
    socket.drop();
    await expect(bare).resolves.toEqual({ status: 'unknown', reason: 'connectionLost' });
    await stage.clock.advanceSettled(21_000);
    const next = stage.socket();
    await next.accept('anna');
    expect(next.all('publish').map(({ data }) => data)).toEqual([1]);
    next.push({ type: 'published', id: next.last('publish').id, offset: 3 });
    await expect(keyed).resolves.toEqual({ status: 'published', offset: 3, isDuplicate: false });
  });

  it('are refused by the server for good, or tried again when it says so', async () => {
    const stage = createStage();
    const socket = await stage.live();
    const error = { type: 'error', code: 1, message: 'm' } as const;
    const refused = stage.client.publish('other/x', 1);
    const { id } = socket.last('publish');
    socket.push({ ...error, id, name: 'forbidden', temporary: false });
    await expect(refused).resolves.toMatchObject({ status: 'rejected', reason: 'forbidden' });
    const later = stage.client.publish('app/x', 1, { key: 'k' });
    const busy = { ...error, name: 'publishFailed', temporary: true, retryAfterMs: 700 };
    socket.push({ ...busy, id: socket.last('publish').id });
    await stage.clock.advanceSettled(699);
    expect(socket.all('publish')).toHaveLength(2);
    await stage.clock.advanceSettled(1);
    expect(socket.all('publish')).toHaveLength(3);
    stage.client.close();
    await expect(later).resolves.toEqual({ status: 'unknown', reason: 'closed' });
    await settle();
  });

  it('displayed-receipts name what is held, and nothing that is not', async () => {
    const stage = createStage();
    const socket = await stage.live();
    stage.client.displayed('s/l/andon', 'c1');
    expect(socket.all('displayed')).toEqual([]);
    stage.client.collection('s/l/andon').subscribe(() => {});
    await settle();
    socket.push({
      type: 'snapshot',
      topic: 's/l/andon',
      kind: 'collection',
      lane: 'critical',
      log: 's',
      epoch: 'e',
      offset: 9,
      at: 1,
      begin: true,
      end: true,
      set: { c1: { status: 'open' } },
    });
    stage.client.displayed('s/l/andon', 'c1');
    expect(socket.last('displayed')).toEqual({
      type: 'displayed',
      topic: 's/l/andon',
      key: 'c1',
      offset: 9,
    });
  });
});
