import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeEngineState, encodeEngineState } from '../engine/codec.ts';
import type { EngineInput, FactoryCommand, FactoryEvent, Observation } from '../engine/engine-types.ts';
import { step } from '../engine/step.ts';
import { lineFigures } from '../oee/line-figures.ts';
import type { ChangeoverConfig } from '../plant/work-config.ts';
import { createDrive } from '../testing/drive.ts';
import type { Drive } from '../testing/drive.ts';
import { FILLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { ChangeoverView } from './current-changeover.ts';
import { currentChangeover, lineChangeovers } from './current-changeover.ts';

const CHANGEOVER: ChangeoverConfig = {
  targets: [
    { from: null, to: null, targetMs: 60 * MINUTE },
    { from: 'A', to: null, targetMs: 50 * MINUTE },
    { from: null, to: 'B', targetMs: 40 * MINUTE },
    { from: 'A', to: 'B', targetMs: 20 * MINUTE },
  ],
  steps: [
    { id: 'fetch', name: 'Fetch the parts', kind: 'external' },
    { id: 'swap', name: 'Swap the nozzles', kind: 'internal' },
  ],
};

function drive(): Drive {
  const plant = samplePlant();
  const lines = plant.lines.map((line) => (line.path === LINE ? { ...line, changeover: CHANGEOVER } : line));
  return createDrive({ ...plant, lines });
}

function command(asked: FactoryCommand, now: number): EngineInput {
  return { kind: 'command', envelope: { author: 'ann', at: now, command: asked } };
}

const last = (on: Drive): unknown => currentChangeover(on.state, on.config, LINE);
const all = (on: Drive): readonly ChangeoverView[] => lineChangeovers(on.state, on.config, LINE);

function produce(on: Drive, time: string, good: number, scrap = 0): void {
  on.observe({ equipment: FILLER, at: at(time), state: 'running', good, scrap });
}

function announced(on: Drive): void {
  produce(on, '09:30', 10);
  on.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('09:40'));
  on.command({ name: 'completeChangeover', line: LINE }, at('10:10'));
  // The first parts are bad.
  produce(on, '10:35', 0, 3);
  produce(on, '10:40', 5);
}

