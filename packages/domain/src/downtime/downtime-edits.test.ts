import { describe, expect, it } from 'vitest';

import type { StepResult } from '../engine/engine-types.ts';
import { lineFigures, shiftFigures } from '../oee/line-figures.ts';
import type { PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, HOUR, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { DowntimeCommand } from './downtime-events.ts';
import type { DowntimeView } from './recent-downtimes.ts';
import { findDowntime, openAndRecentDowntimes } from './recent-downtimes.ts';

function idOf(time: string): string {
  return `${FILLER}@${at(time)}`;
}

function say(drive: Drive, time: string, state: string, reason?: string): void {
  drive.observe({ equipment: FILLER, at: at(time), state, ...(reason === undefined ? null : { reason }) });
}

/** Running from 06:00 but for the given stops. */
function stopped(stops: readonly (readonly [from: string, to: string])[], plant?: PlantConfig): Drive {
  const drive = createDrive(plant ?? samplePlant());
  say(drive, '06:00', 'running');
  for (const [from, to] of stops) {
    say(drive, from, 'stopped');
    say(drive, to, 'running');
  }
  return drive;
}

function ask(drive: Drive, command: DowntimeCommand, time = '09:00', author = 'ann'): StepResult {
  return drive.command(command, at(time), author);
}

function classify(
  drive: Drive,
  time: string,
  reason: string,
  author?: string,
  partFrom?: string,
): StepResult {
  const part = partFrom === undefined ? null : { partFrom: at(partFrom) };
  return ask(drive, { name: 'classifyDowntime', downtimeId: idOf(time), reason, ...part }, '09:00', author);
}

function split(drive: Drive, time: string, splitAt: string, reason?: string): StepResult {
  const later = reason === undefined ? null : { reason };
  return ask(drive, { name: 'splitDowntime', downtimeId: idOf(time), splitAt: at(splitAt), ...later });
}

function merge(drive: Drive, ...times: readonly string[]): StepResult {
  return ask(drive, { name: 'mergeDowntimes', line: LINE, downtimeIds: times.map(idOf) });
}

function view(drive: Drive, time: string): DowntimeView | null {
  return findDowntime(drive.state, drive.config, LINE, idOf(time), at('09:00'));
}

function losses({ state, config }: Drive): Readonly<Record<string, number>> {
  return lineFigures(state, config, LINE, at('09:00')).losses;
}

describe('what people say of stops', () => {
  it('DT7: a reason given to an open stop goes on with it, and holds in both when a run turns up in it', () => {
    const drive = stopped([]);
    say(drive, '07:00', 'stopped');
    drive.command({ name: 'classifyDowntime', downtimeId: idOf('07:00'), reason: 'jam' }, at('07:10'));
    say(drive, '08:00', 'running');
    expect(losses(drive)).toMatchObject({ breakdown: HOUR, unexplained: 0 });
    say(drive, '07:05', 'running');
    say(drive, '07:06', 'stopped');
    expect(view(drive, '07:00')).toMatchObject({ reason: 'jam', minor: false });
    expect(view(drive, '07:06')).toMatchObject({ reason: 'jam' });
    expect(losses(drive)).toMatchObject({ breakdown: 59 * MINUTE, unexplained: 0 });
  });

  it('DT7: a cut stays where it is when a late fact moves the stop; its outer edges follow', () => {
    const drive = stopped([['07:00', '08:00']]);
    split(drive, '07:00', '07:20', 'material');
    classify(drive, '07:00', 'jam', 'bob', '07:00');
    expect(losses(drive)).toMatchObject({ breakdown: 20 * MINUTE, external: 40 * MINUTE });
    say(drive, '06:50', 'idle');
    expect(view(drive, '06:50')).toMatchObject({
      reason: 'material',
      parts: [
        { from: at('06:50'), to: at('07:20'), reason: 'jam' },
        { from: at('07:20'), to: at('08:00'), reason: 'material' },
      ],
    });
    expect(losses(drive)).toMatchObject({ breakdown: 30 * MINUTE, external: 40 * MINUTE });
    say(drive, '07:10', 'running');
    expect(view(drive, '06:50')).toMatchObject({ to: at('07:10'), reason: 'jam' });
    expect(losses(drive)).toMatchObject({ breakdown: 20 * MINUTE, external: 0 });
  });

  it('DT7: stops that a late fact joins keep what was said of each', () => {
    const drive = createDrive(samplePlant({ silentAfterMs: 10 * MINUTE }));
    const hear = (from: string, to: string): void => {
      drive.observe({ equipment: FILLER, at: at(from), heard: [[at(from), at(to)]] }, at(to));
    };
    say(drive, '06:55', 'running');
    say(drive, '07:00', 'stopped');
    hear('07:08', '07:20');
    hear('07:40', '07:50');
    say(drive, '07:55', 'running');
    expect(
      openAndRecentDowntimes(drive.state, drive.config, LINE, at('09:00')).map(({ from }) => from),
    ).toEqual([at('07:00'), at('07:40')]);
    classify(drive, '07:00', 'jam');
    classify(drive, '07:40', 'material');
    hear('07:20', '07:40');
    expect(view(drive, '07:00')).toMatchObject({
      parts: [
        { from: at('07:00'), to: at('07:40'), reason: 'jam' },
        { from: at('07:40'), to: at('07:55'), reason: 'material' },
      ],
    });
  });

  it('DT9: a split stop is one stop in parts, each with its own reason', () => {
    const drive = stopped([['07:00', '08:00']]);
    classify(drive, '07:00', 'jam');
    expect(split(drive, '07:00', '07:40', 'service').events).toMatchObject([
      {
        type: 'downtimeSplit',
        author: 'ann',
        splitAt: at('07:40'),
        beforeParts: [{ from: at('07:00'), to: at('08:00'), reason: 'jam' }],
        after: [
          { from: at('07:00'), to: at('07:40'), reason: 'jam' },
          { from: at('07:40'), to: at('08:00'), reason: 'service' },
        ],
      },
    ]);
    expect(losses(drive)).toMatchObject({ breakdown: 40 * MINUTE, plannedDowntime: 20 * MINUTE });
    split(drive, '07:00', '07:10');
    classify(drive, '07:00', 'material', 'bob', '07:10');
    expect(view(drive, '07:00')?.parts?.map(({ reason }) => reason)).toEqual(['jam', 'material', 'service']);
    expect(view(drive, '07:00')).toMatchObject({ to: at('08:00'), reason: 'material' });
    expect(classify(drive, '07:00', 'jam').events).toMatchObject([
      { beforeParts: [{ reason: 'jam' }, { reason: 'material' }, { reason: 'service' }] },
    ]);
    expect(view(drive, '07:00')).not.toHaveProperty('parts');
    expect(losses(drive)).toMatchObject({ breakdown: HOUR });
  });

  it('DT9: parts nobody gave a reason keep the one the machine gives at each instant', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    say(drive, '07:00', 'stopped', 'jam');
    say(drive, '07:30', 'stopped', 'material');
    say(drive, '08:00', 'running');
    split(drive, '07:00', '07:50');
    expect(losses(drive)).toMatchObject({ breakdown: 30 * MINUTE, external: 30 * MINUTE });
    classify(drive, '07:00', 'service', 'bob', '07:50');
    expect(losses(drive)).toMatchObject({
      breakdown: 30 * MINUTE,
      external: 20 * MINUTE,
      plannedDowntime: 10 * MINUTE,
    });
  });

  it('DT10: merged stops are one to people, and the run between stays a run', () => {
    const drive = stopped([
      ['07:00', '07:10'],
      ['07:12', '07:30'],
      ['07:33', '07:40'],
    ]);
    const before = losses(drive);
    expect(merge(drive, '07:12', '07:00').events).toMatchObject([
      {
        type: 'downtimesMerged',
        downtimeId: idOf('07:00'),
        from: at('07:00'),
        to: at('07:30'),
        downtimeIds: [idOf('07:00'), idOf('07:12')],
      },
    ]);
    expect(losses(drive)).toEqual(before);
    expect(classify(drive, '07:12', 'jam').events).toMatchObject([{ from: at('07:00'), to: at('07:30') }]);
    for (const time of ['07:00', '07:12'])
      expect(view(drive, time)).toMatchObject({ reason: 'jam', merged: [idOf('07:00'), idOf('07:12')] });
    expect(losses(drive)).toMatchObject({ breakdown: 28 * MINUTE, unexplained: 7 * MINUTE });
    merge(drive, '07:12', '07:33');
    expect(view(drive, '07:00')?.merged).toHaveLength(3);
    expect(split(drive, '07:33', '07:11').events).toMatchObject([{ type: 'downtimesParted' }]);
    expect(view(drive, '07:00')).not.toHaveProperty('merged');
    expect(view(drive, '07:33')?.merged).toEqual([idOf('07:12'), idOf('07:33')]);
    expect(classify(drive, '07:00', 'material').events).toMatchObject([{ to: at('07:10') }]);
  });

  it('DT14: what cannot be merged is a conflict that names what stands between', () => {
    const drive = stopped([
      ['07:00', '07:10'],
      ['07:12', '07:30'],
      ['07:33', '07:40'],
      ['08:00', '08:10'],
    ]);
    expect(merge(drive, '07:00', '07:33').refusal).toMatchObject({
      status: 'conflict',
      code: 'notAdjacent',
      message: expect.stringContaining(idOf('07:12')) as string,
    });
    expect(merge(drive, '07:33', '08:00').refusal).toMatchObject({ code: 'runTooLong' });
    expect(merge(drive, '07:33').refusal).toMatchObject({ code: 'invalidDowntimes' });
    merge(drive, '07:00', '07:12');
    expect(merge(drive, '07:00', '07:12').refusal).toMatchObject({
      code: 'alreadyMerged',
      message: expect.stringContaining('ann') as string,
    });
  });

  it('DT11: every edit is kept with who, when, before and after; a note changes no figure', () => {
    const drive = stopped([['07:00', '08:00']]);
    classify(drive, '07:00', 'jam', 'bob');
    const figures = losses(drive);
    const note: DowntimeCommand = { name: 'noteDowntime', downtimeId: idOf('07:00'), note: 'belt torn' };
    ask(drive, note, '09:00', 'cem');
    expect(losses(drive)).toEqual(figures);
    split(drive, '07:00', '07:30', 'service');
    classify(drive, '07:00', 'material', 'dia', '07:30');
    expect(view(drive, '07:00')).toMatchObject({
      note: 'belt torn',
      history: [
        { act: 'classified', author: 'bob', at: at('09:00'), after: 'jam' },
        { act: 'noted', author: 'cem', note: 'belt torn' },
        {
          act: 'split',
          author: 'ann',
          splitAt: at('07:30'),
          afterParts: [{ reason: 'jam' }, { reason: 'service' }],
        },
        { act: 'classified', author: 'dia', before: 'service', after: 'material' },
      ],
    });
    for (let index = 0; index < 20; index += 1) ask(drive, { ...note, note: `${index}` });
    expect(view(drive, '07:00')?.history).toHaveLength(10);
    expect(view(drive, '07:00')?.note).toBe('19');
  });

  it('DT11: stops of the weekend before can be explained on Monday, not after the edit window', () => {
    const drive = stopped([
      ['06:30', '06:31'],
      ['07:00', '08:00'],
    ]);
    const id = idOf('07:00');
    const explain = (days: number): StepResult => {
      const now = at('09:00') + days * 24 * HOUR;
      drive.tick(now);
      drive.observe({ equipment: FILLER, at: now, state: 'running' });
      drive.tick(now + MINUTE);
      return drive.command({ name: 'classifyDowntime', downtimeId: id, reason: 'jam' }, now + MINUTE);
    };
    expect(explain(3).refusal).toBeUndefined();
    expect(drive.state.lines[LINE]?.downtimes).toHaveLength(1);
    expect(explain(6).refusal).toBeUndefined();
    expect(explain(8).refusal).toMatchObject({ code: 'unknownDowntime' });
    expect(drive.state.lines[LINE]).toMatchObject({ downtimes: [], reasonSpans: [], downtimeEdits: [] });
    const short = samplePlant();
    const lines = short.lines.map((line) => ({ ...line, editWindowMs: 30 * MINUTE }));
    const late = stopped([['07:00', '08:00']], { ...short, lines });
    say(late, '08:50', 'running');
    expect(classify(late, '07:00', 'jam').refusal).toMatchObject({ code: 'tooLate' });
  });

  it('DT13: several stops at once get one reason, or none of them does', () => {
    const drive = stopped([
      ['07:00', '07:10'],
      ['07:20', '07:30'],
      ['07:32', '07:40'],
    ]);
    const many = (ids: readonly string[], line = LINE, reason = 'jam'): StepResult =>
      ask(drive, { name: 'classifyDowntimes', line, downtimeIds: ids, reason });
    expect(many([idOf('07:00'), 'nothing']).refusal).toMatchObject({ code: 'unknownDowntime' });
    expect(many([]).refusal).toMatchObject({ code: 'invalidDowntimes' });
    expect(many([idOf('07:00')], LINE, 'jem').refusal).toMatchObject({ code: 'unknownReason' });
    expect(losses(drive)).toMatchObject({ breakdown: 0 });
    merge(drive, '07:20', '07:32');
    expect(many([idOf('07:00'), idOf('07:20'), idOf('07:32'), idOf('07:00')]).events).toHaveLength(2);
    expect(losses(drive)).toMatchObject({ breakdown: 28 * MINUTE, unexplained: 0 });
    drive.observe({ equipment: LATHE, at: at('08:00'), state: 'STOPPED' });
    expect(many([idOf('07:00')], CNC_LINE).refusal).toMatchObject({ code: 'otherLine' });
  });

  it('DT14: an edit of what is not there is a conflict that names what is', () => {
    const drive = stopped([['07:00', '08:00']]);
    classify(drive, '07:00', 'jam', 'bob');
    expect(split(drive, '07:00', '08:30').refusal).toMatchObject({
      status: 'conflict',
      code: 'nothingToSplit',
      message: expect.stringContaining(`${at('07:00')} to ${at('08:00')}: jam (bob)`) as string,
    });
    split(drive, '07:00', '07:30');
    expect(split(drive, '07:00', '07:30').refusal).toMatchObject({ code: 'alreadySplit' });
    expect(classify(drive, '07:00', 'material', 'cem', '07:15').refusal).toMatchObject({
      status: 'conflict',
      code: 'noSuchPart',
      message: expect.stringContaining(`${at('07:30')} to`) as string,
    });
  });

  it('DT15: "dont know" is a reason everywhere; a retired one keeps its meaning and is given no more', () => {
    const drive = stopped([
      ['07:00', '07:30'],
      ['08:00', '08:30'],
    ]);
    classify(drive, '07:00', 'jam');
    expect(classify(drive, '08:00', 'dontKnow').refusal).toBeUndefined();
    expect(losses(drive)).toMatchObject({ breakdown: 30 * MINUTE, unexplained: 30 * MINUTE });
    const config: PlantConfig = {
      ...drive.config,
      reasons: drive.config.reasons.map((reason) =>
        reason.code === 'jam' ? { ...reason, retired: true } : reason,
      ),
    };
    const later = { ...drive, config };
    expect(losses(later)).toMatchObject({ breakdown: 30 * MINUTE });
    const retired = stopped([['07:00', '07:30']], config);
    expect(classify(retired, '07:00', 'jam').refusal).toMatchObject({ code: 'retiredReason' });
  });

  it('DT7: a window of the shift sees only its share of each reason', () => {
    const drive = stopped([['07:00', '08:00']]);
    split(drive, '07:00', '07:30', 'jam');
    const half = { from: at('07:20'), to: at('07:40') };
    expect(shiftFigures(drive.state, drive.config, LINE, half, at('09:00')).losses).toMatchObject({
      breakdown: 10 * MINUTE,
      unexplained: 10 * MINUTE,
    });
  });
});

