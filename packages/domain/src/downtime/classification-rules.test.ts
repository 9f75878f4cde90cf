import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shiftFigures } from '../oee/line-figures.ts';
import type { ClassificationRule, PlantConfig } from '../plant/plant.ts';
import { DEFAULT_DOWNTIME } from '../plant/downtime-config.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { downtimeStatistics } from './downtime-statistics.ts';
import { findDowntime, openAndRecentDowntimes } from './recent-downtimes.ts';

function plantWith(...rules: readonly Omit<ClassificationRule, 'id'>[]): PlantConfig {
  const named = rules.map((rule, index): ClassificationRule => Object.assign({ id: `rule-${index}` }, rule));
  return samplePlant({}, { downtime: { ...DEFAULT_DOWNTIME, rules: named } });
}

function say(drive: Drive, time: string, state: string, reason?: string): void {
  drive.observe({ equipment: FILLER, at: at(time), state, ...(reason === undefined ? null : { reason }) });
}

/** The reason and rule of a stop from 07:00 to 07:30. */
function ruled(config: PlantConfig, state = 'stopped', reason?: string): unknown {
  const drive = createDrive(config);
  say(drive, '06:00', 'running');
  say(drive, '07:00', state, reason);
  say(drive, '07:30', 'running');
  const view = findDowntime(drive.state, config, LINE, `${FILLER}@${at('07:00')}`, at('08:00'));
  return view?.reasonBy?.kind === 'rule' ? `${view.reasonBy.rule}: ${view.reason}` : null;
}

describe('rules that classify stops', () => {
  it('DT8: the first that fits gives the reason, and the event names it', () => {
    const config = plantWith(
      { reason: 'service', rawStates: ['idle'] },
      { reason: 'material', machineReasons: ['E12', 'E13'] },
      { reason: 'jam' },
    );
    expect(ruled(config)).toBe('rule-2: jam');
    expect(ruled(config, 'stopped', 'E13')).toBe('rule-1: material');
    expect(ruled(config, 'idle', 'E13')).toBe('rule-0: service');
    const drive = createDrive(config);
    say(drive, '07:00', 'stopped', 'E13');
    expect(drive.log.at(-1)).toMatchObject({
      type: 'downtimeClassified',
      rule: 'rule-1',
      reason: 'material',
      before: 'E13',
      from: at('07:00'),
    });
    expect(drive.log.at(-1)).not.toHaveProperty('author');
  });

  it.each<
    [fits: Omit<ClassificationRule, 'id' | 'reason'>, fitsNot: Omit<ClassificationRule, 'id' | 'reason'>]
  >([
    [{ lines: [LINE] }, { lines: [CNC_LINE] }],
    [{ equipment: [FILLER] }, { equipment: [LABELLER] }],
    [{ states: ['stopped'] }, { states: ['idle', 'blocked'] }],
    [{ rawStates: ['stopped'] }, { rawStates: ['STOPPED'] }],
    [{ minMs: 30 * MINUTE }, { minMs: 30 * MINUTE + 1 }],
    [{ maxMs: 30 * MINUTE + 1 }, { maxMs: 30 * MINUTE }],
    [{ between: { from: '07:00', to: '07:01' } }, { between: { from: '07:01', to: '07:30' } }],
    [{ between: { from: '22:00', to: '07:01' } }, { between: { from: '22:00', to: '07:00' } }],
    [
      { between: { from: '06:00', to: '08:00', days: ['mon'] } },
      { between: { from: '06:00', to: '08:00', days: ['sun'] } },
    ],
    [
      { between: { from: '22:00', to: '08:00', days: ['sun'] } },
      { between: { from: '22:00', to: '08:00', days: ['mon'] } },
    ],
    [{ between: { from: '00:00', to: '00:00' } }, { machineReasons: ['E1'] }],
    [{}, { rawStates: [] }],
  ])('DT8: %j fits a stop from 07:00 to 07:30 on Monday, %j does not', (fits, fitsNot) => {
    expect(ruled(plantWith({ reason: 'jam', ...fits }))).toBe('rule-0: jam');
    expect(ruled(plantWith({ reason: 'jam', ...fitsNot }))).toBeNull();
  });

  it('DT8: length is planned time; a rule with a greatest length waits for the end', () => {
    const config = plantWith(
      { reason: 'material', maxMs: 20 * MINUTE },
      { reason: 'jam', minMs: 5 * MINUTE },
    );
    const drive = createDrive(config);
    const reason = (): string | undefined =>
      openAndRecentDowntimes(drive.state, config, LINE, at('12:00')).at(-1)?.reason;
    say(drive, '06:00', 'running');
    say(drive, '09:50', 'stopped');
    drive.tick(at('10:00'));
    expect(reason()).toBeUndefined();
    drive.tick(at('10:45'));
    expect(reason()).toBe('jam');
    say(drive, '10:46', 'running');
    expect(reason()).toBe('jam');
    say(drive, '10:35', 'running');
    expect(reason()).toBe('material');
    say(drive, '11:00', 'stopped');
    say(drive, '11:25', 'running');
    expect(reason()).toBe('jam');
    say(drive, '11:02', 'running');
    expect(reason()).toBe('material');
  });

  it('DT8: when a late fact leaves no rule that fits, that is said', () => {
    const config = plantWith({ reason: 'jam', minMs: 20 * MINUTE });
    const drive = createDrive(config);
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped');
    say(drive, '07:30', 'running');
    const figures = (): number =>
      shiftFigures(drive.state, config, LINE, { from: at('06:00'), to: at('08:00') }, at('08:00')).losses
        .breakdown;
    expect(figures()).toBe(30 * MINUTE);
    say(drive, '07:10', 'running');
    expect(drive.log.at(-1)).toMatchObject({ type: 'downtimeRuleVoided', rule: 'rule-0' });
    expect(figures()).toBe(0);
  });

  it("DT5: a person's reason comes before a rule's, a rule's before the machine's", () => {
    const config = plantWith({ reason: 'material', machineReasons: ['jam'] });
    const drive = createDrive(config);
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped', 'jam');
    const id = `${FILLER}@${at('07:00')}`;
    expect(
      drive.command({ name: 'classifyDowntime', downtimeId: id, reason: 'service' }, at('07:10')).events,
    ).toMatchObject([{ before: 'material' }]);
    say(drive, '07:30', 'running');
    expect(findDowntime(drive.state, config, LINE, id, at('08:00'))).toMatchObject({
      reason: 'service',
      reasonBy: { kind: 'person' },
    });
  });
});

