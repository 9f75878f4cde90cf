import { describe, expect, it } from 'vitest';

import { shiftFigures } from '../oee/line-figures.ts';
import type { EquipmentConfig, PlantConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { downtimeStatistics, lineDowntimeStatistics } from './downtime-statistics.ts';
import type { DowntimeStatistics } from './statistics.ts';

function say(drive: Drive, time: string, state: string, reason?: string): void {
  drive.observe({ equipment: FILLER, at: at(time), state, ...(reason === undefined ? null : { reason }) });
}

function statistics(
  { state, config }: Pick<Drive, 'state' | 'config'>,
  from = '06:00',
  to = '14:00',
  now = to,
): DowntimeStatistics {
  const window = { from: at(from), to: at(to) };
  return downtimeStatistics(state, config, { kind: 'line', path: LINE }, window, at(now));
}

function reasonOf(drive: Drive, time: string, reason: string): void {
  const downtimeId = `${FILLER}@${at(time)}`;
  drive.command({ name: 'classifyDowntime', downtimeId, reason }, at('13:00'));
}

/** Four stops, one across the break, and two minor ones. */
function shift(plant?: PlantConfig): Drive {
  const drive = createDrive(plant ?? samplePlant());
  say(drive, '06:00', 'running');
  for (const [from, to, reason] of [
    ['06:30', '06:32'],
    ['07:00', '07:20', 'jam'],
    ['08:00', '08:10'],
    ['09:50', '10:40', 'jam'],
    ['11:00', '11:30'],
    ['12:00', '12:01', 'material'],
  ] as const) {
    say(drive, from, 'stopped', reason);
    say(drive, to, 'running');
  }
  say(drive, '13:59', 'running');
  return drive;
}

/** The filler says which product is on the line; the labeller carries it, and stands still twice. */
function carriedByLabeller(labeller: Partial<EquipmentConfig>): Drive {
  const plant = samplePlant();
  const drive = createDrive({
    ...plant,
    lines: plant.lines.map((line) => Object.assign({ constraintByProduct: { B: LABELLER } }, line)),
    equipment: plant.equipment.map((each) =>
      each.path === LABELLER ? Object.assign({}, each, labeller) : each,
    ),
    downtime: { groups: [], rules: [], mergeRunMs: HOUR },
  });
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running', product: 'B' });
  for (const [time, state] of [
    ['06:00', 'running'],
    ['06:10', 'stopped'],
    ['06:20', 'running'],
    ['06:30', 'stopped'],
    ['06:45', 'running'],
    ['07:00', 'running'],
  ] as const)
    drive.observe({ equipment: LABELLER, at: at(time), state });
  return drive;
}

describe('statistics of stops', () => {
  it('DT16: count, total, mean, longest in planned time, minor ones apart, reasons as a Pareto', () => {
    const drive = shift();
    reasonOf(drive, '08:00', 'material');
    const found = statistics(drive);
    expect(found).toMatchObject({
      stops: { count: 4, totalMs: 80 * MINUTE, meanMs: 20 * MINUTE, longestMs: 30 * MINUTE },
      minorStops: { count: 2, totalMs: 3 * MINUTE },
      flags: { codes: [] },
    });
    expect(found.byReason).toEqual([
      {
        reason: 'jam',
        loss: 'breakdown',
        count: 2,
        totalMs: 40 * MINUTE,
        longestMs: 20 * MINUTE,
        share: 0.5,
        cumulativeShare: 0.5,
      },
      {
        reason: null,
        loss: 'unexplained',
        count: 1,
        totalMs: 30 * MINUTE,
        longestMs: 30 * MINUTE,
        share: 0.375,
        cumulativeShare: 0.875,
      },
      {
        reason: 'material',
        loss: 'external',
        count: 1,
        totalMs: 10 * MINUTE,
        longestMs: 10 * MINUTE,
        share: 0.125,
        cumulativeShare: 1,
      },
    ]);
  });

  it('DT16: MTBF and MTTR are those of the figures', () => {
    const { failures } = statistics(shift());
    // 7.5 h planned less 80 min of stops; the minor ones stay in the running time.
    expect(failures).toEqual({ begun: 2, mtbfMs: (370 * MINUTE) / 2, mttrMs: 20 * MINUTE });
    const calm = createDrive(samplePlant());
    say(calm, '06:00', 'running');
    expect(statistics(calm)).toMatchObject({
      stops: { count: 0, meanMs: { unknown: 'noStop' } },
      failures: { begun: 0, mtbfMs: { unknown: 'noFailure' }, mttrMs: { unknown: 'noRepair' } },
    });
  });

  it('DT16: of a window, only what lies in it; of the running shift, what was so far', () => {
    const drive = shift();
    expect(statistics(drive, '07:10', '08:05').stops).toMatchObject({ count: 2, totalMs: 15 * MINUTE });
    const open = createDrive(samplePlant());
    say(open, '06:00', 'running');
    say(open, '07:00', 'stopped');
    expect(lineDowntimeStatistics(open.state, open.config, LINE, at('07:30'))).toMatchObject({
      window: { from: at('06:00'), to: at('14:00') },
      stops: { count: 1, totalMs: 30 * MINUTE },
      flags: { codes: ['provisionalStop'] },
    });
    expect(lineDowntimeStatistics(open.state, open.config, LINE, at('15:00'))).toMatchObject({
      window: { unknown: 'noShift' },
    });
  });

  it('DT16: equipment that is not the constraint has them too', () => {
    const drive = createDrive(samplePlant());
    const { state, config } = drive;
    drive.observe({ equipment: LABELLER, at: at('06:00'), state: 'running' });
    drive.observe({ equipment: LABELLER, at: at('07:00'), state: 'stopped', reason: 'jam' });
    drive.observe({ equipment: LABELLER, at: at('07:30'), state: 'running' });
    const window = { from: at('06:00'), to: at('08:00') };
    const of = (path: string): DowntimeStatistics =>
      downtimeStatistics(state, config, { kind: 'equipment', path }, window, at('08:00'));
    expect(of(LABELLER)).toMatchObject({ stops: { count: 1 }, byReason: [{ reason: 'jam' }] });
    expect(of(LATHE)).toMatchObject({ stops: { count: 0 } });
    expect(of('pack/one/none')).toMatchObject({ window: { unknown: 'unknownEquipment' } });
  });

  it('DT16: reasons are owed as the losses say, also of equipment that carries the line and was told no product', () => {
    const { state, config } = carriedByLabeller({ defaultProduct: null });
    const found = statistics({ state, config }, '06:00', '07:00');
    expect(found).toMatchObject({
      stops: { count: 2, totalMs: 25 * MINUTE },
      byReason: [{ reason: null, loss: 'unexplained' }],
      reasonDebt: { ms: 25 * MINUTE, stops: 2 },
    });
    const window = { from: at('06:00'), to: at('07:00') };
    const { losses } = shiftFigures(state, config, LINE, window, at('07:00'));
    expect(losses).toMatchObject({ unexplained: 25 * MINUTE, noOrder: 0 });
  });

  it('DT10: merged stops count once, also in the statistics of equipment that carries the line at times', () => {
    const drive = carriedByLabeller({});
    const downtimeIds = [`${LABELLER}@${at('06:10')}`, `${LABELLER}@${at('06:30')}`];
    const merged = drive.command({ name: 'mergeDowntimes', line: LINE, downtimeIds }, at('07:00'));
    expect(merged.refusal).toBeUndefined();
    const window = { from: at('06:00'), to: at('07:00') };
    for (const scope of [
      { kind: 'line', path: LINE },
      { kind: 'equipment', path: LABELLER },
    ] as const)
      expect(downtimeStatistics(drive.state, drive.config, scope, window, at('07:00')).stops).toMatchObject({
        count: 1,
        totalMs: 25 * MINUTE,
      });
  });

  it('DT10: merged stops count once', () => {
    const drive = shift();
    const downtimeIds = [`${FILLER}@${at('07:00')}`, `${FILLER}@${at('08:00')}`];
    const config: PlantConfig = {
      ...drive.config,
      downtime: { groups: [], rules: [], mergeRunMs: HOUR },
    };
    const wide = shift(config);
    wide.command({ name: 'mergeDowntimes', line: LINE, downtimeIds }, at('13:00'));
    expect(statistics(wide).stops).toMatchObject({ count: 3, totalMs: 80 * MINUTE, longestMs: 30 * MINUTE });
  });

  it('DT16: reasons name their branch of the tree', () => {
    const plant = samplePlant();
    const reasons = plant.reasons.map((reason) => ({ ...reason, group: 'mechanical' }));
    const groups = [{ id: 'mechanical', name: 'Mechanical' }];
    const drive = shift({ ...plant, reasons, downtime: { groups, rules: [], mergeRunMs: HOUR } });
    expect(statistics(drive).byReason[0]).toMatchObject({ reason: 'jam', group: 'mechanical' });
  });

  it('DT17: reason debt is what nobody explained, what nobody can, and what the plant does not know', () => {
    const drive = shift();
    expect(statistics(drive).reasonDebt).toEqual({ ms: 40 * MINUTE, dontKnowMs: 0, stops: 2 });
    reasonOf(drive, '08:00', 'dontKnow');
    expect(statistics(drive).reasonDebt).toEqual({ ms: 40 * MINUTE, dontKnowMs: 10 * MINUTE, stops: 2 });
    reasonOf(drive, '11:00', 'jam');
    expect(statistics(drive).reasonDebt).toEqual({ ms: 10 * MINUTE, dontKnowMs: 10 * MINUTE, stops: 1 });
    say(drive, '12:30', 'stopped', 'strange');
    say(drive, '12:40', 'running');
    say(drive, '12:50', 'starved');
    say(drive, '13:00', 'running');
    expect(statistics(drive).reasonDebt).toMatchObject({ ms: 20 * MINUTE, stops: 2 });
  });

  it('DT18: eleven minor stops within ten minutes are a flood, ten are none', () => {
    const flooded = (count: number): DowntimeStatistics => {
      const drive = createDrive(samplePlant());
      say(drive, '06:00', 'running');
      for (let index = 0; index < count; index += 1) {
        drive.observe({ equipment: FILLER, at: at('07:00') + index * 50_000, state: 'stopped' });
        drive.observe({ equipment: FILLER, at: at('07:00') + index * 50_000 + 10_000, state: 'running' });
      }
      say(drive, '08:30', 'stopped');
      return statistics(drive, '06:00', '09:00');
    };
    expect(flooded(10)).toMatchObject({ floods: [], minorStops: { count: 10 } });
    expect(flooded(11)).toMatchObject({
      floods: [{ from: at('07:00'), to: at('07:08:30'), count: 11 }],
      flags: { codes: ['microStopFlood', 'provisionalStop'] },
    });
    expect(flooded(30).floods).toMatchObject([{ from: at('07:00'), count: 30 }]);
  });

  it('DT19: the end of a shift records its statistics', () => {
    const drive = shift();
    drive.tick(at('13:59'));
    drive.tick(at('14:01'));
    const event = drive.log.find(({ type }) => type === 'downtimeStatisticsCalculated');
    expect(event).toMatchObject({
      line: LINE,
      shiftId: '2024-01-08.early',
      from: at('06:00'),
      at: at('14:00'),
      statistics: { stops: { count: 4 }, reasonDebt: { ms: 40 * MINUTE } },
    });
  });
});
