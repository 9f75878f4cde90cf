import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadPlant, type Plant } from '../config/index.ts';
import { replay, ReplayError } from './replay.ts';

const ROOT = new URL('../../../../', import.meta.url);
const OKUMA = fileURLToPath(new URL('recordings/okuma_shdr_2022-08-08.txt', ROOT));

async function okumaPlant(): Promise<Plant> {
  const loaded = await loadPlant(fileURLToPath(new URL('plants/okuma.yaml', ROOT)));
  if (!loaded.ok) throw new Error('the plant does not load');
  return loaded.plant;
}

const time = (at: number): string => new Date(at).toISOString().slice(11, 16);

it('a recorded machine: four cycles, five parts, one of them made while nobody listened', async () => {
  const bytes: number[] = [];
  const report = await replay(OKUMA, await okumaPlant(), {
    onProgress: (progress) => bytes.push(progress.bytes),
  });
  const { summary } = report;
  expect(summary.executionMs['ACTIVE']).toBeGreaterThan(1_357_300);
  expect(summary.executionMs['ACTIVE']).toBeLessThan(1_357_500);
  expect(summary.cycles.map(({ from, parts }) => [time(from), parts])).toEqual([
    ['13:37', 1],
    ['13:51', 1],
    ['13:57', 1],
    ['14:21', 1],
  ]);
  expect(summary.parts).toMatchObject({ produced: 5, inCycles: 4, outsideCycles: 0 });
  expect(
    summary.parts.unobserved.map(({ since, at, produced }) => [time(since), time(at), produced]),
  ).toEqual([['13:58', '14:21', 1]]);
  expect(summary.unobserved.map(({ from, to }) => [time(from), time(to)])).toContainEqual(['13:58', '14:21']);
  expect(report.rejected.count).toBe(0);
  expect(report.refused.count).toBe(0);
  expect(bytes.at(-1)).toBe(report.bytes);
});

it('a file that is no recording is refused', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ms5-'));
  const file = join(directory, 'x');
  const plant = await okumaPlant();
  await expect(replay(file, plant)).rejects.toThrow(ReplayError);
  await writeFile(file, 'x'.repeat(2_000_000));
  await expect(replay(file, plant)).rejects.toThrow('this is no SHDR recording');
  await writeFile(file, 'hello\n');
  await expect(replay(file, plant)).rejects.toThrow('no line tells anything');
});

it('the recorded equipment is named where a plant has several connectors', async () => {
  const plant = await okumaPlant();
  await expect(replay(OKUMA, { ...plant, connectors: [] })).rejects.toThrow('has no connector');
  await expect(replay(OKUMA, plant, { equipment: 'a/l/e' })).rejects.toThrow('machining/mill-turn/okuma');
});
