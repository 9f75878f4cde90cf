import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlantConfig } from '../plant/plant.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import { lineProduction } from '../query/line-production.ts';
import { lineStatus } from '../query/line-status.ts';
import { equipmentTimeline, lineTimeline } from '../query/timelines.ts';
import { openAndRecentDowntimes } from '../downtime/recent-downtimes.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { applyEvent } from './apply-event.ts';
import { decodeEngineState, encodeEngineState } from './codec.ts';
import { createEngineState } from './engine-state.ts';
import type { EngineInput, Observation } from './engine-types.ts';
import { step } from './step.ts';

const START = at('05:00');
const END = at('15:00');

const STATES = ['running', 'stopped', 'idle', 'setup', 'blocked', 'starved', 'unknown', 'nonsense'];

const instant = fc.integer({ min: START / 1000, max: END / 1000 }).map((second) => second * 1000);

/** Of alarms that rules ask for, and of whole items. */
const alarm = fc.oneof(
  fc.record({ item: fc.constantFrom('', 'plc'), code: fc.constantFrom('1', '2'), active: fc.boolean() }),
  fc.constantFrom({ item: 'plc', active: false }, { active: false }),
);

const observation: fc.Arbitrary<Omit<Observation, 'receivedAt'>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ equipment: fc.constant(FILLER), at: instant, state: fc.constantFrom(...STATES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      equipment: fc.constant(FILLER),
      at: instant,
      state: fc.constant('stopped'),
      reason: fc.constantFrom('jam', 'service', 'material', 'odd'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      equipment: fc.constant(FILLER),
      at: instant,
      product: fc.constantFrom('A', 'B', null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ equipment: fc.constant(FILLER), at: instant, counter: fc.nat({ max: 5000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      equipment: fc.constantFrom(FILLER, LABELLER),
      at: instant,
      good: fc.nat({ max: 50 }),
      scrap: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ equipment: fc.constant(FILLER), at: instant, lost: fc.constant(true as const) }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ equipment: fc.constant(FILLER), at: instant, ms: fc.nat({ max: 20 * MINUTE }) })
      .map(({ equipment, at: from, ms }) => ({ equipment, at: from, heard: [[from, from + ms] as const] })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ equipment: fc.constantFrom(FILLER, LABELLER), at: instant, alarm }),
  },
);

const silentAfterMs = fc.constantFrom(null, 5 * MINUTE, 60 * MINUTE);
const history = fc.array(observation, { maxLength: 60 });

function plantWith(silent: number | null): PlantConfig {
  return samplePlant({ silentAfterMs: silent, latenessWindowMs: 24 * 60 * MINUTE });
}

/** All that people would see at the end. */
function picture({ state, config }: Drive): unknown {
  return {
    status: lineStatus(state, config, LINE, END),
    timeline: lineTimeline(state, config, LINE, START, END, END),
    equipment: equipmentTimeline(state, config, FILLER, START, END, END),
    figures: shiftFigures(state, config, LINE, { from: at('06:00'), to: at('14:00') }, END),
    downtimes: state.lines[LINE]?.downtimes,
    recent: openAndRecentDowntimes(state, config, LINE, END),
  };
}

function driven(config: PlantConfig, observations: readonly Omit<Observation, 'receivedAt'>[]): Drive {
  const drive = createDrive(config);
  for (const item of observations) drive.observe(item, END);
  drive.tick(END);
  return drive;
}

