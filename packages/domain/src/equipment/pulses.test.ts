import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { applyEvent } from '../engine/apply-event.ts';
import { decodeEngineState, encodeEngineState } from '../engine/codec.ts';
import { createEngineState } from '../engine/engine-state.ts';
import type { Observation } from '../engine/engine-types.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import type { EquipmentConfig, PlantConfig, PulseConfig } from '../plant/plant.ts';
import { equipmentTimeline } from '../query/timelines.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';

const SECOND = 1000;

/** Ten cycles of product A are 10 s, of product B 5 s; of product C none is known. */
const PULSE: PulseConfig = { stoppedAfterCycles: 10, runsFrom: 'pulse' };

function pulsePlant(pulse: Partial<PulseConfig> = {}, changes: Partial<EquipmentConfig> = {}): PlantConfig {
  return samplePlant({
    pulse: { ...PULSE, ...pulse },
    stateMapping: {},
    latenessWindowMs: 24 * HOUR,
    ...changes,
  });
}

function pulse(drive: Drive, time: string, now = time): void {
  drive.observe({ equipment: FILLER, at: at(time), good: 1 }, at(now));
}

/** The states of the filler between two times of the day, each with its length in seconds. */
function states({ state, config }: Drive, from: string, to: string): readonly string[] {
  const timeline = equipmentTimeline(state, config, FILLER, at(from), at(to), at(to));
  if ('unknown' in timeline) throw new Error(timeline.unknown);
  return timeline.intervals.map((each) => `${each.reason ?? each.state} ${(each.to - each.from) / SECOND}`);
}

