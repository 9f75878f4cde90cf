import type { PeopleSpec } from '../people.ts';
import { about, MINUTE, SECOND } from './durations.ts';

const mehmet = {
  user: 'mehmet',
  comesAfterMs: about(55 * SECOND, 0.6),
  worksForMs: about(3.5 * MINUTE),
};
/** Good, and hard to find. */
const tom = { user: 'tom', comesAfterMs: about(4 * MINUTE, 0.6), worksForMs: about(2.5 * MINUTE) };
const lucia = {
  user: 'lucia',
  comesAfterMs: about(80 * SECOND, 0.7),
  worksForMs: about(2.5 * MINUTE),
};
const karl = { user: 'karl', comesAfterMs: about(60 * SECOND, 0.7), worksForMs: about(90 * SECOND) };
const ines = { user: 'ines', comesAfterMs: about(40 * SECOND), worksForMs: about(3 * MINUTE) };

/** Users of the demo plant's configuration. */
export const demoPeople: PeopleSpec = {
  responders: {
    maintenance: [mehmet, mehmet, tom],
    material: [karl],
    quality: [lucia],
    process: [ines, lucia],
    safety: [ines],
    other: [ines],
  },
  raisesAfterMs: about(22 * SECOND, 0.6),
  spontaneousEveryMs: 7 * MINUTE,
  spontaneous: [
    { type: 'material', priority: 'low', note: 'Packaging material for two more hours' },
    { type: 'material', priority: 'low', note: 'Pallet of raw material running low' },
    { type: 'quality', priority: 'medium', note: 'Please look at the last ten pieces' },
    { type: 'quality', priority: 'low', note: 'Gauge due for calibration' },
    { type: 'process', priority: 'low', note: 'Cycle has become slower since the start of the shift' },
    { type: 'maintenance', priority: 'low', note: 'Unusual noise at the drive' },
    { type: 'other', priority: 'low', note: 'Relief needed for ten minutes' },
    { type: 'safety', priority: 'critical', note: 'Oil on the floor at the infeed' },
  ],
};
