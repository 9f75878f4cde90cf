import { describe, expect, it } from 'vitest';

import type { StepResult } from '../engine/engine-types.ts';
import { linePlan } from '../shift/line-plan.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { MaintenanceCommand } from './maintenance-events.ts';

function act(drive: Drive, name: 'start' | 'complete' | 'cancel', now: string): StepResult {
  const maintenanceId = 'maintenance-1';
  const command = { name: `${name}Maintenance`, line: LINE, maintenanceId } as MaintenanceCommand;
  return drive.command(command, at(now), 'lee');
}

function scheduled(equipment?: string): Drive {
  const drive = createDrive(samplePlant());
  const stretch = { from: at('11:00'), to: at('12:00') };
  const of = equipment === undefined ? {} : { equipment };
  const result = drive.command({ name: 'scheduleMaintenance', line: LINE, ...stretch, ...of }, at('08:00'));
  expect(result.data).toEqual({ maintenanceId: 'maintenance-1' });
  return drive;
}

/** Planned downtime between 10:30 and 14:00, as minutes after 10:30. */
function downtime({ state, config }: Drive): readonly (readonly [number, number])[] {
  return linePlan(state, config, LINE, at('10:30'), at('14:00'))
    .filter(({ kind }) => kind === 'plannedDowntime')
    .map(({ from, to }) => [(from - at('10:30')) / MINUTE, (to - at('10:30')) / MINUTE]);
}

describe('planned maintenance', () => {
  it('PL8: turns its stretch into planned downtime; early, late and short ones take it along', () => {
    expect(downtime(scheduled())).toEqual([[30, 90]]);
    const early = scheduled();
    act(early, 'start', '10:40');
    expect(downtime(early)).toEqual([[10, 70]]);
    act(early, 'complete', '11:10');
    expect(downtime(early)).toEqual([[10, 40]]);
    const long = scheduled();
    act(long, 'start', '11:30');
    act(long, 'complete', '13:30');
    expect(downtime(long)).toEqual([[60, 120]]);
    const cancelled = scheduled();
    act(cancelled, 'cancel', '10:00');
    expect(downtime(cancelled)).toEqual([]);
  });

  it('PL8: a stop in it asks for no reason, and begins where maintenance lasts longer than planned', () => {
    const drive = scheduled(FILLER);
    drive.observe({ equipment: FILLER, at: at('10:30'), state: 'running' });
    act(drive, 'start', '11:00');
    drive.observe({ equipment: FILLER, at: at('11:00'), state: 'stopped' });
    drive.tick(at('11:30'));
    expect(drive.log.filter(({ type }) => type === 'downtimeStarted')).toEqual([]);
    drive.tick(at('12:05'));
    expect(drive.log.filter(({ type }) => type === 'downtimeStarted')).toMatchObject([{ at: at('12:00') }]);
  });

  it('PL8: that of other equipment than the one that carries the line leaves the plan alone', () => {
    expect(downtime(scheduled(LABELLER))).toEqual([]);
    expect(downtime(scheduled(FILLER))).toEqual([[30, 90]]);
  });

  it('PL9: scheduled, then started, then completed; anything else is a conflict that says how it stands', () => {
    const drive = scheduled();
    expect(act(drive, 'complete', '11:00').refusal?.message).toContain('is scheduled');
    expect(act(drive, 'start', '11:00').events[0]?.type).toBe('maintenanceStarted');
    expect(act(drive, 'cancel', '11:10').refusal?.message).toContain('is started');
    expect(act(drive, 'complete', '10:50').refusal?.code).toBe('maintenanceMovedOn');
    expect(act(drive, 'complete', '12:00').events[0]?.type).toBe('maintenanceCompleted');
    expect(act(drive, 'start', '12:01').refusal).toMatchObject({
      status: 'conflict',
      code: 'maintenanceMovedOn',
    });
    const other = createDrive(samplePlant());
    expect(act(other, 'start', '11:00').refusal?.code).toBe('unknownMaintenance');
    const unknown = { line: LINE, equipment: 'pack/one/filer', from: at('11:00'), to: at('12:00') };
    expect(
      other.command({ name: 'scheduleMaintenance', ...unknown }, at('10:00')).refusal?.message,
    ).toContain('did you mean "pack/one/filler"?');
  });
});
