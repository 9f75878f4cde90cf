import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { downtimeId } from '../downtime/downtime.ts';
import { findDowntime, openAndRecentDowntimes } from '../downtime/recent-downtimes.ts';
import { DEFAULT_DOWNTIME } from '../plant/downtime-config.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';

const RULES = [
  { id: 'glue', reason: 'jam', alarms: ['214', 'GLUE-*'] },
  { id: 'feed', reason: 'material', alarms: ['3*'] },
];

function plantWith(rules: typeof RULES): PlantConfig {
  return samplePlant({ latenessWindowMs: 24 * HOUR }, { downtime: { ...DEFAULT_DOWNTIME, rules } });
}

const END = at('13:00');

function alarm(drive: Drive, time: string, code: string, active = true, equipment = FILLER): void {
  drive.observe({ equipment, at: at(time), alarm: { code, active } }, END);
}

function say(drive: Drive, time: string, state: string): void {
  drive.observe({ equipment: FILLER, at: at(time), state }, END);
}

function ruleOf({ state, config }: Drive, time: string): string | null {
  const view = findDowntime(state, config, LINE, downtimeId(FILLER, at(time)), END);
  return view?.reasonBy?.kind === 'rule' ? `${view.reasonBy.rule}: ${view.reason}` : null;
}

/** A stop from 07:00 to 07:30. */
function stopped(): Drive {
  const drive = createDrive(plantWith(RULES));
  say(drive, '06:00', 'running');
  say(drive, '07:00', 'stopped');
  say(drive, '07:30', 'running');
  return drive;
}

describe('rules that ask for alarms', () => {
  it.each([
    ['active at the start', '06:00', '07:10', '214', 'glue: jam'],
    ['raised within a minute after it', '07:01', '07:10', '214', 'glue: jam'],
    ['cleared within a minute before it', '06:30', '06:59:01', '214', 'glue: jam'],
    ['by how its code begins', '06:59', '07:10', 'GLUE-TEMP', 'glue: jam'],
    ['another', '06:59', '07:10', '301', 'feed: material'],
    ['raised too late', '07:01:01', '07:10', '214', null],
    ['cleared too early', '06:30', '06:59', '214', null],
    ['of another code', '06:59', '07:10', '2140', null],
  ])('AL8: %s', (_, from, to, code, expected) => {
    const drive = stopped();
    alarm(drive, from, code);
    alarm(drive, to, code, false);
    expect(ruleOf(drive, '07:00')).toBe(expected);
  });

  it('AL8: only alarms of the constraint count, and without such a rule none is asked for', () => {
    const drive = stopped();
    alarm(drive, '07:00', '214', true, LABELLER);
    expect(ruleOf(drive, '07:00')).toBeNull();
    const bare = createDrive(samplePlant());
    bare.observe({ equipment: FILLER, at: at('07:00'), state: 'stopped' });
    bare.observe({ equipment: FILLER, at: at('07:01'), alarm: { code: '214', active: true } });
    expect(bare.log.map(({ type }) => type)).not.toContain('downtimeClassified');
  });

  it('AL8: a return that came late takes the rule away, and says so', () => {
    const drive = stopped();
    alarm(drive, '06:30', '214');
    expect(ruleOf(drive, '07:00')).toBe('glue: jam');
    alarm(drive, '06:40', '214', false);
    expect(ruleOf(drive, '07:00')).toBeNull();
    expect(drive.log.filter(({ type }) => type === 'downtimeRuleVoided')).toMatchObject([{ rule: 'glue' }]);
  });

  it('AL8: the order of arrival changes nothing of what the rules say', { timeout: 60_000 }, () => {
    const minute = fc.integer({ min: 0, max: 240 });
    const said = fc.oneof(
      fc.record({ minute, state: fc.constantFrom('running', 'stopped', 'blocked') }),
      fc.record({
        minute,
        alarm: fc.record({ code: fc.constantFrom('214', '301', '9'), active: fc.boolean() }),
      }),
    );
    const shuffled = fc
      .array(said, { maxLength: 30 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    const seen = (all: readonly { minute: number }[]): unknown => {
      const drive = createDrive(plantWith(RULES));
      for (const { minute: each, ...what } of all)
        drive.observe({ equipment: FILLER, at: at('06:00') + each * MINUTE, ...what }, END);
      drive.tick(END);
      return openAndRecentDowntimes(drive.state, drive.config, LINE, END).map((view) =>
        Object.assign({}, view, { history: null }),
      );
    };
    fc.assert(
      fc.property(shuffled, ([all, arrived]) => {
        expect(seen(arrived)).toEqual(seen(all.toSorted((a, b) => a.minute - b.minute)));
      }),
      { numRuns: 60 },
    );
  });

  it('AL8: what people said of a stop with the same alarm is likely of the next', () => {
    const drive = createDrive(plantWith([]));
    say(drive, '06:00', 'running');
    alarm(drive, '06:30', '9');
    say(drive, '06:30', 'stopped');
    say(drive, '06:50', 'running');
    alarm(drive, '06:50', '9', false);
    const likely = (time: string) =>
      openAndRecentDowntimes(drive.state, drive.config, LINE, END).find(({ from }) => from === at(time))
        ?.likely;
    const classify = (time: string, reason: string) =>
      drive.command(
        { name: 'classifyDowntime', downtimeId: downtimeId(FILLER, at(time)), reason },
        at('12:00'),
      );
    classify('06:30', 'service');
    for (const [from, to] of [
      ['09:00', '09:10'],
      ['09:20', '09:30'],
    ] as const) {
      say(drive, from, 'stopped');
      say(drive, to, 'running');
      classify(from, 'material');
    }
    say(drive, '11:00', 'stopped');
    say(drive, '11:10', 'running');
    expect(likely('11:00')?.[0]).toBe('material');
    alarm(drive, '11:00', '9');
    expect(likely('11:00')?.[0]).toBe('service');
  });
});
