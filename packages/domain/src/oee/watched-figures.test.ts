import { describe, expect, it } from 'vitest';

import type { FactoryEvent } from '../engine/engine-types.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, EARLY, FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { figuresOfEnd } from './decide-oee.ts';
import type { OeeEvent } from './oee-events.ts';
import { linePeriods } from './periods.ts';
import { beatenAfter, isReviewDue } from './standard-review.ts';
import type { Weights } from './weights.ts';

const NO_WEIGHTS: Weights = {
  calendarMs: 0,
  plannedMs: 0,
  unknownMs: 0,
  runMs: 0,
  setupMs: 0,
  delayMs: 0,
  downMs: 0,
  orderMs: 0,
  idealMs: null,
  countedRunMs: 0,
  produced: null,
  good: null,
  scrap: null,
  rework: null,
  failures: { begun: 0, repaired: 0, repairMs: 0 },
};

function oeeEvents(events: readonly FactoryEvent[], line = LINE): readonly OeeEvent[] {
  return events.filter(
    (event): event is OeeEvent =>
      (event.type === 'oeeCalculated' ||
        event.type === 'oeeUpdated' ||
        event.type === 'oeeThresholdCrossed' ||
        event.type === 'standardReviewProposed') &&
      event.line === line,
  );
}

function told(events: readonly FactoryEvent[], line?: string): readonly string[] {
  return oeeEvents(events, line).map((event) => {
    const minutes = (event.at - at('06:00')) / MINUTE;
    if (event.type === 'oeeCalculated') return `${minutes} ${event.period.kind}`;
    if (event.type === 'oeeThresholdCrossed') return `${minutes} ${event.figure} ${event.direction}`;
    return `${minutes} ${event.type}`;
  });
}

function started(config: PlantConfig = samplePlant()): Drive {
  const drive = createDrive(config);
  drive.tick(at('06:00'));
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', good: 0 });
  return drive;
}

describe('a standard that is beaten', () => {
  const day = 24 * HOUR;
  const made = (idealMs: number | null, countedRunMs: number, produced: number | null): Weights => ({
    ...NO_WEIGHTS,
    idealMs,
    countedRunMs,
    produced,
  });

  it('OE22: is one made at least 5 % faster, shift after shift; a shift below begins anew', () => {
    const before = { A: { runMs: 5, produced: 7 }, B: { runMs: 1, produced: 2 } };
    expect(beatenAfter(before, 'A', made(105, 100, 3))).toEqual({
      ...before,
      A: { runMs: 105, produced: 10 },
    });
    expect(beatenAfter(before, 'A', made(104.9, 100, 3))).toEqual({ B: before.B });
    expect(beatenAfter(before, 'C', made(200, 100, 3))).toEqual({
      ...before,
      C: { runMs: 100, produced: 3 },
    });
    expect(beatenAfter({}, 'C', made(200, 100, null))).toEqual({ C: { runMs: 100, produced: 0 } });
  });

  it('OE22: a shift that says nothing of its speed changes nothing', () => {
    const before = { A: { runMs: 5, produced: 7 } };
    expect(beatenAfter(before, 'A', made(null, 100, 3))).toBe(before);
    expect(beatenAfter(before, 'A', made(0, 0, 3))).toBe(before);
  });

  it('OE22: its review is due from 24 h of running on', () => {
    expect(isReviewDue({ A: { runMs: day, produced: 1 } }, 'A')).toBe(true);
    expect(isReviewDue({ A: { runMs: day - 1, produced: 1 } }, 'A')).toBe(false);
    expect(isReviewDue({}, 'A')).toBe(false);
  });

  it('OE22: proposed once, then it begins anew', () => {
    const always = { id: 'all', name: 'All', from: '06:00', to: '06:00', breaks: [], days: EARLY.days };
    const drive = started(samplePlant({}, { shifts: [always] }));
    for (let now = at('06:00') + HOUR; now <= at('06:00') + 5 * day; now += HOUR) {
      drive.observe({ equipment: FILLER, at: now - 1, state: 'running', good: 4000 });
      drive.tick(now);
    }
    const proposed = oeeEvents(drive.log).filter(({ type }) => type === 'standardReviewProposed');
    expect(proposed.map((event) => (event.at - at('06:00')) / day)).toEqual([1, 2, 3, 4, 5]);
    expect(drive.state.lines[LINE]?.oee?.beaten).toEqual({});
  });
});

