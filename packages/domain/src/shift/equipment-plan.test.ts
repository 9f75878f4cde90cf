import { describe, expect, it } from 'vitest';

import { PACKML_MODES } from '../equipment/mode-mapping.ts';
import type { EquipmentConfig } from '../plant/plant.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, LABELLER, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { equipmentPlan } from './equipment-plan.ts';

const MODES = { mapping: PACKML_MODES, time: { maintenance: 'plannedDowntime', manual: 'setup' } } as const;

function started(filler: Partial<EquipmentConfig> = { modes: MODES }): Drive {
  const drive = createDrive(samplePlant(filler));
  const say = (time: string, mode: string): void => {
    drive.observe({ equipment: FILLER, at: at(time), mode });
  };
  drive.observe({ equipment: FILLER, at: at('06:00'), state: 'running' });
  say('06:30', 'Maintenance');
  say('07:00', 'Manual');
  say('07:30', 'toString');
  say('08:00', 'Maintenance');
  return drive;
}

function plan({ state, config }: Drive, path: string, to: string, now: string): readonly string[] {
  const equipment = config.equipment.find((each) => each.path === path);
  if (equipment === undefined) throw new Error(path);
  return equipmentPlan(state, config, equipment, at('06:00'), at(to), at(now)).map(
    (each) => `${(each.to - each.from) / MINUTE} ${each.kind}`,
  );
}

describe('the plan of one equipment', () => {
  it('EQ13: is without the time in a mode of planned downtime, up to now', () => {
    const drive = started();
    expect(plan(drive, FILLER, '09:00', '08:30')).toEqual([
      '30 planned',
      '30 plannedDowntime',
      '60 planned',
      '30 plannedDowntime',
      '30 planned',
    ]);
    expect(plan(drive, FILLER, '08:10', '08:30')).toEqual([
      '30 planned',
      '30 plannedDowntime',
      '60 planned',
      '10 plannedDowntime',
    ]);
    expect(plan(drive, FILLER, '06:20', '08:30')).toEqual(['20 planned']);
  });

  it('EQ13: what the machine has said is known, also where our clock is behind', () => {
    const drive = started();
    expect(plan(drive, FILLER, '09:00', '07:10')).toEqual([
      '30 planned',
      '30 plannedDowntime',
      '120 planned',
    ]);
    drive.observe({ equipment: FILLER, at: at('08:20'), state: 'running' });
    expect(plan(drive, FILLER, '08:30', '07:10')).toEqual([
      '30 planned',
      '30 plannedDowntime',
      '60 planned',
      '20 plannedDowntime',
      '10 planned',
    ]);
  });

  it('EQ13: is the line’s where modes leave time to the state, and for other equipment', () => {
    expect(plan(started({}), FILLER, '09:00', '08:30')).toEqual(['180 planned']);
    expect(plan(started(), LABELLER, '09:00', '08:30')).toEqual(['180 planned']);
    expect(plan(createDrive(samplePlant({ modes: MODES })), FILLER, '09:00', '08:30')).toEqual([
      '180 planned',
    ]);
  });
});
