import { MTCONNECT_MAPPING, PLAIN_MAPPING } from '../equipment/state-mapping.ts';
import type { EpochMs, EquipmentConfig, PlantConfig, ShiftConfig } from '../plant/plant.ts';
import { instantOf } from '../time/zone.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const FILLER = 'pack/one/filler';
export const LABELLER = 'pack/one/labeller';
export const LATHE = 'cnc/two/lathe';
export const LINE = 'pack/one';
export const CNC_LINE = 'cnc/two';

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const EARLY: ShiftConfig = {
  id: 'early',
  name: 'Early',
  days: EVERY_DAY,
  from: '06:00',
  to: '14:00',
  breaks: [{ from: '10:00', to: '10:30' }],
};
export const NIGHT: ShiftConfig = {
  id: 'night',
  name: 'Night',
  days: EVERY_DAY,
  from: '22:00',
  to: '06:00',
  breaks: [{ from: '02:00', to: '02:30' }],
};

function sampleEquipment(path: string, changes: Partial<EquipmentConfig> = {}): EquipmentConfig {
  return {
    path,
    line: path.slice(0, path.lastIndexOf('/')),
    name: path,
    stateMapping: PLAIN_MAPPING,
    minorStopMs: 300_000,
    silentAfterMs: null,
    latenessWindowMs: 4 * HOUR,
    unitsPerCount: 1,
    defaultProduct: 'A',
    assumeQuality: false,
    ...changes,
  };
}

/**
 * Two lines; `filler` changes the constraint of the first, its lateness window and silence both of its equipment. No
 * work between 14:00 and 22:00 Berlin time.
 */
export function samplePlant(
  filler: Partial<EquipmentConfig> = {},
  changes: Partial<PlantConfig> = {},
): PlantConfig {
  return {
    site: { id: 'berlin', name: 'Berlin', timeZone: 'Europe/Berlin' },
    lines: [
      {
        path: LINE,
        areaId: 'pack',
        areaName: 'Packaging',
        lineId: 'one',
        name: 'One',
        equipment: [FILLER, LABELLER],
        constraint: FILLER,
        shifts: [],
      },
      {
        path: CNC_LINE,
        areaId: 'cnc',
        areaName: 'Turning',
        lineId: 'two',
        name: 'Two',
        equipment: [LATHE],
        constraint: LATHE,
        shifts: ['early'],
      },
    ],
    equipment: [
      sampleEquipment(FILLER, filler),
      sampleEquipment(LABELLER, {
        latenessWindowMs: filler.latenessWindowMs ?? 4 * HOUR,
        silentAfterMs: filler.silentAfterMs ?? null,
      }),
      sampleEquipment(LATHE, { stateMapping: MTCONNECT_MAPPING, silentAfterMs: 60_000 }),
    ],
    products: [
      { id: 'A', name: 'Product A', idealCycleMs: 1000 },
      { id: 'B', name: 'Product B', idealCycleMs: 500 },
      { id: 'C', name: 'Product C', idealCycleMs: null },
    ],
    shifts: [EARLY, NIGHT],
    reasons: [
      { code: 'jam', name: 'Jam', loss: 'breakdown', failure: true },
      { code: 'material', name: 'No material', loss: 'external', failure: false },
      { code: 'service', name: 'Planned service', loss: 'plannedDowntime', failure: false },
    ],
    ...changes,
  };
}

/** An instant of Monday 2024-01-08 in Berlin (UTC+1), as `HH:MM` or `HH:MM:SS`. */
export function at(time: string): EpochMs {
  return instantOf('2024-01-08', time, 'Europe/Berlin');
}
