import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlayer, parseRecording, systemClock, type Player } from '@ms5/simulator';
import type { EquipmentTimeline } from '@ms5/wire/factory';
import { afterEach, describe, expect, test } from 'vitest';
import { ms5, startServer, type RunningServer } from './support/ms5-process.ts';
import { repositoryPath } from './support/paths.ts';
import { temporaryDirectory, writePlant } from './support/plant.ts';
import { until } from './support/until.ts';

// The recording holds four segments out of time order; by event time there are four program cycles, a part in each,
// and a fifth (1 -> 2) made in the stretch 13:58-14:21 in which nothing was heard.

const recordingFile = repositoryPath('recordings/okuma_shdr_2022-08-08.txt');
const EQUIPMENT = 'machining/mill-turn/okuma';
const FROM = '2022-08-08T13:00:00Z';
const TO = '2022-08-08T15:00:00Z';

let server: RunningServer | undefined;
let player: Player | undefined;
let directory = '';
afterEach(async () => {
  await player?.close();
  await server?.stop();
  if (directory !== '') await rm(directory, { recursive: true, force: true });
});

interface Replayed {
  readonly cycles: readonly unknown[];
  readonly parts: {
    readonly inCycles: number;
    readonly unobserved: readonly { readonly produced: number }[];
  };
  readonly executionMs: Readonly<Record<string, number>>;
}

function activeSeconds(timeline: EquipmentTimeline): number {
  return timeline.intervals
    .filter((interval) => interval.raw === 'ACTIVE' && interval.state === 'running')
    .reduce((sum, interval) => sum + (interval.to - interval.from) / 1000, 0);
}

function expectFound(timeline: EquipmentTimeline): void {
  const cycles = timeline.intervals.filter((interval) => interval.state === 'running');
  expect(cycles).toHaveLength(4);
  expect(Math.abs(activeSeconds(timeline) - 1357.4)).toBeLessThanOrEqual(0.1);
  expect(timeline.parts.filter((part) => part.observed).map((part) => part.produced)).toEqual([1, 1, 1, 1]);
  const unobserved = timeline.parts.filter((part) => !part.observed);
  expect(unobserved.map((part) => part.produced)).toEqual([1]);
  const minute = (ms: number | undefined): string => new Date(ms ?? 0).toISOString().slice(11, 16);
  expect([minute(unobserved[0]?.since), minute(unobserved[0]?.at)]).toEqual(['13:58', '14:21']);
  expect(timeline.unobserved.some((gap) => minute(gap.from) === '13:58' && minute(gap.to) === '14:21')).toBe(
    true,
  );
}

describe('the recorded Okuma', () => {
  test('replayed from its file', async () => {
    const result = await ms5(['replay', recordingFile, '--json']);
    expect(result.stderr).toBe('');
    const { summary: found } = JSON.parse(result.stdout) as { summary: Replayed };
    expect(found.cycles).toHaveLength(4);
    expect(found.parts.inCycles).toBe(4);
    expect(found.parts.unobserved.map((part) => part.produced)).toEqual([1]);
    expect(Math.abs((found.executionMs['ACTIVE'] ?? 0) - 1_357_400)).toBeLessThanOrEqual(100);
  });

  test('played over TCP at speed 60 into a running server', { timeout: 120_000 }, async () => {
    directory = await temporaryDirectory('okuma');
    const recording = parseRecording(await readFile(recordingFile, 'utf8'));
    player = await createPlayer({ recording, clock: systemClock, speed: 60, maxGapMs: 5_000 });
    const plant = await readFile(repositoryPath('plants/okuma.yaml'), 'utf8');
    const plantFile = await writePlant(
      directory,
      plant.replace('endpoint: 127.0.0.1:7878', `endpoint: 127.0.0.1:${player.port}`),
    );
    server = await startServer({ plantFile, dataDir: join(directory, 'data') });
    const token = await server.token('engineer');
    const url = `${server.url}/api/v1/equipment/${EQUIPMENT}/timeline?from=${FROM}&to=${TO}`;
    const timeline = async (): Promise<EquipmentTimeline> => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(200);
      return (await response.json()) as EquipmentTimeline;
    };
    await player.finished;
    const complete = await until('all five parts', async () => {
      const seen = await timeline();
      const produced = seen.parts.reduce((sum, part) => sum + part.produced, 0);
      return produced === 5 && seen.intervals.filter((one) => one.state === 'running').length === 4
        ? seen
        : undefined;
    });
    expectFound(complete);
  });
});
