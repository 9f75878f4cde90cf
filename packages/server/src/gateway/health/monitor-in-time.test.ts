import { createHub } from '@ms5/hub';
import { change, createHubHarness, type HarnessParts } from '@ms5/testkit';
import type { ProcessFigures } from '@ms5/wire/factory';
import { expect, test } from 'vitest';
import type { HistoryFigures } from '../../history/history-port.ts';
import type { PluginFigures } from '../../plugins/figures.ts';
import { DEFAULT_HEALTH } from './health-settings.ts';
import { startHealthMonitor, type HealthMonitor } from './monitor.ts';

const CALM: ProcessFigures = {
  eventLoopDelayP50Ms: 0,
  eventLoopDelayP99Ms: 1,
  eventLoopDelayMaxMs: 2,
  rssBytes: 100_000_000,
  heapUsedBytes: 50_000_000,
  externalBytes: 1_000_000,
  memoryShare: 0.1,
};

/** A hub with its monitor under virtual time; what the process measures is given by the test. */
function start() {
  const harness = createHubHarness((parts: HarnessParts) => createHub({ ...parts, version: 'test' }));
  const load = {
    process: CALM,
    refusedOverHttp: 0,
    plugins: [] as readonly PluginFigures[],
    history: null as HistoryFigures | null,
  };
  const monitor: HealthMonitor = startHealthMonitor({
    hub: harness.hub,
    clock: harness.clock,
    probe: { read: () => load.process, cpu: () => ({ user: 0, system: 0 }), close() {} },
    settings: DEFAULT_HEALTH,
    version: 'test',
    offset: 0,
    plugins: () => load.plugins,
    refusedOverHttp: () => load.refusedOverHttp,
    historyFigures: () => load.history,
    log() {},
  });
  const raised = (): readonly string[] => monitor.alerts().map(({ rule }) => rule);
  return { ...harness, monitor, load, raised };
}

const kilobytes = (count: number): string => 'x'.repeat(count * 1_024);

test('G8: sessions closed for a critical change they did not take are told by an alert, for a minute', async () => {
  const { join, publish, pass, raised, monitor } = start();
  const { pair } = await join('ann', { filters: ['s/#'], acknowledges: false });
  for (let index = 0; index < 40; index += 1)
    publish(change.collection('s/l/andon', { [`c${index}`]: { note: kilobytes(1) } }, [], 'critical'));
  await pass(14_000);
  expect(raised()).toEqual([]);
  await pass(4_000);
  expect(pair.isOpen()).toBe(false);
  expect(raised()).toEqual(['criticalStalls']);
  expect(monitor.alerts()[0]?.message).toContain('1 session(s) were closed');
  await pass(62_000);
  expect(raised()).toEqual([]);
  expect(monitor.alertCounts()).toMatchObject({
    raised: { criticalStalls: 1 },
    cleared: { criticalStalls: 1 },
  });
});

test('G4, G6: load takes the levels, is told at once and as an alert, and passes', async () => {
  const { join, raw, pass, load, monitor, raised } = start();
  const { client } = await join('ann', { filters: ['system/health', 'system/alerts'] });
  load.process = { ...CALM, eventLoopDelayP99Ms: 300 };
  await pass(8_000);
  expect(monitor.current().degradation).toMatchObject({ level: 2, reason: 'event loop delayed by 300 ms' });
  expect(raised()).toEqual(['eventLoopDelay', 'degradation']);
  const health = client.topics.get('system/health');
  expect(health?.values.get('degradation')).toMatchObject({ level: 2 });
  load.process = { ...CALM, memoryShare: 0.99 };
  await pass(4_000);
  expect(monitor.current().degradation).toMatchObject({ level: 3, reason: '99 % of the memory in use' });
  const refused = raw('ms5.v1.json');
  await pass(1_000);
  expect(refused.closed()?.code).toBe(4004);
  load.process = CALM;
  await pass(60_000);
  expect(monitor.current().degradation).toMatchObject({ level: 0, reason: '' });
  expect(raised()).toEqual([]);
  await join('bob');
});

