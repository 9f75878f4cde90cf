import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEngineState } from '../engine/engine-state.ts';
import type { FactoryEvent, Observation } from '../engine/engine-types.ts';
import { applyEvent } from '../engine/apply-event.ts';
import type { PlantConfig } from '../plant/plant.ts';
import { shiftFigures } from '../oee/line-figures.ts';
import { lineTimeline } from '../query/timelines.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { equipmentStatus } from './equipment-status.ts';
import type { IllegalTransition } from './illegal-transitions.ts';
import { PACKML, PACKML_MAPPING, isPackmlTransition } from './packml.ts';
import type { PackmlState } from './packml.ts';

const STATES = Object.keys(PACKML) as PackmlState[];
const END = at('14:00');

function packmlPlant(silentAfterMs: number | null = null): PlantConfig {
  return samplePlant({
    stateMapping: PACKML_MAPPING,
    packml: true,
    silentAfterMs,
    latenessWindowMs: 24 * HOUR,
  });
}

function illegalIn({ state }: Drive): readonly IllegalTransition[] {
  return state.equipment[FILLER]?.illegalTransitions ?? [];
}

/** What is left of the recorded transitions when the withdrawn ones are taken out of the log. */
function illegalByLog(log: readonly FactoryEvent[]): readonly IllegalTransition[] {
  const left: IllegalTransition[] = [];
  for (const event of log) {
    if (event.type === 'illegalTransitionRecorded') {
      const { at: when, fromState, toState } = event;
      left.push({ at: when, fromState, toState });
    }
    if (event.type === 'illegalTransitionWithdrawn') {
      const index = left.findIndex(
        (each) =>
          each.at === event.at && each.fromState === event.fromState && each.toState === event.toState,
      );
      expect(index).toBeGreaterThanOrEqual(0);
      left.splice(index, 1);
    }
  }
  return left.sort((a, b) => a.at - b.at);
}

/** A walk along the table, its commands and completions drawn. */
const legalWalk = fc
  .record({ start: fc.constantFrom(...STATES), draws: fc.array(fc.nat(), { maxLength: 60 }) })
  .map(({ start, draws }) => {
    const walk: PackmlState[] = [start];
    for (const draw of draws) {
      const ways = Object.values(PACKML[walk.at(-1) ?? start].to);
      walk.push(ways[draw % ways.length] ?? start);
    }
    return walk;
  });
const anyWalk = fc.array(fc.constantFrom(...STATES), { minLength: 1, maxLength: 60 });

function said(walk: readonly string[]): readonly Omit<Observation, 'receivedAt'>[] {
  return walk.map((state, index) => ({ equipment: FILLER, at: at('06:00') + index * 30_000, state }));
}

function walked(observations: readonly Omit<Observation, 'receivedAt'>[], config = packmlPlant()): Drive {
  const drive = createDrive(config);
  for (const item of observations) drive.observe(item, END);
  drive.tick(END);
  return drive;
}

describe('the table of PackML', () => {
  it('PM1: holds the 17 states with their numbers, understood by name and by number', () => {
    expect(STATES.map((state) => PACKML[state].number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 17 }, (_, index) => index + 1),
    );
    for (const state of STATES)
      expect(PACKML_MAPPING[String(PACKML[state].number)]).toEqual(PACKML_MAPPING[state]);
    const drive = walked(said(['6', 'Holding', '11']));
    expect(lineTimeline(drive.state, drive.config, LINE, at('06:00'), END, END)).toMatchObject([
      { state: 'running', raw: '6' },
      { state: 'stopped', raw: 'Holding' },
      { state: 'stopped', raw: '11' },
    ]);
    expect(illegalIn(drive)).toEqual([]);
  });

  it('PM1: leads where ISA-TR88.00.02 leads', () => {
    const not = (...left: PackmlState[]) => STATES.filter((state) => !left.includes(state));
    const from = (command: keyof (typeof PACKML)['Idle']['to']): readonly string[] =>
      STATES.filter((state) => PACKML[state].to[command] !== undefined).sort();
    expect(from('stop')).toEqual(not('Stopping', 'Stopped', 'Clearing', 'Aborting', 'Aborted').sort());
    expect(from('abort')).toEqual(not('Aborting', 'Aborted').sort());
    expect(from('hold')).toEqual(
      ['Execute', 'Starting', 'Suspending', 'Suspended', 'Unsuspending', 'Unholding'].sort(),
    );
    expect(from('reset')).toEqual(['Complete', 'Stopped']);
    expect(from('start')).toEqual(['Idle']);
    expect(from('complete')).toEqual(['Execute']);
    expect(from('suspend')).toEqual(['Execute']);
    expect(from('unsuspend')).toEqual(['Suspended']);
    expect(from('unhold')).toEqual(['Held']);
    expect(from('clear')).toEqual(['Aborted']);
    // Acting states complete; the others wait for a command.
    expect(from('stateComplete')).toEqual(STATES.filter((state) => state.endsWith('ing')).sort());
    expect(isPackmlTransition('Execute', 'Held')).toBe(false);
  });
});

