import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { FILLER, HOUR, LABELLER, LINE, MINUTE, samplePlant } from '../testing/sample-plant.ts';
import { decodeEngineState, encodeEngineState } from './codec.ts';
import type { EngineState } from './engine-state.ts';
import { createEngineState } from './engine-state.ts';
import type { EngineInput, FactoryCommand, FactoryEvent, Observation } from './engine-types.ts';
import { step } from './step.ts';

/** The clocks of Berlin go forward in the night after. */
const START = Date.UTC(2024, 2, 30, 4);
/** Now and then much is said in little time, so that the number of facts makes a look due, and not their age. */
const BURST_TURNS = 60;
const BURST_MS = 10_000;
const CALM_MS = 7 * MINUTE;
/** Facts settle soon, so that much is dropped and little is held. */
const config = samplePlant(
  { latenessWindowMs: 10 * MINUTE, silentAfterMs: 20 * MINUTE },
  {
    lines: samplePlant().lines.map((line) =>
      Object.assign({}, line, {
        shifts: ['early', 'night'],
        oeeThresholds: [{ figure: 'oee', below: 0.6, hysteresis: 0.05 }],
      }),
    ),
  },
);

type Said = Omit<Observation, 'at' | 'receivedAt'>;

const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    equipment: fc.constant(FILLER),
    state: fc.constantFrom('running', 'running', 'stopped', 'idle', 'setup', 'starved'),
  }),
  fc.record({ equipment: fc.constant(FILLER), counter: fc.nat({ max: 2000 }) }),
  fc.record({ equipment: fc.constant(FILLER), product: fc.constantFrom('A', 'B') }),
  fc.record({
    equipment: fc.constantFrom(FILLER, LABELLER),
    good: fc.nat({ max: 50 }),
    scrap: fc.nat({ max: 5 }),
  }),
);

type Act = (state: EngineState, now: number) => FactoryCommand;

const stopOf = (state: EngineState, back: number): string =>
  state.lines[LINE]?.downtimes.at(-back)?.id ?? `${FILLER}@0`;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc
    .record({ back: fc.integer({ min: 1, max: 9 }), reason: fc.constantFrom('jam', 'service') })
    .map(({ back, reason }): Act => (state) => ({
      name: 'classifyDowntime',
      downtimeId: stopOf(state, back),
      reason,
    })),
  fc.integer({ min: 1, max: 9 }).map((back): Act => (state) => {
    const { from = 0, to = null } = state.lines[LINE]?.downtimes.at(-back) ?? {};
    const splitAt = Math.round((from + (to ?? from + 2)) / 2);
    return { name: 'splitDowntime', downtimeId: stopOf(state, back), splitAt, reason: 'material' };
  }),
  fc
    .record({ product: fc.constantFrom('A', 'B', null), agoMs: fc.nat({ max: 10 * MINUTE }) })
    .map(({ product, agoMs }): Act => (_, now) => ({
      name: 'changeProduct',
      line: LINE,
      product,
      since: now - agoMs,
    })),
  fc.nat({ max: 9 }).map((scrap): Act => () => ({ name: 'enterCount', line: LINE, good: 0, scrap })),
  fc
    .record({
      change: fc.constantFrom('overtime', 'noCrew', 'runThroughBreak', 'plannedDowntime'),
      agoMs: fc.nat({ max: 3 * HOUR }),
    })
    .map(({ change, agoMs }): Act => (_, now) => ({
      name: 'changePlan',
      line: LINE,
      change,
      from: now - agoMs,
      to: now + HOUR,
    })),
  fc.constant<Act>(() => ({ name: 'startChangeover', line: LINE, toProduct: 'B' })),
  fc.constant<Act>(() => ({ name: 'completeChangeover', line: LINE })),
);

interface Turn {
  readonly said: readonly { readonly agoMs: number; readonly what: Said }[];
  readonly act: Act | null;
  readonly isSaved: boolean;
}

const lateMs = fc.oneof(fc.constant(0), fc.nat({ max: 15 * MINUTE }));
const turn: fc.Arbitrary<Turn> = fc.record({
  said: fc.array(fc.record({ agoMs: lateMs, what: said }), { maxLength: 8 }),
  act: fc.option(act, { freq: 4 }),
  isSaved: fc.nat({ max: 7 }).map((number) => number === 0),
});

function saved(state: EngineState): EngineState {
  const read = decodeEngineState(encodeEngineState(state));
  if (read.status !== 'decoded') throw new Error(read.message);
  return read.state;
}

/** The same days over and over out of some turns; a state that is saved and read remembers nothing beside its facts. */
function played(turns: readonly Turn[], isSaving: boolean): { events: FactoryEvent[]; state: EngineState } {
  let state = createEngineState(config);
  const events: FactoryEvent[] = [];
  let now = START;
  for (let count = 0; count < TURNS; count += 1) {
    now += Math.floor(count / BURST_TURNS) % 2 === 0 ? CALM_MS : BURST_MS;
    const { said: items, act: asked, isSaved } = turns[(count * 7) % turns.length] ?? NO_TURN;
    const take = (input: EngineInput): void => {
      events.push(...step(state, config, input, now).events);
    };
    for (const { agoMs, what } of items)
      take({ kind: 'observation', observation: { ...what, at: now - agoMs, receivedAt: now } });
    if (asked !== null)
      take({ kind: 'command', envelope: { author: 'ann', at: now, command: asked(state, now) } });
    take({ kind: 'tick' });
    if (isSaving && isSaved) state = saved(state);
  }
  return { events, state };
}

/** 29 hours. */
const TURNS = 480;
const NO_TURN: Turn = { said: [], act: null, isSaved: false };

it('EN10: what is remembered beside the facts, to look at less, changes no event, figure or fact', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 20, maxLength: 60 }), (turns) => {
      const { events, state } = played(turns, false);
      const again = played(turns, true);
      // Compared as text: of so much that is quicker by far.
      expect(again.events.map((event) => JSON.stringify(event))).toEqual(
        events.map((event) => JSON.stringify(event)),
      );
      expect(encodeEngineState(again.state)).toBe(encodeEngineState(saved(state)));
    }),
    { numRuns: 5 },
  );
});