describe('a machine that gives pulses', () => {
  it('EQ15: stands since the last pulse once none came for so many ideal cycles', () => {
    const drive = createDrive(pulsePlant());
    pulse(drive, '06:00:00');
    pulse(drive, '06:00:09');
    drive.tick(at('06:00:19'));
    expect(states(drive, '06:00:00', '06:00:19')).toEqual(['running 19']);
    expect(drive.state.lines[LINE]?.downtimes).toEqual([]);
    drive.tick(at('06:00:20'));
    expect(states(drive, '06:00:00', '06:00:20')).toEqual(['running 9', 'stopped 11']);
    expect(drive.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('06:00:09'), to: null }]);
    const { losses } = lineFigures(drive.state, drive.config, LINE, at('06:00:20'));
    expect(losses).toMatchObject({ minorStop: 11 * SECOND });
  });

  it('EQ15: a slower cycle is no stop, and a pulse just in time neither', () => {
    const drive = createDrive(pulsePlant());
    for (const time of ['06:00:00', '06:00:08', '06:00:18', '06:00:28']) pulse(drive, time);
    drive.tick(at('06:00:30'));
    expect(states(drive, '06:00:00', '06:00:30')).toEqual(['running 30']);
  });

  it('EQ15: before the first pulse its state is not known; totals count by their steps', () => {
    const drive = createDrive(pulsePlant({}, { unitsPerCount: 2 }));
    const read = (time: string, counter: number): void => {
      drive.observe({ equipment: FILLER, at: at(time), counter });
    };
    read('06:00:00', 100);
    read('06:00:30', 100);
    expect(states(drive, '06:00:00', '06:00:30')).toEqual(['noStateYet 30']);
    read('06:00:40', 101);
    read('06:00:50', 101);
    // A step is two parts, so ten cycles of it are 20 s.
    read('06:01:00', 102);
    read('06:01:10', 102);
    drive.tick(at('06:01:21'));
    expect(states(drive, '06:00:40', '06:01:21')).toEqual(['running 20', 'stopped 21']);
  });

  it('EQ15: parts that people enter are no pulses', () => {
    const drive = createDrive(pulsePlant());
    pulse(drive, '06:00:00');
    drive.command({ name: 'enterCount', line: LINE, good: 5 }, at('06:00:08'));
    drive.tick(at('06:00:12'));
    expect(states(drive, '06:00:00', '06:00:12')).toEqual(['stopped 12']);
  });

  it('EQ15: a state it reports is refused, and says why', () => {
    const drive = createDrive(pulsePlant());
    const { refusal, events } = drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
    expect([refusal?.code, refusal?.path, events]).toEqual(['stateFromPulses', 'state', []]);
  });

  it('EQ16: runs again from the first pulse, or from one ideal cycle before it', () => {
    const times = ['06:00:00', '06:00:05', '06:01:00', '06:01:05'];
    const fromPulse = createDrive(pulsePlant());
    for (const time of times) pulse(fromPulse, time);
    expect(states(fromPulse, '06:00:00', '06:01:05')).toEqual(['running 5', 'stopped 55', 'running 5']);
    const cycleBefore = createDrive(pulsePlant({ runsFrom: 'cycleBefore' }));
    for (const time of times) pulse(cycleBefore, time);
    expect(states(cycleBefore, '06:00:00', '06:01:05')).toEqual(['running 5', 'stopped 54', 'running 6']);
  });

  it('EQ16: one pulse alone ends no stop, unless it ran a cycle for it', () => {
    const run = (drive: Drive): readonly string[] => {
      pulse(drive, '06:00:00');
      drive.tick(at('06:00:30'));
      pulse(drive, '06:01:00');
      expect(drive.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('06:00:00') }]);
      drive.tick(at('06:02:00'));
      return states(drive, '06:00:00', '06:02:00');
    };
    const alone = createDrive(pulsePlant());
    expect(run(alone)).toEqual(['stopped 120']);
    expect(alone.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('06:00:00'), to: null }]);
    expect(run(createDrive(pulsePlant({ runsFrom: 'cycleBefore' })))).toEqual([
      'stopped 59',
      'running 1',
      'stopped 60',
    ]);
  });

  it('EQ17: a late pulse takes back the stop it falls into', () => {
    const drive = createDrive(pulsePlant());
    pulse(drive, '06:00:00');
    pulse(drive, '06:00:05');
    drive.tick(at('06:00:16'));
    pulse(drive, '06:00:20');
    expect(states(drive, '06:00:00', '06:00:20')).toEqual(['running 5', 'stopped 15']);
    pulse(drive, '06:00:12', '06:00:21');
    expect(states(drive, '06:00:00', '06:00:20')).toEqual(['running 20']);
    expect(drive.log.some(({ type }) => type === 'equipmentStateWithdrawn')).toBe(true);
    expect(drive.state.lines[LINE]?.downtimes).toEqual([]);
  });

  it('EQ17: the ideal cycle is that of the product at the pulse, also when that is told late', () => {
    const drive = createDrive(pulsePlant());
    pulse(drive, '06:00:00');
    pulse(drive, '06:00:07');
    expect(states(drive, '06:00:00', '06:00:07')).toEqual(['running 7']);
    drive.observe({ equipment: FILLER, at: at('06:00:00'), product: 'B' }, at('06:00:08'));
    expect(states(drive, '06:00:00', '06:00:07')).toEqual(['stopped 7']);
    drive.command(
      { name: 'changeProduct', line: LINE, product: 'A', since: at('06:00:00') + 1 },
      at('06:00:09'),
    );
    pulse(drive, '06:00:13');
    expect(states(drive, '06:00:00', '06:00:13')).toEqual(['stopped 7', 'running 6']);
  });

  it('EQ17: without an ideal cycle a stated time decides; without that the state is not known', () => {
    const run = (drive: Drive): readonly string[] => {
      drive.observe({ equipment: FILLER, at: at('06:00:00'), product: 'C', good: 1 });
      pulse(drive, '06:00:20');
      pulse(drive, '06:01:00');
      return states(drive, '06:00:00', '06:01:00');
    };
    expect(run(createDrive(pulsePlant()))).toEqual(['noIdealCycle 60']);
    expect(run(createDrive(pulsePlant({ stoppedAfterMs: 30 * SECOND })))).toEqual([
      'running 20',
      'stopped 40',
    ]);
  });

  it('EQ17: a jump of the counter that somebody accepts was a pulse', () => {
    const drive = createDrive(pulsePlant());
    const read = (time: string, counter: number): void => {
      drive.observe({ equipment: FILLER, at: at(time), counter });
    };
    read('06:00:00', 0);
    read('06:00:05', 1);
    read('06:00:10', 5000);
    read('06:00:18', 5001);
    expect(states(drive, '06:00:05', '06:00:18')).toEqual(['stopped 13']);
    const judged = drive.command(
      {
        name: 'judgeCount',
        line: LINE,
        equipment: FILLER,
        counter: 'produced',
        readAt: at('06:00:10'),
        verdict: 'accepted',
      },
      at('06:00:19'),
    );
    expect(judged.refusal).toBeUndefined();
    expect(states(drive, '06:00:05', '06:00:18')).toEqual(['running 13']);
  });

  it('EQ18: while contact is lost no pulse is missed', () => {
    const drive = createDrive(pulsePlant());
    pulse(drive, '06:00:00');
    drive.observe({ equipment: FILLER, at: at('06:00:06'), lost: true });
    drive.tick(at('06:05:00'));
    pulse(drive, '06:10:00');
    expect(states(drive, '06:00:00', '06:10:00')).toEqual(['running 6', 'connectionLost 594']);
    drive.observe(
      { equipment: FILLER, at: at('06:00:05'), heard: [[at('06:00:01'), at('06:00:08')]] },
      at('06:10:01'),
    );
    drive.observe({ equipment: FILLER, at: at('06:00:30'), lost: true }, at('06:10:02'));
    expect(states(drive, '06:00:00', '06:10:00')).toEqual(['stopped 30', 'connectionLost 570']);
  });
});

