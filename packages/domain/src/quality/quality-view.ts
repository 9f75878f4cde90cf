import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { CharacteristicConfig } from '../plant/work-config.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { ChartLimits, ChartPoint } from './control-chart.ts';
import { controlChart } from './control-chart.ts';
import type { CheckResult, CountEntry, Hold, QualityAlert, QualityState } from './quality.ts';
import { stillHeld } from './quality.ts';
import { checkDueAt, scrapRateOf } from './watch-quality.ts';

/** Points of a chart that are shown. */
const POINTS_SHOWN = 25;

export interface CheckView {
  readonly characteristic: string;
  readonly name: string;
  readonly kind: CharacteristicConfig['kind'];
  readonly unit?: string;
  readonly target?: number;
  readonly lower?: number;
  readonly upper?: number;
  readonly last: CheckResult | Unknown;
  /** In planned time after the last. */
  readonly dueAt: EpochMs | Unknown;
  readonly overdue: boolean;
  readonly alert?: QualityAlert;
  /** Of a numeric one. */
  readonly chart?: {
    readonly points: readonly (ChartPoint & { readonly at: EpochMs })[];
    readonly limits: ChartLimits | Unknown;
  };
}

/** The state of each characteristic that is checked on a line. */
export function lineChecks(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): readonly CheckView[] {
  const line = plantIndex(config).lines.get(path);
  if (line === undefined) return [];
  return (line.config.characteristics ?? []).map((each) => checkView(state, config, line, each, now));
}

function checkView(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  characteristic: CharacteristicConfig,
  now: EpochMs,
): CheckView {
  const { quality } = lineOf(state, line.config.path);
  const { id, name, kind } = characteristic;
  const own = (quality?.checks ?? []).filter((each) => each.characteristic === id);
  const alert = quality?.alerts[id];
  return {
    characteristic: id,
    name,
    kind,
    ...meant(characteristic),
    last: own.at(-1) ?? unknown('notCheckedYet'),
    dueAt: checkDueAt(state, config, line, characteristic, now) ?? unknown('notDue'),
    overdue: quality?.overdue[id] !== undefined,
    ...(alert === undefined ? null : { alert }),
    ...(characteristic.kind === 'numeric' ? { chart: chartOf(own, characteristic) } : null),
  };
}

function meant(characteristic: CharacteristicConfig): Pick<CheckView, 'unit' | 'target' | 'lower' | 'upper'> {
  if (characteristic.kind === 'passFail') return {};
  const { unit, target, lower, upper } = characteristic;
  return {
    unit,
    ...(target === undefined ? null : { target }),
    ...(lower === undefined ? null : { lower }),
    ...(upper === undefined ? null : { upper }),
  };
}

function chartOf(
  own: readonly CheckResult[],
  { process, sampleSize }: Extract<CharacteristicConfig, { kind: 'numeric' }>,
): NonNullable<CheckView['chart']> {
  const measured = own.flatMap(({ at, values }) =>
    // Samples of a size that was in force before do not fit into one chart.
    values?.length === sampleSize ? [{ at, values }] : [],
  );
  const { points, limits } = controlChart(
    measured.map(({ values }) => values),
    process,
  );
  const dated = points.map(({ mean, range }, index) => ({ at: measured[index]?.at ?? 0, mean, range }));
  return { points: dated.slice(-POINTS_SHOWN), limits };
}

export interface LineQuality {
  readonly scrapRate:
    | { readonly value: number; readonly above: number; readonly clearAt: number; readonly high: boolean }
    | Unknown;
  /** Entered for the current shift, worst first. */
  readonly defects: {
    readonly codes: readonly {
      readonly code: string;
      readonly name: string;
      readonly scrap: number;
      readonly rework: number;
    }[];
  };
  /** Entered for the current shift by people, newest last. */
  readonly entries: { readonly list: readonly CountEntry[] };
  /** Parts that nobody has judged yet, by hold. */
  readonly holds: { readonly list: readonly (Hold & { readonly left: number })[] };
}

const ENTRIES_SHOWN = 50;

/** Quality of a line's current shift beside its counts. */
export function lineQuality(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): LineQuality {
  const { quality } = lineOf(state, path);
  const shift = lineShiftAt(state, config, path, now);
  const entries = (quality?.entries ?? []).filter(
    ({ at }) => shift === null || (at > shift.from && at <= shift.to),
  );
  const holds = (quality?.holds ?? []).filter((hold) => stillHeld(hold) > 0);
  return {
    scrapRate: scrapRate(state, config, path, quality, now),
    defects: { codes: defectsOf(config, entries) },
    entries: { list: entries.slice(-ENTRIES_SHOWN) },
    holds: { list: holds.map(heldView) },
  };
}

function heldView(hold: Hold): Hold & { readonly left: number } {
  return { ...hold, left: stillHeld(hold) };
}

function scrapRate(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  quality: QualityState | undefined,
  now: EpochMs,
): LineQuality['scrapRate'] {
  const line = plantIndex(config).lines.get(path);
  const alert = line?.config.scrapAlert;
  if (line === undefined || alert === undefined) return unknown('notWatched');
  const value = scrapRateOf(state, line, now);
  if (value === null) return unknown('tooFewParts');
  const { above, clearAt } = alert;
  return { value, above, clearAt, high: (quality?.scrapHighSince ?? null) !== null };
}

function defectsOf(
  { defects = [] }: PlantConfig,
  entries: readonly CountEntry[],
): LineQuality['defects']['codes'] {
  const sums = new Map<string, { scrap: number; rework: number }>();
  for (const { defect, scrap, rework } of entries) {
    if (defect === undefined) continue;
    const sum = sums.get(defect) ?? { scrap: 0, rework: 0 };
    sums.set(defect, { scrap: sum.scrap + scrap, rework: sum.rework + rework });
  }
  const nameOf = (code: string): string => defects.find((each) => each.code === code)?.name ?? code;
  return [...sums]
    .map(([code, { scrap, rework }]) => ({ code, name: nameOf(code), scrap, rework }))
    .sort((a, b) => b.scrap + b.rework - a.scrap - a.rework || (a.code < b.code ? -1 : 1));
}
