import { describe, expect, it } from 'vitest';

import type { FactoryEvent } from '../engine/engine-types.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { PeriodKind } from './period-kind.ts';
import type { PeriodFigures } from './periods.ts';
import { linePeriods } from './periods.ts';

type OfType<Type extends FactoryEvent['type']> = Extract<FactoryEvent, { type: Type }>;

function ofType<Type extends FactoryEvent['type']>(
  events: readonly FactoryEvent[],
  type: Type,
): readonly OfType<Type>[] {
  return events.filter((event): event is OfType<Type> => event.type === type);
}

function running(config: PlantConfig = samplePlant()): Drive {
  const drive = createDrive(config);
  drive.tick(at('06:00'));
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', good: 0 });
  return drive;
}

/** Ticks every minute, with so many good parts just before each. */
function live(drive: Drive, from: number, to: number, partsPerMinute: number): readonly FactoryEvent[] {
  const before = drive.log.length;
  for (let now = from + MINUTE; now <= to; now += MINUTE) {
    if (partsPerMinute > 0) drive.observe({ equipment: FILLER, at: now - 1, good: partsPerMinute });
    drive.tick(now);
  }
  return drive.log.slice(before).filter((event) => !('line' in event) || event.line === LINE);
}

function periods({ state, config }: Drive, kind: PeriodKind, now: string): readonly PeriodFigures[] {
  return linePeriods(state, config, LINE, at(now)).filter((period) => period.kind === kind);
}

