import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { FactoryEvent } from '../engine/engine-types.ts';
import type { Figure } from '../oee/figure.ts';
import { figuresBetween } from '../oee/line-figures.ts';
import { LOSS_NAMES } from '../oee/oee-figures.ts';
import { rollUpReport } from '../oee/report.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { calendarBuckets } from './calendar-buckets.ts';
import { configurationSpans } from './configuration-spans.ts';
import { placeOf } from './event-place.ts';
import { explainFigures } from './explain-figures.ts';
import { figurePieces, figuresFromEvents, scopeInputs } from './history-figures.ts';
import { stateFromEvents } from './state-from-events.ts';
import { subjectDocument } from './subject-document.ts';

const SHIFT = { from: at('06:00'), to: at('14:00') };
const SCOPE = { kind: 'line', path: LINE } as const;

/** Where a speed is not known the whole is not split into these, while pieces of known speed are. */
const BY_SPEED: ReadonlySet<string> = new Set(['reducedSpeed', 'startup', 'defect']);

const steps = fc.array(
  fc.record({
    minute: fc.integer({ min: 300, max: 860 }),
    what: fc.constantFrom(
      { state: 'running' },
      { state: 'stopped', reason: 'jam' },
      { state: 'idle' },
      { state: 'setup' },
      { product: 'A' },
      { product: 'B' },
      { product: null },
      { good: 7, scrap: 1 },
    ),
    equipment: fc.constantFrom(FILLER, FILLER, LABELLER),
  }),
  { minLength: 5, maxLength: 60 },
);

function isNoIdeal(performance: Figure): boolean {
  return typeof performance !== 'number' && performance.unknown === 'noIdealCycle';
}

function driven(history: readonly { minute: number; what: object; equipment: string }[]): Drive {
  const drive = createDrive(samplePlant({ latenessWindowMs: 24 * HOUR }));
  drive.observe({ equipment: FILLER, at: at('04:00'), state: 'running', good: 1, scrap: 0 });
  for (const { minute, what, equipment } of history)
    drive.observe({ equipment, at: at('00:00') + minute * MINUTE, ...what }, at('14:30'));
  return drive;
}

