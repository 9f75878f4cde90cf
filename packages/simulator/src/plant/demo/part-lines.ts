import type { LineSpec } from '../line-spec.ts';
import { about, HOUR, MINUTE, SECOND } from './durations.ts';
import { plain } from './state-paths.ts';

/** Long cycles, MTConnect words, counters; the tools decide. */
export const cncCell: LineSpec = {
  line: 'machining/cnc-cell',
  equipment: 'machining/cnc-cell/mill',
  products: [
    { id: 'shaft-30', idealCycleMs: 46_000 },
    { id: 'flange-80', idealCycleMs: 34_000 },
  ],
  running: 'ACTIVE',
  changeover: plain('STOPPED', 'changeover'),
  break: plain('READY'),
  breaks: 'stands',
  pace: { factor: 1.04, jitter: 0.02 },
  unitsPerCycle: 1,
  scrapRate: 0.014,
  reworkRate: 0,
  startup: { forMs: 4 * MINUTE, scrapRate: 0.1 },
  counts: 'totals',
  reportEveryMs: 2 * SECOND,
  stops: [
    {
      id: 'tool',
      path: plain('FEED_HOLD', 'tool-change'),
      everyMs: 24 * MINUTE,
      durationMs: about(55 * SECOND, 0.4),
    },
    {
      id: 'load',
      path: plain('READY', 'no-operator'),
      everyMs: 5 * MINUTE,
      durationMs: about(18 * SECOND, 0.7),
    },
    {
      id: 'bar',
      path: plain('WAIT', 'no-material'),
      everyMs: 50 * MINUTE,
      durationMs: about(2 * MINUTE),
      call: { type: 'material', priority: 'medium', probability: 0.7, note: 'Bar feeder empty' },
    },
    {
      id: 'breakage',
      path: plain('INTERRUPTED', 'tool-breakage'),
      everyMs: 3 * HOUR,
      durationMs: about(11 * MINUTE),
      call: {
        type: 'maintenance',
        priority: 'high',
        probability: 0.9,
        note: 'Tool T12 broken',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(11 * MINUTE, 0.3),
  jobMs: { min: 80 * MINUTE, max: 170 * MINUTE },
  telemetry: [
    { name: 'spindleSpeed', running: 4_200, standing: 0, noise: 160, pull: 0.6, decimals: 0 },
    { name: 'spindleLoad', running: 46, standing: 1, noise: 9, pull: 0.6, decimals: 0 },
    { name: 'coolantTemperature', running: 27, standing: 24, noise: 0.15, pull: 0.01, decimals: 1 },
  ],
  followers: [],
  operator: 'piotr',
};

/** Four cavities: the machine counts shots, four parts each. */
export const moulding: LineSpec = {
  line: 'assembly/moulding',
  equipment: 'assembly/moulding/press',
  products: [
    { id: 'housing-l', idealCycleMs: 5_500 },
    { id: 'housing-r', idealCycleMs: 6_000 },
  ],
  running: 'AUTO',
  changeover: plain('SETUP', 'changeover'),
  break: plain('HALT'),
  breaks: 'relieved',
  pace: { factor: 1.03, jitter: 0.015 },
  unitsPerCycle: 4,
  scrapRate: 0.018,
  reworkRate: 0,
  startup: { forMs: 4 * MINUTE, scrapRate: 0.3 },
  counts: 'totals',
  reportEveryMs: 2 * SECOND,
  stops: [
    { id: 'ejector', path: plain('HALT'), everyMs: 8 * MINUTE, durationMs: about(16 * SECOND, 0.6) },
    {
      id: 'box',
      path: plain('BOX_FULL', 'downstream-full'),
      everyMs: 24 * MINUTE,
      durationMs: about(50 * SECOND, 0.6),
    },
    {
      id: 'heater',
      path: plain('ALARM', 'sensor'),
      everyMs: 110 * MINUTE,
      durationMs: about(4 * MINUTE),
      call: {
        type: 'process',
        priority: 'medium',
        probability: 0.8,
        note: 'Zone 3 does not hold its temperature',
        needsHelp: true,
      },
    },
    {
      id: 'granulate',
      path: plain('NO_MATERIAL', 'no-material'),
      everyMs: 140 * MINUTE,
      durationMs: about(4 * MINUTE),
      call: {
        type: 'material',
        priority: 'high',
        probability: 0.9,
        note: 'Granulate dryer empty',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(13 * MINUTE, 0.3),
  jobMs: { min: 100 * MINUTE, max: 200 * MINUTE },
  telemetry: [
    { name: 'meltTemperature', running: 232, standing: 226, noise: 1.1, pull: 0.05, decimals: 1 },
    { name: 'holdingPressure', running: 78, standing: 0, noise: 1.5, pull: 0.6, decimals: 1 },
    { name: 'mouldTemperature', running: 62, standing: 55, noise: 0.4, pull: 0.02, decimals: 1 },
  ],
  followers: [],
  operator: 'piotr',
};

/** Work by hand: slow, uneven, with rework, and people who call. */
export const gearbox: LineSpec = {
  line: 'assembly/gearbox',
  equipment: 'assembly/gearbox/station',
  products: [
    { id: 'gearbox-s', idealCycleMs: 28_000 },
    { id: 'gearbox-m', idealCycleMs: 36_000 },
  ],
  running: 'running',
  changeover: plain('setup', 'changeover'),
  break: plain('idle'),
  breaks: 'stands',
  pace: { factor: 1.06, jitter: 0.12 },
  unitsPerCycle: 1,
  scrapRate: 0.008,
  reworkRate: 0.026,
  startup: { forMs: 3 * MINUTE, scrapRate: 0.04 },
  counts: 'pulses',
  reportEveryMs: 5 * SECOND,
  stops: [
    {
      id: 'parts',
      path: plain('starved', 'no-material'),
      everyMs: 17 * MINUTE,
      durationMs: about(70 * SECOND, 0.6),
      call: { type: 'material', priority: 'medium', probability: 0.7, note: 'Bearings used up' },
    },
    { id: 'away', path: plain('stopped'), everyMs: 7 * MINUTE, durationMs: about(20 * SECOND, 0.6) },
    {
      id: 'torque',
      path: plain('stopped', 'breakdown'),
      everyMs: 100 * MINUTE,
      durationMs: about(5 * MINUTE),
      call: {
        type: 'maintenance',
        priority: 'high',
        probability: 0.9,
        note: 'Torque tool out of tolerance',
        needsHelp: true,
      },
    },
    {
      id: 'noise',
      path: plain('stopped', 'quality-check'),
      everyMs: 75 * MINUTE,
      durationMs: about(3 * MINUTE),
      call: {
        type: 'quality',
        priority: 'medium',
        probability: 0.9,
        note: 'Noise at the test run, third in a row',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(6 * MINUTE, 0.4),
  jobMs: { min: 70 * MINUTE, max: 150 * MINUTE },
  telemetry: [],
  followers: [],
  operator: 'jonas',
};