describe('likely reasons', () => {
  it('DT12: a reason is asked for once the line runs again, of what is neither minor nor blocked', () => {
    const drive = stopped([['06:30', '06:31']]);
    say(drive, '07:00', 'stopped');
    expect(view(drive, '06:30')).not.toHaveProperty('asked');
    expect(view(drive, '07:00')).not.toHaveProperty('asked');
    say(drive, '08:00', 'running');
    expect(view(drive, '07:00')).toMatchObject({ asked: true });
    split(drive, '07:00', '07:30', 'jam');
    expect(view(drive, '07:00')).toMatchObject({ asked: true, reason: 'jam' });
    classify(drive, '07:00', 'dontKnow', 'ann', '07:00');
    expect(view(drive, '07:00')).not.toHaveProperty('asked');
    say(drive, '08:10', 'starved');
    say(drive, '08:20', 'running');
    expect(view(drive, '08:10')).not.toHaveProperty('asked');
  });

  it('DT12: none is asked for of a stop without an order', () => {
    const drive = createDrive(samplePlant());
    say(drive, '06:00', 'running');
    drive.observe({ equipment: FILLER, at: at('06:30'), product: null });
    say(drive, '06:31', 'stopped');
    say(drive, '07:00', 'running');
    drive.observe({ equipment: FILLER, at: at('07:30'), product: 'A' });
    say(drive, '07:31', 'stopped');
    drive.observe({ equipment: FILLER, at: at('07:40'), product: null });
    say(drive, '08:00', 'running');
    expect(view(drive, '06:31')?.asked).toBeUndefined();
    expect(view(drive, '07:31')?.asked).toBe(true);
  });

  it('DT12: likely ones come first: the machine said so, or people said so of stops like it, lately', () => {
    const drive = stopped([
      ['06:10', '06:20'],
      ['06:30', '06:40'],
      ['06:50', '07:00'],
    ]);
    const likely = (time: string): readonly string[] | undefined =>
      openAndRecentDowntimes(drive.state, drive.config, LINE, at('09:00')).find(({ id }) => id === idOf(time))
        ?.likely;
    expect(likely('06:50')).toEqual(['jam', 'material', 'service']);
    classify(drive, '06:10', 'service');
    expect(likely('06:50')).toEqual(['service', 'jam', 'material']);
    classify(drive, '06:30', 'material');
    classify(drive, '06:10', 'material');
    expect(likely('06:50')).toEqual(['material', 'jam', 'service']);
    say(drive, '07:10', 'idle');
    say(drive, '07:20', 'running');
    classify(drive, '07:10', 'service');
    say(drive, '07:30', 'idle');
    say(drive, '07:40', 'running');
    expect(likely('07:30')?.[0]).toBe('service');
    expect(likely('06:10')).toBeUndefined();
  });

  it('DT12: at most eight, and none that is retired or "dont know"', () => {
    const plant = samplePlant();
    const more = Array.from({ length: 12 }, (_, index) => ({
      code: `r${index}`,
      name: `R ${index}`,
      loss: 'breakdown' as const,
      failure: false,
      ...(index === 0 ? { retired: true as const } : null),
    }));
    const unknown = { code: 'dontKnow', name: 'Who knows', loss: 'unexplained' as const, failure: false };
    const drive = stopped([['07:00', '07:30']], { ...plant, reasons: [unknown, ...more] });
    const [stop] = openAndRecentDowntimes(drive.state, drive.config, LINE, at('09:00'));
    expect(stop?.likely).toEqual(['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8']);
  });
});
