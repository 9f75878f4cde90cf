import type { LineSpec } from '../line-spec.ts';
import { about, MINUTE, SECOND } from './durations.ts';
import { aborted, held, plain, stopped, suspended } from './state-paths.ts';

/** PackML with a pulse per carton; jams a lot, and now and then breaks down properly. */
export const cartoning: LineSpec = {
  line: 'packaging/cartoning',
  equipment: 'packaging/cartoning/cartoner',
  products: [
    { id: 'carton-6', idealCycleMs: 60_000 / 90 },
    { id: 'carton-12', idealCycleMs: 60_000 / 66 },
  ],
  running: 'Execute',
  changeover: stopped('changeover'),
  break: stopped(),
  breaks: 'stands',
  pace: { factor: 1.05, jitter: 0.03 },
  unitsPerCycle: 1,
  scrapRate: 0.011,
  reworkRate: 0.002,
  startup: { forMs: 90 * SECOND, scrapRate: 0.07 },
  counts: 'pulses',
  reportEveryMs: SECOND,
  stops: [
    { id: 'jam', path: held('jam'), everyMs: 4 * MINUTE, durationMs: about(12 * SECOND, 0.7) },
    { id: 'starved', path: suspended('no-material'), everyMs: 7 * MINUTE, durationMs: about(18 * SECOND) },
    {
      id: 'blanks',
      path: held('no-material'),
      everyMs: 65 * MINUTE,
      durationMs: about(150 * SECOND),
      call: {
        type: 'material',
        priority: 'high',
        probability: 0.9,
        note: 'Carton blanks used up',
        needsHelp: true,
      },
    },
    {
      id: 'breakdown',
      path: aborted('breakdown'),
      everyMs: 130 * MINUTE,
      durationMs: about(7 * MINUTE),
      alarm: { code: '214', text: 'Glue unit stopped', severity: 'fault' },
      call: {
        type: 'maintenance',
        priority: 'high',
        probability: 1,
        note: 'Glue unit stopped, alarm 214',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(8 * MINUTE, 0.3),
  jobMs: { min: 50 * MINUTE, max: 120 * MINUTE },
  telemetry: [{ name: 'glueTemperature', running: 168, standing: 161, noise: 0.8, pull: 0.02, decimals: 1 }],
  followers: [
    {
      equipment: 'packaging/cartoning/checkweigher',
      running: 'running',
      standing: 'starved',
      delayMs: 4_000,
    },
  ],
  operator: 'jonas',
};

/** PackML with counters; film and sealing jaws set its rhythm. */
export const flowWrap: LineSpec = {
  line: 'packaging/flow-wrap',
  equipment: 'packaging/flow-wrap/wrapper',
  products: [
    { id: 'bar-40', idealCycleMs: 60_000 / 110 },
    { id: 'bar-25', idealCycleMs: 500 },
  ],
  running: 'Execute',
  changeover: stopped('changeover'),
  break: stopped(),
  breaks: 'stands',
  pace: { factor: 1.03, jitter: 0.02 },
  unitsPerCycle: 1,
  scrapRate: 0.014,
  reworkRate: 0,
  startup: { forMs: 60 * SECOND, scrapRate: 0.1 },
  counts: 'totals',
  reportEveryMs: SECOND,
  stops: [
    { id: 'jam', path: held('jam'), everyMs: 2.5 * MINUTE, durationMs: about(7 * SECOND) },
    {
      id: 'seal',
      path: held('seal'),
      everyMs: 30 * MINUTE,
      durationMs: about(60 * SECOND, 0.6),
      alarm: { code: '31', text: 'Seal too cold', severity: 'warning' },
    },
    { id: 'film', path: stopped('film-change'), everyMs: 45 * MINUTE, durationMs: about(150 * SECOND, 0.3) },
    {
      id: 'drive',
      path: aborted('drive'),
      everyMs: 170 * MINUTE,
      durationMs: about(9 * MINUTE),
      call: {
        type: 'maintenance',
        priority: 'critical',
        probability: 1,
        note: 'Main drive tripped',
        needsHelp: true,
      },
    },
  ],
  changeoverMs: about(5 * MINUTE, 0.3),
  jobMs: { min: 40 * MINUTE, max: 100 * MINUTE },
  telemetry: [
    { name: 'jawTemperature', running: 142, standing: 131, noise: 1.2, pull: 0.05, decimals: 1 },
    { name: 'filmTension', running: 24, standing: 0.5, noise: 0.6, pull: 0.5, decimals: 1 },
  ],
  followers: [],
  operator: 'jonas',
};

/** Tells no states, only a pulse per piece; waits for others most of the time it stands. */
export const palletising: LineSpec = {
  line: 'packaging/palletising',
  equipment: 'packaging/palletising/robot',
  tells: 'pulses',
  products: [
    { id: 'pallet-a', idealCycleMs: 6_000 },
    { id: 'pallet-b', idealCycleMs: 7_500 },
  ],
  running: 'running',
  changeover: plain('setup', 'changeover'),
  break: plain('idle'),
  breaks: 'relieved',
  pace: { factor: 1.03, jitter: 0.05 },
  unitsPerCycle: 1,
  scrapRate: 0,
  reworkRate: 0,
  startup: { forMs: 0, scrapRate: 0 },
  counts: 'pulses',
  reportEveryMs: 2 * SECOND,
  stops: [
    {
      id: 'starved',
      path: plain('starved', 'no-material'),
      everyMs: 3.5 * MINUTE,
      durationMs: about(16 * SECOND, 0.8),
    },
    {
      id: 'full',
      path: plain('blocked', 'downstream-full'),
      everyMs: 17 * MINUTE,
      durationMs: about(60 * SECOND, 0.6),
      call: { type: 'material', priority: 'medium', probability: 0.5, note: 'Full pallet, no fork lift' },
    },
    {
      id: 'gripper',
      path: plain('stopped', 'breakdown'),
      everyMs: 90 * MINUTE,
      durationMs: about(4 * MINUTE),
      call: {
        type: 'maintenance',
        priority: 'medium',
        probability: 0.8,
        note: 'Gripper loses vacuum',
        needsHelp: true,
      },
    },
    { id: 'unknown', path: plain('stopped'), everyMs: 50 * MINUTE, durationMs: about(70 * SECOND) },
  ],
  changeoverMs: about(4 * MINUTE, 0.4),
  jobMs: { min: 60 * MINUTE, max: 140 * MINUTE },
  telemetry: [{ name: 'vacuum', running: 640, standing: 590, noise: 8, pull: 0.3, decimals: 0 }],
  followers: [],
  operator: 'piotr',
};
