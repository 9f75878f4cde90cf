import { describe, expect, it } from 'vitest';

import type { FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { shiftFigures } from '../oee/line-figures.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LINE, at, samplePlant } from '../testing/sample-plant.ts';

/** A shift that ran from 06:00, stood still from 09:00 to 09:30, and is over. */
function shiftOver(): Drive {
  const drive = createDrive(samplePlant());
  drive.tick(at('06:00'));
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
  drive.observe({ equipment: FILLER, at: at('09:00'), state: 'stopped' });
  drive.observe({ equipment: FILLER, at: at('09:30'), state: 'running' });
  drive.observe({ equipment: FILLER, at: at('13:59'), good: 100 });
  drive.tick(at('14:01'));
  return drive;
}

function close(drive: Drive, now = '14:10', shiftId = '2024-01-08.early'): StepResult {
  return drive.command({ name: 'closePeriod', line: LINE, shiftId }, at(now), 'lee');
}

const SCRAP = { name: 'enterCount', line: LINE, scrap: 10 } as const;

describe('a closed period', () => {
  it('PL10: is a shift or a day of a line that is over, with its figures at the close', () => {
    const drive = shiftOver();
    expect(close(drive, '13:00').refusal?.code).toBe('periodNotOver');
    expect(close(drive, '14:10', '2024-01-08.late').refusal?.code).toBe('unknownPeriod');
    expect(close(drive).events).toMatchObject([
      {
        type: 'periodClosed',
        periodId: 'shift.2024-01-08.early',
        from: at('06:00'),
        to: at('14:00'),
        author: 'lee',
        figures: { availability: { value: 7 / 7.5 }, counts: { good: 100 } },
      },
    ]);
    expect(close(drive).refusal).toMatchObject({ status: 'conflict', code: 'periodClosed' });
    const day = { name: 'closePeriod', line: LINE, date: '2024-01-08' } as const;
    expect(drive.command(day, at('23:00')).refusal?.code).toBe('periodNotOver');
    expect(drive.command(day, at('06:00') + 24 * HOUR).events).toMatchObject([
      { periodId: 'day.2024-01-08', from: at('06:00'), to: at('06:00') + 24 * HOUR },
    ]);
    expect(drive.command({ name: 'closePeriod', line: LINE }, at('23:00')).refusal?.code).toBe(
      'invalidPeriod',
    );
  });

  it('PL11: takes no edits, but adjustments that say why, and is shown with them', () => {
    const drive = shiftOver();
    const downtimeId = `${FILLER}@${at('09:00')}`;
    close(drive);
    const stretch = { from: at('09:00'), to: at('09:30') };
    const edits: FactoryCommand[] = [
      { name: 'classifyDowntime', downtimeId, reason: 'jam' },
      { name: 'changePlan', line: LINE, change: 'noCrew', ...stretch },
      { name: 'scheduleMaintenance', line: LINE, ...stretch },
    ];
    for (const edit of edits)
      expect(drive.command(edit, at('14:20')).refusal).toMatchObject({
        status: 'conflict',
        code: 'periodClosed',
      });
    const count = (now: string, why?: string): StepResult => {
      const said = why === undefined ? SCRAP : { ...SCRAP, adjustment: why };
      return drive.command(said, at(now), 'max');
    };
    expect(count('14:00').refusal?.code).toBe('periodClosed');
    expect(count('14:05').events).toHaveLength(1);
    const [, planned] = edits;
    if (planned === undefined) throw new Error('there is no second edit');
    const adjusted = drive.command(Object.assign({ adjustment: 'nobody came' }, planned), at('14:20'));
    expect(adjusted.events.find(({ type }) => type === 'periodAdjusted')).toMatchObject({
      periodId: 'shift.2024-01-08.early',
      why: 'nobody came',
      edits: ['planChanged'],
    });
    expect(drive.state.lines[LINE]?.closedPeriods).toMatchObject([
      {
        id: 'shift.2024-01-08.early',
        figures: { availability: { value: 7 / 7.5 } },
        adjustments: [{ why: 'nobody came', by: 'ann', edits: ['planChanged'] }],
      },
    ]);
    const window = { from: at('06:00'), to: at('14:00') };
    expect(shiftFigures(drive.state, drive.config, LINE, window, at('14:30')).availability.value).toBe(1);
  });

  it('PL11: a product put right over the start of a closed period edits it, up to the next that was told', () => {
    const closed = (told: readonly string[]): Drive => {
      const drive = createDrive(samplePlant({ latenessWindowMs: 12 * HOUR }));
      drive.tick(at('05:00'));
      drive.observe({ equipment: FILLER, at: at('05:00'), state: 'running', product: 'A' });
      for (const time of told) drive.observe({ equipment: FILLER, at: at(time), product: 'C' });
      drive.observe({ equipment: FILLER, at: at('13:59'), good: 100 });
      drive.tick(at('14:01'));
      close(drive);
      return drive;
    };
    const change = { name: 'changeProduct', line: LINE, product: 'B', since: at('05:30') } as const;
    expect(closed([]).command(change, at('14:20')).refusal?.code).toBe('periodClosed');
    expect(closed(['06:01']).command(change, at('14:20')).refusal?.code).toBe('periodClosed');
    expect(closed(['05:50']).command(change, at('14:20')).events).toMatchObject([{ type: 'productChanged' }]);
    const drive = closed([]);
    const adjusted = drive.command(Object.assign({ adjustment: 'it was B' }, change), at('14:20'));
    expect(adjusted.events).toMatchObject([
      { type: 'productChanged' },
      { type: 'periodAdjusted', edits: ['productChanged'] },
    ]);
  });

  it('PL11: calls and what machines say late are no edits', () => {
    const drive = shiftOver();
    close(drive);
    const raised = { name: 'raiseCall', line: LINE, callType: 'quality', priority: 'low' } as const;
    expect(drive.command({ ...raised, raisedAt: at('13:00') }, at('14:20')).refusal).toBeUndefined();
    const late = { equipment: FILLER, at: at('12:00'), state: 'stopped' };
    expect(drive.observe(late, at('14:20')).refusal).toBeUndefined();
  });
});
