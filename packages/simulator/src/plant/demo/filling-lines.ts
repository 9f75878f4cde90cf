import type { LineSpec } from '../line-spec.ts';
import { about, HOUR, MINUTE, SECOND } from './durations.ts';
import { plain } from './state-paths.ts';

/** Fast, continuous, with counters and process values; its trouble is mostly before and behind it. */
export const bottling: LineSpec = {
  line: 'filling/bottling',
  equipment: 'filling/bottling/filler',
  products: [
    { id: 'water-05', idealCycleMs: 500 },
    { id: 'water-10', idealCycleMs: 3_600_000 / 5_400 },
  ],
  running: 'PRODUCTION',
  changeover: plain('CHANGEOVER', 'changeover'),
  break: plain('STOP'),
  breaks: 'relieved',
  pace: { factor: 1.04, jitter: 0.02 },
  unitsPerCycle: 1,
  scrapRate: 0.008,
  reworkRate: 0,
  startup: { forMs: 60 * SECOND, scrapRate: 0.06 },
  counts: 'totals',
  reportEveryMs: SECOND,
  stops: [
    { id: 'jam', path: plain('STOP', 'jam'), everyMs: 4 * MINUTE, durationMs: about(8 * SECOND) },
    {
      id: 'tailback',
      path: plain('TAILBACK', 'downstream-full'),
      everyMs: 6 * MINUTE,
      durationMs: about(14 * SECOND),
    },
    {
      id: 'lack',
      path: plain('LACK', 'no-material'),
      everyMs: 16 * MINUTE,
      durationMs: about(35 * SECOND, 0.7),
      call: {
        type: 'material',
        priority: 'medium',
        probability: 0.35,
        note: 'No empty bottles at the infeed',
      },
    },
    {
      id: 'sensor',
      path: plain('FAULT', 'sensor'),
      everyMs: 95 * MINUTE,
      durationMs: about(4 * MINUTE),
      call: {
        type: 'maintenance',
        priority: 'high',
        probability: 0.85,
        note: 'Level sensor gives no signal',
        needsHelp: true,
      },
    },
    { id: 'cip', path: plain('CIP', 'cleaning'), everyMs: 5 * HOUR, durationMs: about(14 * MINUTE, 0.1) },
  ],
  changeoverMs: about(7 * MINUTE, 0.3),
  jobMs: { min: 55 * MINUTE, max: 120 * MINUTE },
  telemetry: [
    { name: 'speed', running: 6_900, standing: 0, noise: 45, pull: 0.4, decimals: 0 },
    { name: 'fillPressure', running: 3.2, standing: 2.6, noise: 0.04, pull: 0.25, decimals: 2 },
    { name: 'productTemperature', running: 8.4, standing: 9.6, noise: 0.12, pull: 0.03, decimals: 1 },
  ],
  followers: [
    { equipment: 'filling/bottling/capper', running: 'running', standing: 'starved', delayMs: 2_500 },
  ],
  operator: 'anna',
  inspection: { characteristic: 'fill-weight', target: 501, within: 4, defect: 'underfilled' },
};

/** Many short misfeeds, labels that run out, and a camera that throws things out. */
export const labelling: LineSpec = {
  line: 'filling/labelling',
  equipment: 'filling/labelling/labeller',
  products: [
    { id: 'label-05', idealCycleMs: 600 },
    { id: 'label-10', idealCycleMs: 750 },
  ],
  running: 'running',
  changeover: plain('setup', 'changeover'),
  break: plain('idle'),
  breaks: 'relieved',
  pace: { factor: 1.07, jitter: 0.03 },
  unitsPerCycle: 1,
  scrapRate: 0.019,
  reworkRate: 0,
  startup: { forMs: 90 * SECOND, scrapRate: 0.08 },
  counts: 'totals',
  reportEveryMs: SECOND,
  stops: [
    { id: 'misfeed', path: plain('stopped', 'misfeed'), everyMs: 2 * MINUTE, durationMs: about(6 * SECOND) },
    {
      id: 'roll',
      path: plain('stopped', 'film-change'),
      everyMs: 48 * MINUTE,
      durationMs: about(130 * SECOND, 0.3),
    },
    {
      id: 'blocked',
      path: plain('blocked', 'downstream-full'),
      everyMs: 22 * MINUTE,
      durationMs: about(45 * SECOND),
    },
    {
      id: 'camera',
      path: plain('stopped', 'quality-check'),
      everyMs: 70 * MINUTE,
      durationMs: about(3 * MINUTE),
      call: {
        type: 'quality',
        priority: 'medium',
        probability: 0.9,
        note: 'Camera rejects five in a row: date code unreadable',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(6 * MINUTE, 0.3),
  jobMs: { min: 45 * MINUTE, max: 110 * MINUTE },
  telemetry: [
    { name: 'speed', running: 5_600, standing: 0, noise: 40, pull: 0.5, decimals: 0 },
    { name: 'readRate', running: 0.992, standing: 0.992, noise: 0.004, pull: 0.2, decimals: 3 },
  ],
  followers: [],
  operator: 'anna',
};