describe('updates', () => {
  it('OE20: come where a clock that ticks seldom passed five minutes, with the four figures', () => {
    const drive = started();
    expect(told(drive.tick(at('06:04') + 59_999).events)).toEqual([]);
    const { events } = drive.tick(at('06:05'));
    expect(oeeEvents(events)).toEqual([
      {
        type: 'oeeUpdated',
        line: LINE,
        at: at('06:05'),
        shiftId: '2024-01-08.early',
        availability: 1,
        performance: 0,
        quality: { unknown: 'noParts' },
        oee: 0,
      },
    ]);
    expect(told(drive.tick(at('06:07')).events)).toEqual([]);
    expect(told(drive.tick(at('06:10')).events)).toEqual([]);
    drive.observe({ equipment: FILLER, at: at('06:11'), good: 60 });
    expect(told(drive.tick(at('06:14')).events)).toEqual([]);
    expect(told(drive.tick(at('06:21')).events)).toEqual(['21 oeeUpdated']);
    expect(told(drive.tick(at('06:21')).events, CNC_LINE)).toEqual([]);
  });

  it('OE20: none comes outside shifts', () => {
    const drive = started();
    drive.tick(at('14:00'));
    drive.observe({ equipment: FILLER, at: at('14:01'), good: 60 });
    expect(told(drive.tick(at('14:30')).events)).toEqual([]);
  });
});

describe('thresholds', () => {
  const watching = (...oeeThresholds: NonNullable<PlantConfig['lines'][number]['oeeThresholds']>): Drive => {
    const config = samplePlant();
    const lines = config.lines.map((line) =>
      line.path === LINE ? Object.assign({}, line, { oeeThresholds }) : line,
    );
    return started({ ...config, lines });
  };
  const crossings = (events: readonly FactoryEvent[]): readonly string[] =>
    told(events).filter((text) => /above|below/.test(text));

  it('OE21: are watched each minute from 15 min of known planned time on', () => {
    const drive = watching({ figure: 'availability', below: 0.5, hysteresis: 0.1 });
    drive.observe({ equipment: FILLER, at: at('06:01'), state: 'stopped' });
    drive.tick(at('06:14') + 59_999);
    expect(crossings(drive.log)).toEqual([]);
    const { events } = drive.tick(at('06:15'));
    expect(oeeEvents(events).filter(({ type }) => type === 'oeeThresholdCrossed')).toEqual([
      {
        type: 'oeeThresholdCrossed',
        line: LINE,
        at: at('06:15'),
        shiftId: '2024-01-08.early',
        figure: 'availability',
        direction: 'below',
        value: 1 / 15,
        threshold: 0.5,
      },
    ]);
    expect(crossings(drive.tick(at('06:15') + 30_000).events)).toEqual([]);
    expect(crossings(drive.tick(at('06:16')).events)).toEqual([]);
  });

  it('OE21: a figure at its threshold is not below it; at the hysteresis above it is above', () => {
    const drive = watching({ figure: 'availability', below: 0.5, hysteresis: 0.25 });
    drive.observe({ equipment: FILLER, at: at('06:10'), state: 'stopped' });
    expect(crossings(drive.tick(at('06:20')).events)).toEqual([]);
    expect(crossings(drive.tick(at('06:21')).events)).toEqual(['21 availability below']);
    drive.observe({ equipment: FILLER, at: at('06:22'), state: 'running' });
    expect(crossings(drive.tick(at('06:47')).events)).toEqual([]);
    expect(crossings(drive.tick(at('06:48')).events)).toEqual(['48 availability above']);
    expect(crossings(drive.tick(at('06:49')).events)).toEqual([]);
    expect(drive.state.lines[LINE]?.oee?.below).toEqual([]);
  });

  it('OE21: each figure by itself, and what is not known crosses nothing', () => {
    const drive = watching(
      { figure: 'performance', below: 0.9, hysteresis: 0 },
      { figure: 'availability', below: 0.9, hysteresis: 0 },
      { figure: 'quality', below: 0.9, hysteresis: 0 },
    );
    drive.observe({ equipment: FILLER, at: at('06:10'), state: 'stopped' });
    expect(crossings(drive.tick(at('06:20')).events)).toEqual([
      '20 performance below',
      '20 availability below',
    ]);
    expect(drive.state.lines[LINE]?.oee?.below).toEqual(['performance', 'availability']);
    drive.observe({ equipment: FILLER, at: at('06:10'), good: 600 });
    expect(crossings(drive.tick(at('06:21')).events)).toEqual(['21 performance above']);
    expect(drive.state.lines[LINE]?.oee?.below).toEqual(['availability']);
  });
});

