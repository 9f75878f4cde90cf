// @vitest-environment happy-dom
import { act, cleanup } from '@testing-library/react';
import type { CallDocument } from '@ms5/client';
import type { Json, ServerMessage } from '@ms5/wire';
import type { ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { createScreen, snapshot, type Screen } from '../../test-support/screen.tsx';
import {
  compareCalls,
  useAndonEvents,
  useDashboardWebSocket,
  useEnhancedWebSocket,
  useEquipmentWebSocket,
  useProductionWebSocket,
  useQualityWebSocket,
  useRealTimeProductionData,
  useWebSocket,
  worstFreshness,
} from './index.ts';

afterEach(cleanup);

/** What a hook gives, as its component renders. */
async function showHook<T>(use: () => T): Promise<Screen & { readonly result: () => T }> {
  const screen = await createScreen();
  const results: T[] = [];
  function Probe(): ReactNode {
    results.push(use());
    return null;
  }
  await screen.show(<Probe />);
  return {
    ...screen,
    result() {
      const newest = results.at(-1);
      if (newest === undefined) throw new Error('nothing was rendered');
      return newest;
    },
  };
}

const call = (id: string, more: Partial<CallDocument> = {}): CallDocument => ({
  id,
  line: 'a/l1',
  type: 'material',
  priority: 'medium',
  status: 'raised',
  raisedBy: 'anna',
  raisedAt: 100,
  receivedAt: 101,
  ...more,
});
const andon = (line: string, ...calls: readonly CallDocument[]): ServerMessage =>
  snapshot(
    `plant/${line}/andon`,
    1,
    Object.fromEntries(calls.map((document) => [document.id, document as unknown as Json])),
    { kind: 'collection', lane: 'critical' },
  );

const figures = (line: string, good: number): readonly ServerMessage[] => [
  snapshot(`plant/${line}/production`, 1, { counts: { produced: good + 2, good, scrap: 2, rework: 0 } }),
  snapshot(`plant/${line}/oee`, 1, { quality: { value: 0.9 }, oee: { value: 0.7, worst: 0.6, best: 0.8 } }),
];
const status = (line: string, name: string): ServerMessage =>
  snapshot(`plant/${line}/status`, 1, { state: { name, since: 5 } });

it('useWebSocket gives the connection, what waits, and a way to send', async () => {
  const { result, socket, push } = await showHook(useWebSocket);
  expect(result()).toMatchObject({ isLive: true, pending: [] });
  const outcome = result().command('enterCount', { line: 'a/l1', good: 1 });
  await push();
  expect(result().pending).toHaveLength(1);
  await push({ type: 'outcome', id: socket.last('command').id, status: 'applied' });
  await expect(outcome).resolves.toMatchObject({ status: 'applied' });
});

it('useEnhancedWebSocket adds statistics and health', async () => {
  const { result, socket, push } = await showHook(useEnhancedWebSocket);
  expect(result()).toMatchObject({
    statistics: { reconnects: 0, messagesReceived: 1 },
    health: { score: 1, band: 'excellent' },
  });
  socket.drop();
  await push();
  expect(result().health).toEqual({ score: 0, band: 'critical' });
});

it('useRealTimeProductionData is as old as the oldest of its parts', async () => {
  const { result, serve, push } = await showHook(() => useRealTimeProductionData('plant', 'a/l1'));
  expect(result().freshness).toBe('recovering');
  await serve(...figures('a/l1', 40), status('a/l1', 'running'));
  expect(result()).toMatchObject({
    status: { state: { name: 'running' } },
    production: { counts: { good: 40 } },
    oee: { oee: { value: 0.7 } },
    freshness: 'live',
  });
  await push({ type: 'gone', topic: 'plant/a/l1/oee', reason: 'removed' });
  expect(result().freshness).toBe('lost');
});

it('useAndonEvents shows the most urgent first and acts', async () => {
  const { result, serve, socket } = await showHook(() => useAndonEvents('plant'));
  await serve(
    andon('a/l1', call('old'), call('acknowledged', { status: 'acknowledged', priority: 'critical' })),
    andon(
      'a/l2',
      call('critical', { priority: 'critical', raisedAt: 200 }),
      call('done', { status: 'resolved' }),
    ),
  );
  expect(result().open.map(({ id }) => id)).toEqual(['critical', 'old', 'acknowledged']);
  expect(result().closed.map(({ id }) => id)).toEqual(['done']);
  expect(result().freshness).toBe('live');
  const acts = [
    () => result().raise({ line: 'a/l1', callType: 'safety', priority: 'critical' }),
    () => result().acknowledge('critical'),
    () => result().resolve('critical', 'refilled'),
    () => result().cancel('old'),
  ];
  for (const give of acts) {
    const outcome = give();
    await act(async () => {
      await Promise.resolve();
    });
    await vi.waitFor(() => expect(socket.all('command')).toHaveLength(acts.indexOf(give) + 1), {
      timeout: 10_000,
    });
    socket.push({ type: 'outcome', id: socket.last('command').id, status: 'applied' });
    await outcome;
  }
  expect(socket.all('command').map(({ command, data }) => [command, data])).toEqual([
    ['raiseCall', { line: 'a/l1', callType: 'safety', priority: 'critical' }],
    ['acknowledgeCall', { callId: 'critical' }],
    ['resolveCall', { callId: 'critical', note: 'refilled' }],
    ['cancelCall', { callId: 'old' }],
  ]);
});

it('useAndonEvents of one line asks for that line only', async () => {
  const { socket } = await showHook(() => useAndonEvents('plant', 'a/l1'));
  expect(socket.last('subscribe').filters).toEqual(['plant/a/l1/andon']);
});

it('useProductionWebSocket lists every line', async () => {
  const { result, serve } = await showHook(() => useProductionWebSocket('plant'));
  expect(result()).toEqual([]);
  await serve(...figures('b/l2', 20), ...figures('a/l1', 10));
  expect(result().map(({ line, production, freshness }) => [line, production.counts, freshness])).toEqual([
    ['a/l1', { produced: 12, good: 10, scrap: 2, rework: 0 }, 'live'],
    ['b/l2', { produced: 22, good: 20, scrap: 2, rework: 0 }, 'live'],
  ]);
});

it('useEquipmentWebSocket gives status and telemetry by name', async () => {
  const { result, serve } = await showHook(() => useEquipmentWebSocket('plant', 'a/l1', 'm1'));
  await serve(snapshot('plant/a/l1/m1/status', 1, { state: { name: 'idle', since: 1 } }), {
    type: 'signal',
    topic: 'plant/a/l1/m1/telemetry/load',
    epoch: 's',
    offset: 1,
    at: 9,
    value: 42,
  });
  expect(result().status.value.state?.name).toBe('idle');
  expect([...result().telemetry]).toEqual([['load', { value: 42, at: 9 }]]);
});

it('useQualityWebSocket gives counts, the ratio, and events to whom wants them', async () => {
  const seen: unknown[] = [];
  const { result, serve, push, socket } = await showHook(() =>
    useQualityWebSocket('plant', 'a/l1', ({ data }) => seen.push(data)),
  );
  expect(socket.last('subscribe').filters).toContain('plant/a/l1/quality');
  const quality = 'plant/a/l1/quality';
  await serve(...figures('a/l1', 40), snapshot(quality, 1, {}, { kind: 'stream' }));
  await push({ type: 'entries', topic: quality, from: 1, to: 2, entries: [{ offset: 2, at: 2, data: 'e' }] });
  expect(result()).toEqual({
    counts: { produced: 42, good: 40, scrap: 2, rework: 0 },
    ratio: 0.9,
    freshness: 'live',
  });
  expect(seen).toEqual(['e']);
});

it('useDashboardWebSocket brings it all together', async () => {
  const { result, serve } = await showHook(() => useDashboardWebSocket('plant'));
  await serve(
    status('a/l1', 'running'),
    status('a/l2', 'stopped'),
    ...figures('a/l1', 5),
    andon('a/l1', call('c')),
  );
  expect(result()).toMatchObject({
    socket: { isLive: true },
    andon: { open: [{ id: 'c' }], freshness: 'live' },
    lines: [
      { line: 'a/l1', status: { state: { name: 'running' } }, freshness: 'live' },
      { line: 'a/l2', status: { state: { name: 'stopped' } }, production: {}, freshness: 'lost' },
    ],
  });
});

it('orders calls by need, urgency and age', () => {
  const calls = [
    call('d', { raisedAt: 1, status: 'acknowledged', priority: 'critical' }),
    call('c', { raisedAt: 2 }),
    call('b', { raisedAt: 1 }),
    call('a', { raisedAt: 9, priority: 'high' }),
  ];
  expect(calls.sort(compareCalls).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

it('takes the worst freshness', () => {
  expect(worstFreshness(['live', 'stale', 'recovering'])).toBe('stale');
  expect(worstFreshness([])).toBe('lost');
});
