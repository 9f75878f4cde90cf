import type { EngineState } from '../engine/engine-state.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { CombinedFigures } from './combine-figures.ts';
import { combineFigures } from './combine-figures.ts';
import { figuresBetween } from './line-figures.ts';
import type { OeeFigures } from './oee-figures.ts';

/** Share of running time and of parts that must be known, unless the plant says otherwise. */
const DEFAULT_MIN_COVERAGE = 0.8;

/** Figures of several lines, each over its shift so far, by their times and counts. */
export interface AreaFigures {
  readonly asOf: EpochMs;
  readonly figures: CombinedFigures;
  readonly counted: readonly LinePath[];
  /** Lines that are not in it. */
  readonly left: readonly { readonly line: LinePath; readonly why: 'noShift' | 'commissioning' }[];
}

/** `areaId: null`: the whole site. */
export function areaFigures(
  state: EngineState,
  config: PlantConfig,
  areaId: string | null,
  now: EpochMs,
): AreaFigures {
  const pieces: OeeFigures[] = [];
  const counted: LinePath[] = [];
  const left: AreaFigures['left'][number][] = [];
  for (const line of config.lines) {
    if (areaId !== null && line.areaId !== areaId) continue;
    const { path } = line;
    const shift = lineShiftAt(state, config, path, now);
    const isNew = plantIndex(config).lines.get(path)?.constraint.commissioning === true;
    const figures = shift === null || isNew ? null : figuresBetween(state, config, path, shift, now);
    if (figures === null || 'unknown' in figures) {
      left.push({ line: path, why: isNew ? 'commissioning' : 'noShift' });
      continue;
    }
    pieces.push(figures);
    counted.push(path);
  }
  const figures = combineFigures(pieces, config.rollUpMinCoverage ?? DEFAULT_MIN_COVERAGE);
  return { asOf: now, figures, counted, left };
}