const instant = fc.integer({ min: at('05:50') / 1000, max: at('06:20') / 1000 }).map((s) => s * 1000);
const increment: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.record({
  equipment: fc.constant(FILLER),
  at: instant,
  good: fc.nat({ max: 3 }),
});
const total: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.record({
  equipment: fc.constant(FILLER),
  at: instant,
  counter: fc.nat({ max: 60 }),
});
const other: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.oneof(
  fc.record({
    equipment: fc.constant(FILLER),
    at: instant,
    product: fc.constantFrom('A', 'B', 'C', null),
  }),
  fc.record({ equipment: fc.constant(FILLER), at: instant, lost: fc.constant(true as const) }),
  fc
    .record({ at: instant, ms: fc.nat({ max: 2 * MINUTE }) })
    .map(({ at: to, ms }) => ({ equipment: FILLER, at: to, heard: [[to - ms, to] as const] })),
);
const history = fc.constantFrom(increment, total).chain((counted) =>
  fc.array(fc.oneof({ weight: 5, arbitrary: counted }, { weight: 1, arbitrary: other }), {
    maxLength: 60,
  }),
);
const config = fc
  .record({
    runsFrom: fc.constantFrom('pulse' as const, 'cycleBefore' as const),
    stoppedAfterMs: fc.constantFrom(undefined, 20 * SECOND),
    silentAfterMs: fc.constantFrom(null, 8 * SECOND, MINUTE, HOUR),
    unitsPerCount: fc.constantFrom(1, 4),
  })
  .map(({ runsFrom, stoppedAfterMs, ...changes }) =>
    pulsePlant(
      { runsFrom, stoppedAfterCycles: 40, ...(stoppedAfterMs === undefined ? {} : { stoppedAfterMs }) },
      changes,
    ),
  );

const NOW = at('06:30');

function driven(
  plant: PlantConfig,
  observations: readonly Omit<Observation, 'receivedAt'>[],
  ticks: readonly boolean[] = [],
): Drive {
  const drive = createDrive(plant);
  let now = at('05:50');
  for (const [index, item] of observations.entries()) {
    now = Math.max(now, item.at);
    if (ticks[index] === true) drive.tick(now);
    drive.observe(item, now);
  }
  drive.tick(NOW);
  return drive;
}

function picture({ state, config: plant }: Drive): unknown {
  return {
    timeline: equipmentTimeline(state, plant, FILLER, at('05:40'), NOW, NOW),
    figures: shiftFigures(state, plant, LINE, { from: at('05:40'), to: NOW }, NOW),
    downtimes: state.lines[LINE]?.downtimes,
    states: state.equipment[FILLER]?.states,
  };
}

const shuffled = history.chain((items) =>
  fc.tuple(
    fc.constant(items),
    fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
    fc.array(fc.boolean()),
  ),
);

describe('any history of pulses', () => {
  it('EN3: neither the order of arrival nor when the clock ticked changes anything', () => {
    fc.assert(
      fc.property(shuffled, config, ([items, arrived, ticks], plant) => {
        const inOrder = [...items].sort((a, b) => a.at - b.at);
        expect(picture(driven(plant, arrived, ticks))).toEqual(picture(driven(plant, inOrder)));
      }),
      { numRuns: 150 },
    );
  });

  it('EN1: replaying the events gives the state that deciding gave, and a saved state continues', () => {
    fc.assert(
      fc.property(shuffled, config, ([, arrived, ticks], plant) => {
        const drive = driven(plant, arrived, ticks);
        const replayed = createEngineState(plant);
        for (const event of drive.log) applyEvent(replayed, plant, event);
        expect(replayed).toEqual(drive.state);
        const decoded = decodeEngineState(encodeEngineState(drive.state));
        expect(decoded).toEqual({ status: 'decoded', state: drive.state });
      }),
      { numRuns: 100 },
    );
  });

  it('TI2: every second lies in exactly one bucket', () => {
    fc.assert(
      fc.property(shuffled, config, ([, arrived, ticks], plant) => {
        const { state } = driven(plant, arrived, ticks);
        const { losses } = shiftFigures(state, plant, LINE, { from: at('05:40'), to: NOW }, NOW);
        expect(Object.values(losses).reduce((sum, ms) => sum + ms, 0)).toBe(NOW - at('05:40'));
      }),
      { numRuns: 100 },
    );
  });

  it('EQ15: states told live are those the pulses tell afterwards, and each is told once', () => {
    fc.assert(
      fc.property(shuffled, config, ([, arrived, ticks], plant) => {
        const drive = driven(plant, arrived, ticks);
        const left = new Map<number, string>();
        for (const event of drive.log) {
          if (event.type === 'equipmentStateWithdrawn') expect(left.delete(event.at)).toBe(true);
          if (event.type === 'equipmentStateChanged') {
            expect(left.has(event.at)).toBe(false);
            left.set(event.at, event.state);
          }
        }
        const held = drive.state.equipment[FILLER]?.states ?? [];
        expect([...left].sort(([a], [b]) => a - b)).toEqual(held.map((fact) => [fact.at, fact.state]));
      }),
      { numRuns: 100 },
    );
  });
});
