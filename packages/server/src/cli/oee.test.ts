import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ms5 } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory } from '../../../../test/support/plant.ts';

// Processes, threads and password hashes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let directory = '';
beforeAll(async () => {
  directory = await temporaryDirectory('oee');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const MINUTE = 60_000;
const start = Date.parse('2026-01-05T06:00:00Z');
const at = (minutes: number): number => start + minutes * MINUTE;
const iso = (minutes: number): string => new Date(at(minutes)).toISOString();

interface Report {
  readonly availability: number | null;
  readonly performance: number | null;
  readonly quality: number | null;
  readonly oee: number | null;
  readonly flags: readonly string[];
  readonly why: Readonly<Record<string, string>>;
}

async function compute(input: unknown): Promise<Report> {
  const file = join(directory, 'input.json');
  await writeFile(file, JSON.stringify(input));
  const { code, stdout, stderr } = await ms5(['oee', file]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Report;
}

function expectFigures(report: Report, expected: readonly [number, number, number, number]): void {
  const { availability, performance, quality, oee } = report;
  for (const [index, figure] of [availability, performance, quality, oee].entries()) {
    expect(figure).toBeCloseTo(expected[index] ?? Number.NaN, 6);
  }
}

/** Instants carry their offset, so naming the zone must change nothing. */
async function withAndWithoutZone(input: object): Promise<Report> {
  const report = await compute(input);
  expect(await compute({ timeZone: 'Europe/Berlin', ...input })).toEqual(report);
  return report;
}

describe('worked examples', () => {
  test.each(['running', 'idle'])('a shift with 60 min of breaks, the machine %s in them', async (inBreak) => {
    const report = await withAndWithoutZone({
      window: { from: at(0), to: at(480) },
      breaks: [{ from: at(240), to: at(300) }],
      products: { p: { idealCycleMs: 1_000 } },
      observations: [
        { at: at(0), state: 'running', product: 'p' },
        { at: at(100), state: 'stopped' },
        { at: at(147), state: 'running' },
        { at: at(240), state: inBreak },
        { at: at(300), state: 'running' },
        { at: at(479), good: 19_271 - 423, scrap: 423 },
      ],
    });
    expectFigures(report, [0.888095, 0.861081, 0.97805, 0.747937]);
  });

  test('three stops of which none is minor', async () => {
    const report = await withAndWithoutZone({
      window: { from: iso(0), to: iso(480) },
      breaks: [{ from: iso(200), to: iso(220) }],
      products: { p: { idealCycleMs: 30_000 } },
      observations: [
        { at: iso(0), state: 'running', product: 'p' },
        ...[50, 100, 150].flatMap((minute) => [
          { at: iso(minute), state: 'stopped' },
          { at: iso(minute + 20), state: 'running' },
        ]),
        { at: iso(400), good: 392, scrap: 8 },
      ],
    });
    expectFigures(report, [0.869565, 0.5, 0.98, 0.426087]);
  });

  test('events and counters', async () => {
    const report = await withAndWithoutZone({
      window: { from: at(0), to: at(480) },
      products: { p: { idealCycleMs: 30_000 } },
      observations: [
        { at: at(0), state: 'running', product: 'p', counter: 1_200, rejectCounter: 10 },
        { at: at(60), state: 'running' },
        { at: at(120), state: 'stopped' },
        { at: at(180), state: 'running' },
        { at: at(210), state: 'running' },
        { at: at(240), state: 'idle', counter: 1_440, rejectCounter: 14 },
      ],
    });
    expectFigures(report, [0.375, 0.666667, 0.983333, 0.245833]);
  });
});

test('what is not known is null, with the reason', async () => {
  const report = await compute({
    window: { from: at(0), to: at(60) },
    products: { p: {} },
    observations: [
      { at: at(0), state: 'running', product: 'p' },
      { at: at(30), good: 5 },
    ],
  });
  expect(report).toMatchObject({ availability: 1, performance: null, oee: null });
  expect(report.why['performance']).toBe('noIdealCycle');
});

test('a table for people', async () => {
  const input = JSON.stringify({
    window: { from: at(0), to: at(60) },
    products: { p: { idealCycleMs: 60_000 } },
    observations: [
      { at: at(0), state: 'running', product: 'p' },
      { at: at(30), good: 27, scrap: 3 },
    ],
  });
  const { code, stdout } = await ms5(['oee', '--table', '-'], input);
  expect(code).toBe(0);
  expect(stdout).toMatch(/availability +100\.00 %/);
  expect(stdout).toMatch(/performance +50\.00 %/);
  expect(stdout).toMatch(/quality +90\.00 %/);
  expect(stdout).toMatch(/reducedSpeed +30\.00/);
});

describe('several equipment, lines and CSV', () => {
  const machine = (equipment: string, scrap: number): object => ({
    equipment,
    window: { from: at(0), to: at(60) },
    products: { p: { idealCycleMs: 60_000 } },
    observations: [
      { at: at(0), state: 'running', product: 'p' },
      { at: at(60), good: 48 - scrap, scrap },
    ],
  });

  test('a list gives each, and all rolled up', async () => {
    const report = JSON.parse(
      (await ms5(['oee', '-'], JSON.stringify([machine('a', 8), machine('b', 0)]))).stdout,
    );
    expect(report).toMatchObject({
      equipment: { a: { quality: 40 / 48 }, b: { quality: 1 } },
      rollup: { performance: 0.8, quality: 88 / 96, coverage: { performance: 1, quality: 1 } },
    });
  });

  test('a line takes the rejects at and after its constraint', async () => {
    const input = { line: { constraint: 'a' }, equipment: [machine('a', 8), machine('b', 4)] };
    const { stdout } = await ms5(['oee', '-'], JSON.stringify(input));
    expect(JSON.parse(stdout)).toMatchObject({ line: { quality: 36 / 48, upstreamScrap: 0 } });
    const table = await ms5(['oee', '--table', '-'], JSON.stringify(input));
    expect(table.stdout).toMatch(/Line\n====\nFigures/);
  });

  test('CSV says the same as JSON', async () => {
    const csv = join(directory, 'shift.csv');
    const settings = join(directory, 'settings.json');
    const rows = [`${at(0)},running,p,,`, `"${iso(30)}",stopped,,,`, `${at(60)},,null,40,8`];
    await writeFile(csv, `\uFEFFat,state,product,good,scrap\r\n${rows.join('\r\n')}\r\n`);
    await writeFile(settings, JSON.stringify({ products: { p: { idealCycleMs: 30_000 } } }));
    const { code, stdout, stderr } = await ms5(['oee', '--csv', '--settings', settings, csv]);
    expect([stderr, code]).toEqual(['', 0]);
    const report = await compute({
      window: { from: at(0), to: at(60) },
      products: { p: { idealCycleMs: 30_000 } },
      observations: [
        { at: at(0), state: 'running', product: 'p' },
        { at: at(30), state: 'stopped' },
        { at: at(60), product: null, good: 40, scrap: 8 },
      ],
    });
    expect(JSON.parse(stdout)).toEqual(report);
  });

  test('CSV that cannot be read names the place', async () => {
    const wrong = await ms5(['oee', '--csv', '-'], 'at,good\n0,many\n');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/\[0\]\.good: expected a number/) });
    const unknown = await ms5(['oee', '--csv', '-'], 'at,speed\n0,3\n');
    expect(unknown.stderr).toMatch(/unknown field speed/);
    expect((await ms5(['oee', '--csv', '-'], 'at,state\n')).stderr).toMatch(/no observations/);
  });
});

describe('input that cannot be computed', () => {
  test.each([
    ['{', /not JSON/],
    ['7', /expected an object/],
    ['[]', /there is none/],
    [
      '{"line":{"constraint":"x"},"equipment":[{"equipment":"a","window":{"from":0,"to":1},"observations":[]}]}',
      /no equipment "x"; there are a/,
    ],
    [
      '{"window":{"from":0,"to":1},"observations":[{"at":"noon"}]}',
      /observations\[0\]\.at: expected an instant/,
    ],
    [
      '{"window":{"from":0,"to":1},"observations":[{"at":0,"good":-1}]}',
      /observations\[0\]\.good: expected a number of at least 0/,
    ],
    ['{"window":{"from":0,"to":1},"observations":[],"ideal":1}', /unknown field ideal/],
    ['{"window":{"from":5,"to":5},"observations":[]}', /window/],
  ])('%s', async (input, message) => {
    const { code, stdout, stderr } = await ms5(['oee', '-'], input);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await ms5(['oee', join(directory, 'nothing.json')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing\.json cannot be read \(ENOENT\)/);
  });
});
