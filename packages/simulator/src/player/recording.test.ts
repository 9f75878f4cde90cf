import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecording } from './recording.ts';
import { schedule } from './schedule.ts';

const okuma = readFileSync(
  new URL('../../../../recordings/okuma_shdr_2022-08-08.txt', import.meta.url),
  'utf8',
);
const iso = (ms: number) => new Date(ms).toISOString();
const steps = (text: string, maxGapMs = 60_000) => [
  ...schedule(parseRecording(text), { segments: 'recorded', maxGapMs }),
];

describe('the Okuma recording', () => {
  const recording = parseRecording(okuma);

  it('is four segments, out of time order', () => {
    expect(
      recording.segments.map(({ entries, fromMs, toMs }) => [entries[0]?.line, iso(fromMs), iso(toMs)]),
    ).toEqual([
      [1, '2022-08-08T13:51:34.716Z', '2022-08-08T13:54:44.913Z'],
      [1390, '2022-08-08T13:37:18.850Z', '2022-08-08T13:47:28.915Z'],
      [6328, '2022-08-08T14:21:07.643Z', '2022-08-08T14:30:19.672Z'],
      [10605, '2022-08-08T13:57:41.918Z', '2022-08-08T13:58:06.700Z'],
    ]);
  });

  it('loses no line', () => {
    const lines = recording.segments
      .flatMap((segment) => segment.entries)
      .map(({ timestamp, stamp, text }) => (timestamp === undefined ? text : `${stamp}|${text}`));
    expect(`${lines.join('\n')}\n`).toBe(okuma);
  });

  it('is not paced by its assets, whose timestamps lie up to 13,685 s back', () => {
    const lateMs = recording.segments
      .flatMap((segment) => segment.entries)
      .filter((entry) => entry.kind === 'asset' && entry.timestamp)
      .map((entry) => entry.clockMs - (entry.timestamp?.ms ?? Number.NaN));
    expect(Math.max(...lateMs)).toBeGreaterThan(13_600_000);
  });

  it('plays in the order of time from its first segment round when asked to', () => {
    const order = [...schedule(recording, { segments: 'cyclic', maxGapMs: 20_000 })];
    expect(order.flatMap((step) => (step.kind === 'segment' ? [step.segment.index] : []))).toEqual([
      0, 3, 2, 1,
    ]);
    expect(order.flatMap((step) => (step.kind === 'gap' ? [step.recordedMs] : []))).toEqual([
      177_005,
      1_380_943,
      null,
    ]);
  });
});

describe('the schedule', () => {
  it('keeps multi-line assets whole and out of the pace', () => {
    const text = [
      '2022-08-08T13:00:00Z|a|1',
      '2022-08-08T10:00:00Z|@ASSET@|t1|CuttingTool|--multiline--AB',
      '<Tool>',
      '--multiline--AB',
      '2022-08-08T13:00:01Z|a|2',
    ].join('\n');
    expect(steps(text).flatMap((step) => (step.kind === 'entry' ? [step.playMs] : []))).toEqual([0, 0, 1000]);
  });

  it('shortens a long silence and says so', () => {
    const text = '2022-08-08T13:00:00Z|a|1\n2022-08-08T13:05:00Z|a|2\n2022-08-08T12:00:00Z|a|3\n';
    const seen = steps(text, 10_000).map((step) =>
      step.kind === 'gap' ? [step.recordedMs, step.playedMs] : step.kind,
    );
    expect(seen).toEqual([
      'segment',
      'entry',
      [300_000, 10_000],
      'entry',
      [null, 10_000],
      'segment',
      'entry',
    ]);
  });

  it('never goes back, never waits longer than allowed, and keeps spans that are short enough', () => {
    const offsets = fc.array(fc.integer({ min: -120_000, max: 900_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(offsets, fc.integer({ min: 0, max: 100_000 }), (deltas, maxGapMs) => {
        let at = Date.UTC(2022, 0, 1);
        const text = deltas.map((delta) => `${iso((at += delta))}|a|${delta}`).join('\n');
        const played = steps(text, maxGapMs);
        expect(played.filter((step) => step.kind === 'entry')).toHaveLength(deltas.length);
        let before = 0;
        for (const step of played) {
          expect(step.playMs).toBeGreaterThanOrEqual(before);
          expect(step.playMs - before).toBeLessThanOrEqual(maxGapMs);
          before = step.playMs;
        }
      }),
    );
  });

  it('names the segments there are when asked for another', () => {
    const recording = parseRecording('2022-08-08T13:00:00Z|a|1');
    expect(() => [...schedule(recording, { segments: [3], maxGapMs: 0 })]).toThrow('segments 0 to 0, not 3');
  });
});
