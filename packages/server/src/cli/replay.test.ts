import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { ms5 } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory } from '../../../../test/support/plant.ts';
import type { ReplayReport } from '../engine/index.ts';
import { OKUMA_RECORDING } from './paths.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const okuma = fileURLToPath(OKUMA_RECORDING);

test('the recorded Okuma: cycles, parts, the stretch nobody heard, time per state', async () => {
  const { code, stdout, stderr } = await ms5(['replay', okuma]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('Program cycles: 4\n');
  expect(stdout).toMatch(
    /Parts: 5\n +inside program cycles +4\n +seen, but in no cycle +0\n +made unobserved +1\n/,
  );
  expect(stdout).toMatch(/1 part between the readings at 2022-08-08 13:58:\d\d and 2022-08-08 14:21:\d\d/);
  expect(stdout).toMatch(/ACTIVE +1357\.4 s/);
  expect(stdout).toContain('Lines that could not be read: 0');
});

test('as JSON', async () => {
  const { stdout } = await ms5(['replay', okuma, '--json']);
  const report = JSON.parse(stdout) as ReplayReport;
  expect(report.summary.cycles).toHaveLength(4);
  expect(report.summary.parts).toMatchObject({ produced: 5, inCycles: 4 });
  expect(Math.abs((report.summary.executionMs['ACTIVE'] ?? 0) - 1_357_400)).toBeLessThanOrEqual(100);
});

test('a file that is no recording, or is not there, is refused in words', async () => {
  const directory = await temporaryDirectory('replay');
  const file = join(directory, 'noise.txt');
  await writeFile(file, 'x'.repeat(2_000_000));
  const noise = await ms5(['replay', file]);
  expect(noise).toMatchObject({ code: 2, stdout: '' });
  expect(noise.stderr).toMatch(/noise\.txt.*no SHDR recording/);
  const nothing = await ms5(['replay', join(directory, 'nothing.txt')]);
  expect(nothing.code).toBe(2);
  expect(nothing.stderr).toMatch(/nothing\.txt: no such file/);
  const other = await ms5(['replay', okuma, '--equipment', 'a/b/c']);
  expect(other.stderr).toContain('machining/mill-turn/okuma');
  await rm(directory, { recursive: true, force: true });
});