describe('any history', () => {
  it('EN1: replaying the events gives the state that deciding gave', () => {
    fc.assert(
      fc.property(history, silentAfterMs, fc.array(fc.boolean()), (observations, silent, ticks) => {
        const config = plantWith(silent);
        const drive = createDrive(config);
        let now = START;
        for (const [index, item] of observations.entries()) {
          now = Math.max(now, item.at);
          if (ticks[index] === true) drive.tick(now);
          drive.observe(item, now);
        }
        drive.tick(END);
        const replayed = createEngineState(config);
        for (const event of drive.log) applyEvent(replayed, config, event);
        expect(replayed).toEqual(drive.state);
      }),
      { numRuns: 150 },
    );
  });

  it('EN3: late and out of order within the window, the picture is the same', () => {
    const shuffled = history.chain((observations) =>
      fc.record({
        observations: fc.constant(observations),
        arrived: fc.shuffledSubarray(observations, {
          minLength: observations.length,
          maxLength: observations.length,
        }),
      }),
    );
    fc.assert(
      fc.property(shuffled, silentAfterMs, ({ observations, arrived }, silent) => {
        const config = plantWith(silent);
        const inOrder = [...observations].sort((a, b) => a.at - b.at);
        expect(picture(driven(config, arrived))).toEqual(picture(driven(config, inOrder)));
      }),
      { numRuns: 250 },
    );
  });

  it('EN4: states, products, totals and hearings said twice change nothing', () => {
    fc.assert(
      fc.property(history, silentAfterMs, (observations, silent) => {
        const config = plantWith(silent);
        const idempotent = observations.filter(({ good }) => good === undefined);
        const drive = driven(config, idempotent);
        const before = encodeEngineState(drive.state);
        for (const item of idempotent) expect(drive.observe(item, END).events).toEqual([]);
        expect(encodeEngineState(drive.state)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  it('TI2: buckets sum to the window exactly, whatever was observed', () => {
    fc.assert(
      fc.property(
        history,
        silentAfterMs,
        fc.integer({ min: 0, max: 480 }),
        (observations, silent, minutes) => {
          const { state, config } = driven(plantWith(silent), observations);
          const now = at('06:00') + minutes * MINUTE;
          const { losses, window } = lineFigures(state, config, LINE, now);
          const sum = Object.values(losses).reduce((total, ms) => total + ms, 0);
          expect(sum).toBe('unknown' in window ? 0 : now - window.from);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('TI2: splitting a window anywhere, times and counts add up', () => {
    fc.assert(
      fc.property(history, silentAfterMs, instant, (observations, silent, cut) => {
        const { state, config } = driven(plantWith(silent), observations);
        const whole = shiftFigures(state, config, LINE, { from: START, to: END }, END);
        const parts = [
          shiftFigures(state, config, LINE, { from: START, to: cut }, END),
          shiftFigures(state, config, LINE, { from: cut, to: END }, END),
        ];
        for (const name of Object.keys(whole.times))
          expect(parts.reduce((sum, { times }) => sum + (times[name] ?? 0), 0)).toBe(whole.times[name]);
        for (const name of ['produced', 'good', 'scrap', 'rework', 'unobserved'] as const)
          expect(parts.reduce((sum, { counts }) => sum + counts[name], 0)).toBe(whole.counts[name]);
      }),
      { numRuns: 150 },
    );
  });

  it('DT4: recorded stops are those the facts show, in whatever order they came', () => {
    fc.assert(
      fc.property(history, silentAfterMs, (observations, silent) => {
        const config = plantWith(silent);
        const { state } = driven(config, observations);
        const shown = stopsShown(state, config);
        const recorded = (state.lines[LINE]?.downtimes ?? []).map(({ from, to }) => ({ from, to }));
        expect(recorded).toEqual(shown);
      }),
      { numRuns: 250 },
    );
  });
});

/** Stops of the filler in planned time, read from the timeline the slow way. */
function stopsShown(
  state: Drive['state'],
  config: PlantConfig,
): readonly { from: number; to: number | null }[] {
  const stops: { from: number; to: number | null }[] = [];
  let open = false;
  for (const { from, to, state: name } of lineTimeline(state, config, LINE, START, END, END)) {
    if (!['stopped', 'idle', 'blocked', 'starved'].includes(name)) {
      open = false;
      continue;
    }
    // Both shifts of the day: nights until 06:00 join the early shift, which ends at 14:00.
    const start = skipBreaks(Math.max(from, START));
    const end = Math.min(to ?? END, at('14:00'));
    const last = stops.at(-1);
    if (open && last !== undefined) last.to = end;
    else if (end > start) {
      stops.push({ from: start, to: end });
      open = true;
    }
  }
  return stops.filter(({ from, to }) => from < (to ?? END));
}

function skipBreaks(from: number): number {
  return from >= at('10:00') && from < at('10:30') ? at('10:30') : from;
}

describe('the engine', () => {
  it('EN2: equal input gives equal events', () => {
    fc.assert(
      fc.property(history, (observations) => {
        const config = plantWith(5 * MINUTE);
        expect(driven(config, observations).log).toEqual(driven(config, observations).log);
      }),
      { numRuns: 50 },
    );
  });

  it('EN10: a saved state continues like the one it was saved from', () => {
    fc.assert(
      fc.property(history, history, (before, after) => {
        const config = plantWith(5 * MINUTE);
        const drive = driven(config, before);
        const decoded = decodeEngineState(encodeEngineState(drive.state));
        if (decoded.status !== 'decoded') throw new Error(decoded.message);
        expect(decoded.state).toEqual(drive.state);
        for (const item of after) {
          const input: EngineInput = { kind: 'observation', observation: { ...item, receivedAt: END } };
          expect(step(decoded.state, config, input, END)).toEqual(step(drive.state, config, input, END));
        }
        expect(lineProduction(decoded.state, config, LINE, END)).toEqual(
          lineProduction(drive.state, config, LINE, END),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('EN10: text that is no saved state is unreadable, and says why', () => {
    expect(decodeEngineState('{')).toMatchObject({ status: 'unreadable' });
    expect(decodeEngineState('{"version":99,"state":{}}')).toMatchObject({
      message: 'the saved engine state has version 99, this engine reads 6',
    });
    expect(decodeEngineState('null')).toMatchObject({ status: 'unreadable' });
  });
});