const RULES = plantWith(
  { reason: 'material', maxMs: 10 * MINUTE },
  { reason: 'jam', minMs: 40 * MINUTE, states: ['stopped'] },
  { reason: 'service', rawStates: ['idle'], between: { from: '08:00', to: '12:00' } },
);
const DAY = { from: at('05:00'), to: at('15:00') };

const observation = fc.record({
  minute: fc.integer({ min: 0, max: 600 }),
  state: fc.constantFrom('running', 'stopped', 'idle', 'blocked', 'unknown'),
});

const edit = fc.record({
  which: fc.nat({ max: 20 }),
  act: fc.constantFrom('classify', 'split', 'merge', 'part'),
  reason: fc.constantFrom('jam', 'material', 'service', 'dontKnow'),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

function edited(
  drive: Drive,
  { which, act, reason, share }: typeof edit extends fc.Arbitrary<infer E> ? E : never,
) {
  const stops = drive.state.lines[LINE]?.downtimes ?? [];
  const stop = stops[which % Math.max(1, stops.length)];
  if (stop === undefined) return;
  const { id: downtimeId, from, to } = stop;
  const instant = Math.round(from + share * ((to ?? DAY.to) - from));
  const next = stops[(which % stops.length) + 1];
  if (act === 'classify') drive.command({ name: 'classifyDowntime', downtimeId, reason }, DAY.to);
  if (act === 'split') drive.command({ name: 'splitDowntime', downtimeId, splitAt: instant, reason }, DAY.to);
  if (act === 'part')
    drive.command({ name: 'classifyDowntime', downtimeId, reason, partFrom: instant }, DAY.to);
  if (act === 'merge' && next !== undefined)
    drive.command({ name: 'mergeDowntimes', line: LINE, downtimeIds: [downtimeId, next.id] }, DAY.to);
}

/** A day of observations and edits, as they come. */
function driven(steps: readonly object[], config: PlantConfig): Drive {
  const drive = createDrive({
    ...config,
    equipment: config.equipment.map((each) => ({ ...each, latenessWindowMs: 24 * HOUR })),
  });
  for (const each of steps) {
    if ('minute' in each) {
      const { minute, state } = each as { minute: number; state: string };
      drive.observe({ equipment: FILLER, at: DAY.from + minute * MINUTE, state }, DAY.to);
    } else edited(drive, each as Parameters<typeof edited>[1]);
  }
  drive.tick(DAY.to);
  return drive;
}

describe('any edits of any history', () => {
  it('DT7: the losses sum to the window exactly and none is negative, whatever was edited', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(observation, edit), { maxLength: 60 }), (steps) => {
        const { state, config } = driven(steps, RULES);
        const figures = shiftFigures(state, config, LINE, DAY, DAY.to);
        const losses = Object.values(figures.losses);
        expect(losses.reduce((sum, ms) => sum + ms, 0)).toBe(DAY.to - DAY.from);
        for (const ms of losses) expect(ms).toBeGreaterThanOrEqual(0);
        const { value } = figures.availability;
        if (typeof value === 'number') expect(value >= 0 && value <= 1).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('DT16: the statistics sum to the losses of the same window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(observation, edit), { maxLength: 60 }),
        fc.integer({ min: 0, max: 600 }),
        (steps, minute) => {
          const { state, config } = driven(steps, RULES);
          const window = { from: DAY.from, to: DAY.from + minute * MINUTE };
          const { stops, minorStops, byReason, reasonDebt } = downtimeStatistics(
            state,
            config,
            { kind: 'line', path: LINE },
            window,
            DAY.to,
          );
          const { losses } = shiftFigures(state, config, LINE, window, DAY.to);
          const { breakdown, external, unexplained, setup, noOrder, minorStop, plannedDowntime } = losses;
          const lost = breakdown + external + unexplained + setup + noOrder + minorStop + plannedDowntime;
          expect(stops.totalMs + minorStops.totalMs).toBe(lost);
          expect(byReason.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBe(stops.totalMs);
          expect(reasonDebt.ms).toBeLessThanOrEqual(unexplained);
          const shares = byReason.map(({ totalMs }) => totalMs);
          expect(shares).toEqual(shares.toSorted((a, b) => b - a));
          if (byReason.length > 0) expect(byReason.at(-1)?.cumulativeShare).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('DT8: the order of arrival changes nothing of what the rules say', () => {
    const shuffled = fc
      .uniqueArray(observation, { maxLength: 40, selector: ({ minute }) => minute })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([all, arrived]) => {
        const seen = (steps: readonly object[]): unknown => {
          const { state, config } = driven(steps, RULES);
          return openAndRecentDowntimes(state, config, LINE, DAY.to).map((view) =>
            Object.assign({}, view, { history: null }),
          );
        };
        expect(seen(arrived)).toEqual(seen(all.toSorted((a, b) => a.minute - b.minute)));
      }),
      { numRuns: 60 },
    );
  });
});
