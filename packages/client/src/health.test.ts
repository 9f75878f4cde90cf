import { expect, it } from 'vitest';
import { createStage } from '../test-support/scripted-server.ts';
import { connectionHealth } from './health.ts';

const HOUR_MS = 3_600_000;

it.each([
  [0, 0, 0, 1, 'excellent'],
  [50, 0, 0, 0.94, 'excellent'],
  [400, 0, 0, 0.71, 'fair'],
  [0, 1, 0, 0.86, 'good'],
  [0, 6, 60_000, 0.5, 'fair'],
  [0, 6, 6 * HOUR_MS, 0.86, 'good'],
  [400, 12, HOUR_MS, 0.24, 'critical'],
  [200, 8, HOUR_MS, 0.35, 'poor'],
] as const)(
  'of a round trip of %i ms and %i reconnects in %i ms',
  async (roundTripMs, reconnects, watchedMs, score, band) => {
    const { client, ...stage } = createStage();
    await stage.live();
    const statistics = { ...client.statistics(), roundTripMs, reconnects, watchedMs };
    const health = connectionHealth(client.state(), statistics);
    expect(health.score).toBeCloseTo(score, 2);
    expect(health.band).toBe(band);
  },
);

it('is nothing without a connection', () => {
  const { client } = createStage();
  expect(connectionHealth(client.state(), client.statistics())).toEqual({ score: 0, band: 'critical' });
});