test('G7: cleared alerts stay for an hour; raised again, an alert is a new one', async () => {
  const { join, pass, load } = start();
  const { client } = await join('ann', { filters: ['system/alerts'] });
  const ids = (): readonly string[] => [...(client.topics.get('system/alerts')?.values.keys() ?? [])];
  for (let turn = 0; turn < 2; turn += 1) {
    load.refusedOverHttp += 60;
    await pass(2_000);
    await pass(120_000);
  }
  expect(ids()).toHaveLength(2);
  expect(ids().every((id) => id.startsWith('refusedTokens@'))).toBe(true);
  await pass(3_700_000);
  expect(ids()).toEqual([]);
}, 30_000);

test('G7: a failing plugin has an alert of its own; one that is gone has none', async () => {
  const { pass, load, monitor } = start();
  const plugin = (name: string, restarts: number): PluginFigures => ({
    plugin: name,
    state: 'running',
    restarts,
    pending: 0,
    logLinesDropped: 0,
    hooks: [],
  });
  load.plugins = [plugin('guard', 1), plugin('webhook', 7)];
  await pass(2_000);
  expect(monitor.alerts()).toMatchObject([{ rule: 'pluginFailing', value: 7 }]);
  expect(monitor.alerts()[0]?.id).toContain('pluginFailing/webhook@');
  load.plugins = [plugin('guard', 1)];
  await pass(1_000);
  expect(monitor.alerts()).toEqual([]);
});

test('what nobody measures is no alert, and the figures are kept', async () => {
  const { pass, monitor, raised, clock } = start();
  await pass(65_000);
  expect(raised()).toEqual([]);
  expect(monitor.current()).toMatchObject({ condition: { score: 1, band: 'excellent', reasons: [] } });
  const { samples } = monitor.history(clock.now() - 60_000, clock.now(), 10_000);
  expect(samples).toHaveLength(6);
  expect(monitor.hasDiskSpace()).toBe(true);
});

test('the condition names what lowers it, worst first', async () => {
  const { pass, monitor, load, clock } = start();
  const disk = { databaseBytes: 1, freeBytes: 100 * 1024 ** 2 };
  const queues = {
    queuedCommands: 0,
    queuedPublications: 0,
    queuedObservations: 0,
    queuedBodyBytes: 0,
    pendingMs: 0,
  };
  load.process = { ...CALM, memoryShare: 0.9 };
  monitor.setConnectors([{ id: 'mill', kind: 'shdr', status: 'lost', since: 0, rejectedLines: 0 }]);
  for (let second = 0; second < 10; second += 1) {
    monitor.setEngine({ at: clock.now(), ...queues, commitMs: [1, 40], busyShare: 0.1, ...disk });
    await pass(1_000);
  }
  const { score, reasons } = monitor.current().condition;
  expect(score).toBeLessThan(0.25);
  expect(reasons).toEqual([
    '90 % of the memory in use',
    '100 MiB of disk left',
    '1 of 1 connectors down',
    'degradation level 2',
    'commits take 40 ms',
  ]);
});

test('history that stays behind is told by an alert, and weighs in the score, until it has caught up', async () => {
  const { pass, load, monitor, raised } = start();
  const figures = { position: 10, databaseBytes: null };
  load.history = { ...figures, behind: 90, behindMs: 59_000 };
  await pass(20_000);
  expect(raised()).toEqual([]);
  expect(monitor.current()).toMatchObject({ storage: { historyBehind: 90 }, condition: { score: 1 } });
  load.history = { ...figures, behind: 9_000, behindMs: 3_600_000 };
  await pass(5_000);
  expect(raised()).toEqual([]);
  await pass(15_000);
  expect(raised()).toEqual(['historyBehind']);
  expect(monitor.alerts()[0]?.message).toContain('History is 3,600 s behind the log');
  expect(monitor.current().condition.reasons).toEqual(['history is 3600 s behind']);
  // Not yet on the good side of the lower threshold.
  load.history = { ...figures, behind: 30, behindMs: 20_000 };
  await pass(60_000);
  expect(raised()).toEqual(['historyBehind']);
  load.history = { ...figures, behind: 0, behindMs: 0 };
  await pass(45_000);
  expect(raised()).toEqual([]);
  expect(monitor.current().condition).toMatchObject({ score: 1, reasons: [] });
});