describe('history', () => {
  it('HI1: an event is placed by its members, also one of a kind that is not listed', () => {
    const classified: FactoryEvent = {
      type: 'downtimeClassified',
      downtimeId: `${FILLER}@1`,
      at: 7,
      author: 'ann',
      reason: 'jam',
    };
    expect(placeOf(classified)).toEqual({
      from: 7,
      to: 7,
      subject: { kind: 'downtime', id: `${FILLER}@1` },
      author: 'ann',
      bearing: 'figure',
      endsStops: false,
    });
    const heard: FactoryEvent = {
      type: 'equipmentHeard',
      equipment: FILLER,
      spans: [
        [3, 4],
        [9, 12],
      ],
    };
    expect(placeOf(heard)).toMatchObject({ from: 3, to: 12, equipment: FILLER, bearing: 'fact' });
    const novel = { type: 'somethingNew', at: 5, line: LINE, from: 2, to: 9 } as unknown as FactoryEvent;
    expect(placeOf(novel)).toMatchObject({ from: 2, to: 9, line: LINE, bearing: 'figure' });
    expect(placeOf({ type: 'timeAdvanced', at: 5 }).bearing).toBe('none');
  });

  it('HI2: figures from the events are those of the engine that was told them', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { state, config, log } = driven(history);
        const now = at('14:30');
        expect(figuresFromEvents(config, log, SCOPE, SHIFT, now)).toEqual(
          figuresBetween(state, config, LINE, SHIFT, now),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('HI3: pieces by hour and product add up to the figures of the whole', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { config, log } = driven(history);
        const now = at('14:30');
        const whole = figuresFromEvents(config, log, SCOPE, SHIFT, now);
        if ('unknown' in whole) throw new Error(whole.unknown);
        const state = stateFromEvents(config, log, now);
        const hours = Array.from({ length: 8 }, (_, index) => SHIFT.from + index * HOUR);
        const pieces = hours.flatMap((from) =>
          figurePieces(state, config, SCOPE, { from, to: from + HOUR }, now).map(({ figures }) => figures),
        );
        const sum = rollUpReport(pieces, 1);
        expect(sum.times).toEqual(whole.times);
        expect(sum.counts).toEqual(whole.counts);
        const isSplit = !whole.flags.includes('speedUnknown') && !isNoIdeal(whole.performance);
        for (const name of LOSS_NAMES)
          if (isSplit || !BY_SPEED.has(name)) expect(sum.losses[name]).toBeCloseTo(whole.losses[name], 0);
        for (const name of ['availability', 'performance', 'quality', 'oee'] as const) {
          const figure = whole[name];
          if (typeof figure === 'number') expect(sum[name]).toBeCloseTo(figure, 9);
          else expect(sum[name]).toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('HI4: a configuration that is loaded during a shift holds for the whole of it', () => {
    const first = samplePlant();
    const second = samplePlant({ minorStopMs: 1000 });
    const spans = configurationSpans(
      [
        { at: at('05:00'), config: first },
        { at: at('09:00'), config: second },
      ],
      LINE,
      { from: at('00:00'), to: at('20:00') },
    );
    expect(spans).toEqual([
      { from: at('00:00'), to: at('06:00'), config: first },
      { from: at('06:00'), to: at('20:00'), config: second },
    ]);
    const sameShift = configurationSpans(
      [
        { at: at('05:00'), config: first },
        { at: at('09:00'), config: second },
        { at: at('09:30'), config: first },
      ],
      LINE,
      { from: at('06:00'), to: at('14:00') },
    );
    expect(sameShift).toEqual([{ from: at('06:00'), to: at('14:00'), config: first }]);
  });

  it('HI5: an explanation covers the window, and its intervals add up to the figure', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { state, config } = driven(history);
        const inputs = scopeInputs(state, config, SCOPE, SHIFT, at('14:30'));
        const { figures, intervals } = explainFigures(inputs);
        let cursor = SHIFT.from;
        let noOrderMs = 0;
        let produced = 0;
        for (const { from, to, bucket, counts, rules } of intervals) {
          expect(from).toBe(cursor);
          expect(rules).toContain('TI2');
          cursor = to;
          if (bucket === 'noOrder') noOrderMs += to - from;
          produced += counts.produced;
        }
        expect(cursor).toBe(SHIFT.to);
        expect(noOrderMs).toBe(figures.losses.noOrder);
        expect(produced).toBe(figures.counts.produced);
      }),
      { numRuns: 60 },
    );
  });

  it('HI6: a subject is what its events say, as known at an offset', () => {
    const drive = createDrive(samplePlant());
    drive.command(
      { name: 'raiseCall', line: LINE, callType: 'material', priority: 'low', note: 'film' },
      at('07:00'),
    );
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:05'), 'bob');
    drive.command({ name: 'resolveCall', callId: 'call-1', note: 'done' }, at('07:20'), 'bob');
    const known = drive.log
      .filter((event) => 'callId' in event)
      .map((event, index) => ({ offset: index + 1, event }));
    const subject = { kind: 'call', id: 'call-1' } as const;
    expect(subjectDocument(subject, [])).toBeNull();
    expect(subjectDocument(subject, known.slice(0, 2))).toMatchObject({
      status: 'acknowledged',
      from: at('07:00'),
      to: at('07:05'),
      members: { note: 'film', line: LINE },
    });
    const whole = subjectDocument(subject, known);
    expect(whole).toMatchObject({ status: 'resolved', to: at('07:20'), members: { note: 'done' } });
    expect(whole?.acts.map(({ type, author }) => [type, author])).toEqual([
      ['callRaised', 'ann'],
      ['callAcknowledged', 'bob'],
      ['callResolved', 'bob'],
    ]);
  });

  it.each(['Europe/Berlin', 'America/Chicago', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'HI7: hours, days, weeks and months cover the calendar of %s without gap or overlap',
    (timeZone) => {
      const window = { from: Date.parse('2024-01-30T17:20:00Z'), to: Date.parse('2024-11-20T03:10:00Z') };
      for (const unit of ['hour', 'day', 'week', 'month'] as const) {
        const buckets = calendarBuckets(timeZone, unit, window);
        let cursor = window.from;
        for (const { from, to } of buckets) {
          expect(from).toBe(cursor);
          expect(to).toBeGreaterThan(from);
          cursor = to;
        }
        expect(cursor).toBe(window.to);
        expect(new Set(buckets.map(({ id }) => id)).size).toBe(buckets.length);
      }
    },
  );
});
