import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
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

it('conditions of a recorded machine: forty, of ten data items, and no alarm', async () => {
  const { alarms } = await replay(OKUMA, await okumaPlant());
  expect(alarms).toEqual({ conditions: 40, raised: 0 });
});

it('a recorded machine with faults: each is raised, and cleared by NORMAL of its item', async () => {
  const recorded = await readFile(OKUMA, 'utf8');
  const told = [
    '2022-08-08T13:52:00Z|CoolantSystem1_cond|WARNING|17|2|LOW|Coolant low',
    '2022-08-08T13:52:30Z|CoolantSystem1_cond|FAULT|18|3||No coolant',
    '2022-08-08T13:52:10Z|system|FAULT|2450|||Tool broken',
    '2022-08-08T13:52:40Z|CoolantSystem1_cond|NORMAL||||',
    // NORMAL at 13:57:41 and 14:21:07, in the segments that follow, clears what is still active.
  ];
  const file = join(await mkdtemp(join(tmpdir(), 'ms5-')), 'faults.txt');
  await writeFile(file, `${recorded.trimEnd()}\n${told.join('\n')}\n`);
  const report = await replay(file, await okumaPlant());
  expect(report.alarms).toEqual({ conditions: 44, raised: 3 });
  expect(report.refused.count).toBe(0);
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