describe('transitions', () => {
  it('PM2: one that is not in the table is recorded and shown, and the machine is believed', () => {
    const drive = walked(said(['Execute', 'Held', 'Unholding', 'Execute']));
    const illegal = { at: at('06:00:30'), fromState: 'Execute', toState: 'Held' };
    expect(drive.log).toContainEqual({ type: 'illegalTransitionRecorded', equipment: FILLER, ...illegal });
    expect(equipmentStatus(drive.state, drive.config, FILLER, at('13:59'))).toMatchObject({
      transitions: { illegal: [illegal] },
    });
    expect(lineTimeline(drive.state, drive.config, LINE, at('06:00'), END, at('06:01'))).toMatchObject([
      { state: 'running', raw: 'Execute' },
      { state: 'stopped', raw: 'Held', illegalFrom: 'Execute' },
      { state: 'stopped', raw: 'Unholding' },
      { state: 'running', raw: 'Execute' },
    ]);
    expect(drive.log.some(({ type }) => type === 'downtimeStarted')).toBe(true);
  });

  it('PM2: legal walks record none', () => {
    fc.assert(
      fc.property(legalWalk, (walk) => {
        const drive = walked(said(walk));
        expect(illegalIn(drive)).toEqual([]);
        expect(drive.log.some(({ type }) => type === 'illegalTransitionRecorded')).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('PM2: any walk records exactly those that are not in the table', () => {
    fc.assert(
      fc.property(anyWalk, (walk) => {
        const expected = walk.flatMap((toState, index) => {
          const fromState = walk[index - 1];
          return fromState === undefined || isPackmlTransition(fromState, toState)
            ? []
            : [{ at: at('06:00') + index * 30_000, fromState, toState }];
        });
        expect(illegalIn(walked(said(walk)))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('PM3: what passed while the machine was not heard, or said no state of PackML, is no transition', () => {
    const config = packmlPlant(5 * MINUTE);
    const silent = createDrive(config);
    silent.observe({ equipment: FILLER, at: at('06:00'), state: 'Execute' });
    silent.observe({ equipment: FILLER, at: at('06:20'), state: 'Held' });
    expect(illegalIn(silent)).toEqual([]);
    // Heard all the time after all.
    silent.observe({ equipment: FILLER, at: at('06:19'), heard: [[at('06:02'), at('06:19')]] }, at('06:21'));
    expect(illegalIn(silent)).toEqual([{ at: at('06:20'), fromState: 'Execute', toState: 'Held' }]);

    const lost = createDrive(packmlPlant());
    lost.observe({ equipment: FILLER, at: at('06:00'), state: 'Execute' });
    lost.observe({ equipment: FILLER, at: at('06:20'), state: 'Held' });
    lost.observe({ equipment: FILLER, at: at('06:05'), lost: true }, at('06:21'));
    expect(illegalIn(lost)).toEqual([]);

    expect(illegalIn(walked(said(['Execute', 'Dancing', 'Held'])))).toEqual([]);
  });

  it('PM4: a late state takes back what it explains', () => {
    const drive = createDrive(packmlPlant());
    drive.observe({ equipment: FILLER, at: at('06:00'), state: 'Execute' });
    drive.observe({ equipment: FILLER, at: at('06:20'), state: 'Held' });
    drive.observe({ equipment: FILLER, at: at('06:19'), state: 'Holding' }, at('06:21'));
    expect(drive.log.filter(({ type }) => type.startsWith('illegal')).map(({ type }) => type)).toEqual([
      'illegalTransitionRecorded',
      'illegalTransitionWithdrawn',
    ]);
    expect(illegalIn(drive)).toEqual([]);
  });

  it('PM4: the order of arrival changes nothing, and the log tells what is shown', () => {
    const instant = fc.integer({ min: at('06:00') / 1000, max: at('08:00') / 1000 }).map((s) => s * 1000);
    const observation: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          equipment: fc.constant(FILLER),
          at: instant,
          state: fc.constantFrom(...STATES, '6', '10', 'nonsense'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          equipment: fc.constant(FILLER),
          at: instant,
          lost: fc.constant(true as const),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ at: instant, ms: fc.nat({ max: 10 * MINUTE }) }).map(({ at: from, ms }) => ({
          equipment: FILLER,
          at: from,
          heard: [[from, from + ms] as const],
        })),
      },
    );
    const history = fc.array(observation, { maxLength: 40 }).chain((observations) =>
      fc.tuple(
        fc.constant(observations),
        fc.shuffledSubarray(observations, {
          minLength: observations.length,
          maxLength: observations.length,
        }),
      ),
    );
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(null, 5 * MINUTE, HOUR),
        ([observations, arrived], silentAfterMs) => {
          const config = packmlPlant(silentAfterMs);
          const inOrder = walked(
            [...observations].sort((a, b) => a.at - b.at),
            config,
          );
          const shuffled = walked(arrived, config);
          expect(illegalIn(shuffled)).toEqual(illegalIn(inOrder));
          expect(illegalByLog(shuffled.log)).toEqual(illegalIn(shuffled));
          const replayed = createEngineState(config);
          for (const event of shuffled.log) applyEvent(replayed, config, event);
          expect(replayed).toEqual(shuffled.state);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('TI2: every second of a PackML machine is in exactly one bucket, whatever it said', () => {
    fc.assert(
      fc.property(anyWalk, (walk) => {
        const { state, config } = walked(said(walk));
        const { losses } = shiftFigures(state, config, LINE, { from: at('06:00'), to: END }, END);
        expect(Object.values(losses).reduce((sum, ms) => sum + ms, 0)).toBe(END - at('06:00'));
      }),
      { numRuns: 100 },
    );
  });
});