describe('changeovers as the facts show them', () => {
  it('CO4: from the last good part of the one product to the first of the other, breaks not counted', () => {
    const on = drive();
    announced(on);
    on.tick(at('10:45'));
    const measured = {
      lastGoodAt: at('09:30'),
      firstGoodAt: at('10:40'),
      durationMs: 40 * MINUTE,
      elapsedMs: 70 * MINUTE,
    };
    expect(last(on)).toMatchObject({ measured: { ...measured, overTargetMs: 20 * MINUTE }, announced: true });
    expect(on.log.find(({ type }) => type === 'changeoverMeasured')).toEqual({
      type: 'changeoverMeasured',
      changeoverId: 'changeover-1',
      line: LINE,
      at: at('10:40'),
      fromProduct: 'A',
      toProduct: 'B',
      targetMs: 20 * MINUTE,
      announced: true,
      ...measured,
    });
  });

  it('CO4: by a counter, rejects taken out', () => {
    const on = drive();
    const read = (time: string, counter: number, rejectCounter: number): void => {
      on.observe({ equipment: FILLER, at: at(time), state: 'running', counter, rejectCounter });
    };
    read('07:00', 100, 0);
    read('07:10', 110, 0);
    on.observe({ equipment: FILLER, at: at('07:20'), product: 'B' });
    read('07:30', 113, 3);
    read('07:40', 120, 3);
    on.tick(at('07:41'));
    expect(all(on)).toMatchObject([{ measured: { lastGoodAt: at('07:10'), firstGoodAt: at('07:40') } }]);
  });

  it('CO5: its target is that of the pair, else of the product to come, else of the one before, else of any', () => {
    const target = (from: string, to: string): unknown => {
      const on = drive();
      on.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: from });
      on.command({ name: 'startChangeover', line: LINE, toProduct: to }, at('07:00'));
      return (last(on) as ChangeoverView).targetMs;
    };
    expect(target('A', 'B')).toBe(20 * MINUTE);
    expect(target('C', 'B')).toBe(40 * MINUTE);
    expect(target('A', 'C')).toBe(50 * MINUTE);
    expect(target('C', 'A')).toBe(60 * MINUTE);
  });

  it('CO6: its steps are ticked off, and back, also once it is complete', () => {
    const on = drive();
    on.command({ name: 'startChangeover', line: LINE, toProduct: 'B', planned: false }, at('07:00'));
    const tick = (step: string, done: boolean, id = 'changeover-1'): unknown => {
      const command = { name: 'tickChangeoverStep', line: LINE, changeoverId: id, step, done } as const;
      return on.command(command, at('07:05'), 'bob').refusal?.code;
    };
    expect(tick('fetch', true)).toBeUndefined();
    expect(tick('fetch', true)).toBe('doneAlready');
    expect(tick('swap', false)).toBe('notDone');
    expect(tick('swop', true)).toBe('unknownStep');
    expect(tick('swap', true, 'changeover-9')).toBe('noChangeover');
    expect(last(on)).toMatchObject({
      planned: false,
      steps: [
        { id: 'fetch', kind: 'external', done: { at: at('07:05'), by: 'bob' } },
        { id: 'swap', kind: 'internal' },
      ],
    });
    on.command({ name: 'completeChangeover', line: LINE }, at('07:30'));
    expect(tick('swap', true)).toBeUndefined();
    expect(tick('fetch', false)).toBeUndefined();
    expect((last(on) as ChangeoverView).steps.map(({ done }) => done?.by)).toEqual([undefined, 'bob']);
  });

  it('CO7: one that nobody told of is shown where the product changed, and is not planned', () => {
    const on = drive();
    produce(on, '07:00', 10);
    on.observe({ equipment: FILLER, at: at('07:05'), product: null });
    on.observe({ equipment: FILLER, at: at('07:15'), product: 'B' });
    produce(on, '07:25', 10);
    on.tick(at('07:30'));
    expect(last(on)).toEqual({ unknown: 'noChangeover' });
    expect(all(on)).toMatchObject([
      {
        id: `${LINE}@${at('07:15')}`,
        fromProduct: 'A',
        toProduct: 'B',
        planned: false,
        announced: false,
        startedAt: at('07:00'),
        completedAt: at('07:25'),
        measured: { durationMs: 25 * MINUTE, overTargetMs: 5 * MINUTE },
      },
    ]);
    expect(on.log).toContainEqual(expect.objectContaining({ type: 'changeoverMeasured', announced: false }));
  });

  it('CO8: late facts correct it, and the correction is told', () => {
    const on = drive();
    announced(on);
    on.tick(at('10:45'));
    produce(on, '09:50', 1);
    on.tick(at('10:46'));
    on.tick(at('10:47'));
    expect(last(on)).toMatchObject({ measured: { lastGoodAt: at('09:50'), durationMs: 20 * MINUTE } });
    const told = on.log.filter(({ type }) => type === 'changeoverMeasured');
    expect(told).toMatchObject([{ lastGoodAt: at('09:30') }, { lastGoodAt: at('09:50') }]);
  });

  it('CO8: the order in which facts come changes nothing', () => {
    const fact = (time: string, said: Partial<Observation>): Omit<Observation, 'receivedAt'> => ({
      equipment: FILLER,
      at: at(time),
      ...said,
    });
    const facts = [
      fact('06:30', { good: 5, product: 'A', state: 'running' }),
      fact('07:00', { good: 5 }),
      fact('07:10', { product: 'B' }),
      fact('07:20', { scrap: 2 }),
      fact('07:30', { good: 1 }),
      fact('08:00', { good: 7 }),
      fact('08:10', { product: 'A' }),
      fact('08:40', { good: 3 }),
    ];
    const shown = (order: readonly (typeof facts)[number][]): unknown => {
      const on = drive();
      for (const each of order) on.observe(each, at('08:45'));
      on.tick(at('08:50'));
      return all(on);
    };
    const inOrder = shown(facts);
    expect(inOrder).toHaveLength(2);
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (order) => {
        expect(shown(order)).toEqual(inOrder);
      }),
      { numRuns: 50 },
    );
  });

  it('CO8: news are those that all the facts give, whatever was looked at before', () => {
    const minute = fc.integer({ min: 0, max: 300 });
    const said = fc.oneof(
      fc.record({ good: fc.nat({ max: 2 }), scrap: fc.nat({ max: 2 }) }),
      fc.record({ product: fc.constantFrom('A', 'B', null) }),
      fc.record({ counter: fc.nat({ max: 40 }) }),
      fc.record({ rejectCounter: fc.nat({ max: 5 }) }),
    );
    const facts = fc.array(fc.tuple(minute, said), { minLength: 1, maxLength: 20 });
    const told = (
      items: readonly (readonly [number, Partial<Observation>])[],
      remembers: boolean,
    ): unknown => {
      const on = drive();
      const log: FactoryEvent[] = [];
      let { state } = on;
      let now = at('06:00');
      const take = (input: EngineInput): void => void log.push(...step(state, on.config, input, now).events);
      for (const [after, each] of items) {
        const observed = at('06:00') + after * MINUTE;
        now = Math.max(now + 1, observed);
        const observation = { equipment: FILLER, at: observed, receivedAt: now, ...each };
        take({ kind: 'observation', observation });
        if (after % 10 === 0) take(command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, now));
        if (after % 10 === 5) take(command({ name: 'completeChangeover', line: LINE }, now));
        if (!remembers) {
          const decoded = decodeEngineState(encodeEngineState(state));
          if (decoded.status === 'decoded') ({ state } = decoded);
        }
        take({ kind: 'tick' });
      }
      return log;
    };
    fc.assert(
      fc.property(facts, (items) => {
        expect(told(items, true)).toEqual(told(items, false));
      }),
      { numRuns: 40 },
    );
  });

  it('CO9: one that was none is cancelled; what stood still in it is a stop again', () => {
    const on = drive();
    produce(on, '06:00', 1);
    on.observe({ equipment: FILLER, at: at('07:00'), state: 'idle' });
    on.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('07:00'));
    const cancel = { name: 'cancelChangeover', line: LINE, changeoverId: 'changeover-1' } as const;
    expect(lineFigures(on.state, on.config, LINE, at('08:00')).losses.setup).toBe(60 * MINUTE);
    expect(on.command({ ...cancel, changeoverId: 'changeover-2' }, at('08:00')).refusal?.code).toBe(
      'noChangeover',
    );
    on.command(cancel, at('08:00'));
    expect(lineFigures(on.state, on.config, LINE, at('08:00')).losses.setup).toBe(0);
    expect(on.state.lines[LINE]?.downtimes).toMatchObject([{ from: at('07:00'), to: null }]);
    expect(last(on)).toEqual({ unknown: 'noChangeover' });
    expect(on.command(cancel, at('08:01')).refusal?.code).toBe('noChangeover');
  });

  it('CO2: an act that names another changeover than the open one is a conflict', () => {
    const on = drive();
    on.command({ name: 'startChangeover', line: LINE, toProduct: 'B' }, at('07:00'));
    const complete = { name: 'completeChangeover', line: LINE } as const;
    const refusal = on.command({ ...complete, changeoverId: 'changeover-9' }, at('07:10')).refusal;
    expect(refusal).toMatchObject({ status: 'conflict', code: 'otherChangeover' });
    expect(on.command({ ...complete, changeoverId: 'changeover-1' }, at('07:10')).refusal).toBeUndefined();
  });
});