describe('what is over', () => {
  it('OE19: hours are recorded when a clock that stood for long passes them, a day back at most', () => {
    const drive = started();
    drive.tick(at('06:59') + 59_999);
    expect(told(drive.log)).not.toContain('60 hour');
    expect(told(drive.tick(at('07:00')).events)).toContain('60 hour');
    expect(told(drive.tick(at('07:00') + 1).events)).not.toContain('60 hour');
    drive.observe({ equipment: FILLER, at: at('09:00'), state: 'running' });
    const later = told(drive.tick(at('09:14')).events).filter((text) => text.endsWith('hour'));
    expect(later).toEqual(['120 hour', '180 hour']);
    const days = told(drive.tick(at('09:00') + 3 * 24 * HOUR).events).filter((text) => text.endsWith('hour'));
    // 26 h back from 09:00: from 07:00 of the day before on.
    const inLastDay = days.map((text) => Number.parseInt(text, 10) / 60);
    expect(Math.min(...inLastDay)).toBe(2 * 24 + 2);
    expect(Math.max(...inLastDay)).toBe(3 * 24 + 3);
  });

  it('OE19: a line that is not there, and events that end nothing, make nothing known', () => {
    const { state, config } = started();
    const now = at('14:00');
    const ended = { type: 'shiftEnded', at: now, from: at('06:00'), figures: {} } as const;
    const of = (event: FactoryEvent): readonly OeeEvent[] => figuresOfEnd(state, config, event, now);
    expect(of({ ...ended, line: 'pack/nine', shiftId: '2024-01-08.early' })).toEqual([]);
    expect(of({ ...ended, line: LINE, shiftId: '2024-01-08.late' })).toEqual([]);
    expect(of({ type: 'timeAdvanced', at: now })).toEqual([]);
    expect(
      of({ ...ended, line: LINE, shiftId: '2024-01-08.early' }).map((event) => told([event])[0]),
    ).toEqual(['480 shift', '480 product']);
  });

  it('OE19: the day is over with the last of its shifts', () => {
    const config = samplePlant({}, { shifts: [EARLY] });
    const drive = started(config);
    const { events } = drive.tick(at('14:00'));
    const ends = told(events).filter((text) => !text.endsWith('hour') && !text.endsWith('oeeUpdated'));
    expect(ends).toEqual(['480 shift', '480 day', '480 product']);
    const calculated = oeeEvents(events).filter(({ type }) => type === 'oeeCalculated');
    expect(calculated.map((event) => (event.type === 'oeeCalculated' ? event.period.id : ''))).toContain(
      '2024-01-08',
    );
    expect(told(drive.log, CNC_LINE).filter((text) => text.endsWith('day'))).toEqual(['480 day']);
  });
});

describe('periods shown', () => {
  const kinds = (drive: Drive, now: number): readonly string[] =>
    linePeriods(drive.state, drive.config, LINE, now).map(
      ({ kind, id, from, to, asOf, isPart, closed }) =>
        `${kind} ${kind === 'hour' ? '' : id} ${[from, to, asOf].map((each) => (each - at('06:00')) / MINUTE).join(' ')}${isPart ? ' part' : ''}${closed === null ? '' : ' closed'}`,
    );

  it('OE18: at the first instant of a shift there is its first hour, and what came before', () => {
    const drive = started();
    expect(kinds(drive, at('06:00'))).toEqual([
      'hour  0 60 0',
      'shift 2024-01-07.night -480 0 0',
      'shift 2024-01-08.early 0 480 0',
      'day 2024-01-08 0 1440 0',
    ]);
    expect(kinds(drive, at('07:00') - 1).filter((text) => text.startsWith('hour'))).toHaveLength(1);
    expect(kinds(drive, at('07:00')).filter((text) => text.startsWith('hour'))).toHaveLength(2);
  });

  it('OE18: between shifts there are the shift before and its day', () => {
    const drive = started();
    expect(kinds(drive, at('15:00'))).toEqual([
      'shift 2024-01-08.early 0 480 480',
      'day 2024-01-08 0 1440 540',
    ]);
  });

  it('OE18: a job has its runs, also those it made before on this line, and products theirs', () => {
    const drive = started();
    const job = { name: 'startJob', line: LINE, workOrder: 'w', product: 'B', targetCount: 100 } as const;
    drive.command(job, at('06:30'));
    const id = drive.state.lines[LINE]?.jobs[0]?.id ?? '';
    drive.command({ name: 'pauseJob', line: LINE, jobId: id }, at('06:40'));
    expect(kinds(drive, at('06:50')).filter((text) => text.startsWith('job'))).toEqual([]);
    drive.command({ name: 'resumeJob', line: LINE, jobId: id }, at('07:00'));
    expect(kinds(drive, at('07:10')).slice(-3)).toEqual([
      `job ${id} 30 70 70`,
      'product A 0 480 70',
      'product B 0 480 70',
    ]);
    const shown = linePeriods(drive.state, drive.config, LINE, at('07:10'));
    const calendar = Object.fromEntries(
      shown.map(({ kind, id: name, figures }) => [`${kind} ${name}`, figures.weights.calendarMs / MINUTE]),
    );
    expect(calendar).toMatchObject({
      [`job ${id}`]: 20,
      'product A': 30,
      'product B': 40,
      'day 2024-01-08': 70,
    });
  });

  it('OE18: a round-the-clock shift on the longest day has its hours, and no more than 26', () => {
    const always = { ...EARLY, id: 'all', from: '00:00', to: '00:00', breaks: [] };
    const config = samplePlant({}, { shifts: [always] });
    const drive = createDrive(config);
    const hours = kinds(drive, at('23:59')).filter((text) => text.startsWith('hour'));
    expect(hours).toHaveLength(24);
  });
});