describe('figures of periods', () => {
  it('OE18: by hour, shift, day, job and product; hours and products add up to the shift', () => {
    const drive = running();
    const job = { name: 'startJob', line: LINE, workOrder: 'w', product: 'B', targetCount: 10_000 } as const;
    live(drive, at('06:00'), at('08:30'), 30);
    drive.command(job, at('08:30'));
    live(drive, at('08:30'), at('09:15'), 90);
    const hours = periods(drive, 'hour', '09:15');
    expect(
      hours.map(({ from, to, asOf }) => [from, to, asOf].map((each) => (each - at('06:00')) / MINUTE)),
    ).toEqual([
      [0, 60, 60],
      [60, 120, 120],
      [120, 180, 180],
      [180, 240, 195],
    ]);
    const [shift] = periods(drive, 'shift', '09:15').slice(-1);
    const sum = (of: readonly PeriodFigures[], what: (figures: PeriodFigures['figures']) => number): number =>
      of.reduce((total, { figures }) => total + what(figures), 0);
    for (const parts of [hours, periods(drive, 'product', '09:15')]) {
      expect(sum(parts, ({ times }) => times.APT)).toBe(shift?.figures.times.APT);
      expect(sum(parts, ({ counts }) => counts.good)).toBe(shift?.figures.counts.good);
    }
    expect(hours.map(({ figures }) => figures.performance)).toEqual([0.5, 0.5, (900 + 1350) / 3600, 0.75]);
    expect(periods(drive, 'product', '09:15').map(({ id, figures }) => [id, figures.performance])).toEqual([
      ['A', 0.5],
      ['B', 0.75],
    ]);
    expect(periods(drive, 'job', '09:15')).toMatchObject([
      { from: at('08:30'), figures: { performance: 0.75 } },
    ]);
    expect(periods(drive, 'day', '09:15')).toMatchObject([
      {
        id: '2024-01-08',
        from: at('06:00'),
        to: at('06:00') + 24 * HOUR,
        figures: { counts: { good: 8550 } },
      },
    ]);
  });

  it('OE19: what is over is recorded with its figures: hours, shift, products, day and job', () => {
    const drive = running();
    const job = { name: 'startJob', line: LINE, workOrder: 'w', product: 'A', targetCount: 100 } as const;
    drive.command(job, at('06:00'));
    const first = live(drive, at('06:00'), at('07:00'), 60);
    expect(ofType(first, 'oeeCalculated')).toMatchObject([
      { at: at('07:00'), period: { kind: 'hour', from: at('06:00'), to: at('07:00') }, oee: 1 },
    ]);
    const { events } = drive.command({ name: 'completeJob', line: LINE }, at('07:00'));
    expect(ofType(events, 'oeeCalculated')).toMatchObject([
      { period: { kind: 'job', from: at('06:00'), to: at('07:00') }, performance: 1 },
    ]);
    const ended = ofType(live(drive, at('13:58'), at('14:00'), 60), 'oeeCalculated');
    expect(ended.map(({ period }) => `${period.kind} ${period.id}`)).toEqual([
      ...[7, 8, 9, 10, 11, 12, 13].map((hour) => `hour ${at('00:00') + hour * HOUR}`),
      'shift 2024-01-08.early',
      'product A',
    ]);
    const night = drive.tick(at('06:00') + 24 * HOUR).events;
    expect(ofType(night, 'oeeCalculated').map(({ period }) => period)).toContainEqual({
      kind: 'day',
      id: '2024-01-08',
      from: at('06:00'),
      to: at('06:00') + 24 * HOUR,
    });
  });

  it('OE20: an update is recorded every five minutes, where something changed', () => {
    const drive = running();
    const events = ofType(live(drive, at('06:00'), at('06:30'), 60), 'oeeUpdated');
    expect(events.map(({ at: when }) => (when - at('06:00')) / MINUTE)).toEqual([5]);
    expect(events[0]).toMatchObject({ shiftId: '2024-01-08.early', availability: 1, performance: 1, oee: 1 });
    const slower = ofType(live(drive, at('06:30'), at('06:45'), 30), 'oeeUpdated');
    expect(slower.map(({ at: when }) => (when - at('06:30')) / MINUTE)).toEqual([5, 10, 15]);
  });

  it('OE21: a threshold is crossed downwards, and upwards only by the hysteresis', () => {
    const config = samplePlant();
    const oeeThresholds = [{ figure: 'performance', below: 0.9, hysteresis: 0.03 }] as const;
    const lines = config.lines.map((line) => Object.assign({}, line, { oeeThresholds }));
    const drive = running({ ...config, lines });
    const crossed = (events: readonly FactoryEvent[]): readonly string[] =>
      ofType(events, 'oeeThresholdCrossed').map(
        ({ direction, at: when }) => `${direction} ${(when - at('06:00')) / MINUTE}`,
      );
    expect(crossed(live(drive, at('06:00'), at('06:30'), 48))).toEqual(['below 15']);
    // Rises to 0.9 at 60 min, and above 0.93 in the 86th.
    expect(crossed(live(drive, at('06:30'), at('07:25'), 60))).toEqual([]);
    expect(crossed(live(drive, at('07:25'), at('08:10'), 60))).toEqual(['above 86']);
    expect(crossed(live(drive, at('08:10'), at('08:30'), 60))).toEqual([]);
  });

  it('OE22: a standard that is beaten over 24 h of running is proposed for review', () => {
    const always = { id: 'all', name: 'All', from: '06:00', to: '06:00', breaks: [] };
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const drive = running(samplePlant({}, { shifts: [{ ...always, days }] }));
    const day = (from: number, parts: number): readonly FactoryEvent[] => {
      for (let now = from + HOUR; now <= from + 24 * HOUR; now += HOUR) {
        drive.observe({ equipment: FILLER, at: now - 1, state: 'running', good: parts });
        drive.tick(now);
      }
      return ofType(drive.log, 'standardReviewProposed');
    };
    expect(day(at('06:00'), 3600)).toEqual([]);
    expect(day(at('06:00') + 24 * HOUR, 4000)).toMatchObject([
      { product: 'A', idealCycleMs: 1000, meanCycleMs: 900, runMs: 24 * HOUR },
    ]);
    expect(day(at('06:00') + 48 * HOUR, 3600)).toHaveLength(1);
  });
});
