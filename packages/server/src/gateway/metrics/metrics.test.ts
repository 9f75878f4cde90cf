import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../../test/support/until.ts';
import { startTestServer, type TestServer } from '../../../test-support/gateway-server.ts';
import { openEnhanced } from '../../../test-support/json-socket.ts';
import { parsePrometheus, type PrometheusFamily } from '../../../test-support/prometheus-text.ts';
import { METRICS } from './metric-names.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.remove());

async function scrape(): Promise<ReadonlyMap<string, PrometheusFamily>> {
  const response = await server.request('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const families = parsePrometheus(await response.text());
  return new Map(families.map((family) => [family.name, family]));
}

test('the page holds the metrics of the one file, and they are named as Prometheus wants', async () => {
  const families = await scrape();
  const specs = Object.values(METRICS);
  expect([...families.keys()].toSorted()).toEqual(specs.map(({ name }) => name).toSorted());
  for (const { name, type, help } of specs) {
    expect(families.get(name)).toMatchObject({ type, help });
    expect(name).toMatch(/^ms5_[a-z0-9_]+$/);
    expect(name).not.toMatch(/_(ms|millis\w*|kb|mb|percent)(_|$)/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
  }
});

test('histograms are cumulative, and their counts agree', async () => {
  const client = await openEnhanced(server.webSocketUrl, await server.token('viewer'), 'wall');
  client.send({ type: 'subscribe', id: 1, filters: ['works/#', 'system/health'] });
  await client.next('synced', ({ type }) => type === 'synced');
  const families = await scrape();
  for (const { name, type } of Object.values(METRICS)) {
    if (type !== 'histogram') continue;
    const { samples = [] } = families.get(name) ?? {};
    for (const count of samples.filter((sample) => sample.name === `${name}_count`)) {
      const same = samples.filter(
        (sample) => sample.name === `${name}_bucket` && sample.labels['lane'] === count.labels['lane'],
      );
      const values = same.map(({ value }) => value);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(same.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: count.value });
    }
  }
  const commits = families.get('ms5_log_commit_seconds')?.samples ?? [];
  expect(commits[0]?.labels['le']).toBe('0.0005');
  const handed = families.get('ms5_delivery_handed_seconds')?.samples ?? [];
  const lanes = handed.filter(({ name }) => name.endsWith('_count')).map(({ labels }) => labels['lane']);
  expect(lanes).toEqual(['critical', 'high', 'normal', 'low']);
  const value = (name: string): number => families.get(name)?.samples[0]?.value ?? Number.NaN;
  expect(value('ms5_sessions_opened_total')).toBe(1);
  expect(value('ms5_connections')).toBe(1);
  expect(value('ms5_sent_messages_total')).toBeGreaterThan(1);
  expect(value('ms5_memory_bytes')).toBeGreaterThan(10_000_000);
  client.socket.terminate();
});

test('programs on this machine need no token; through a proxy one is needed that may read system/#', async () => {
  const headers = { 'x-forwarded-for': '192.0.2.7' };
  const ask = async (token?: string): Promise<number> =>
    (await server.request('/metrics', { headers, ...(token === undefined ? {} : { token }) })).status;
  expect(await ask()).toBe(401);
  expect(await ask(await server.token('viewer'))).toBe(403);
  expect(await ask(await server.token('engineer'))).toBe(200);
  const families = await scrape();
  const refused = families.get('ms5_http_problems_total')?.samples ?? [];
  expect(refused.find(({ labels }) => labels['code'] === 'tokenMissing')?.value).toBe(1);
});

test('what was counted in buckets is on the page', async () => {
  const committed = await until('commits counted', async () => {
    const { samples = [] } = (await scrape()).get('ms5_log_commit_seconds') ?? {};
    const count = samples.find(({ name }) => name.endsWith('_count'))?.value ?? 0;
    return count > 0 ? samples : undefined;
  });
  const sum = committed.find(({ name }) => name.endsWith('_sum'))?.value ?? 0;
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan(60);
});
