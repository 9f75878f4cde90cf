import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { equipmentInputs, figuresBetween, lineInputPieces } from '../oee/line-figures.ts';
import type { OeeFigures, OeeInputs } from '../oee/oee-figures.ts';
import { oeeFigures } from '../oee/dated-figures.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import { stateFromEvents } from './state-from-events.ts';

/** What figures are asked of: a line as its constraint carries it, or one equipment by itself. */
export type Scope =
  | { readonly kind: 'line'; readonly path: LinePath }
  | { readonly kind: 'equipment'; readonly path: EquipmentPath };

/** Figures of one stretch of time in which one product was set. */
export interface FigurePiece extends Interval {
  readonly product: string | null;
  readonly figures: OeeFigures;
}

/** Figures over any window, from the events that were known. */
export function figuresFromEvents(
  config: PlantConfig,
  events: Iterable<FactoryEvent>,
  scope: Scope,
  window: Interval,
  now: EpochMs,
): OeeFigures | Unknown {
  return scopeFigures(stateFromEvents(config, events, now), config, scope, window, now);
}

function scopeFigures(
  state: EngineState,
  config: PlantConfig,
  scope: Scope,
  window: Interval,
  now: EpochMs,
): OeeFigures | Unknown {
  if (scope.kind === 'line') return figuresBetween(state, config, scope.path, window, now);
  const input = equipmentInputs(state, config, scope.path, window, now);
  return 'unknown' in input ? input : oeeFigures(input);
}

/**
 * What the figures of a scope are computed from: of a line by stretches under one constraint. None: there is no such
 * scope.
 */
export function scopeInputs(
  state: EngineState,
  config: PlantConfig,
  { kind, path }: Scope,
  window: Interval,
  now: EpochMs,
): readonly OeeInputs[] {
  if (kind === 'line') {
    const line = plantIndex(config).lines.get(path);
    return line === undefined ? [] : lineInputPieces(state, config, line, window, now);
  }
  const input = equipmentInputs(state, config, path, window, now);
  return 'unknown' in input ? [] : [input];
}

/** Figures of a window cut where the product changes; their times and counts add up to the window's. */
export function figurePieces(
  state: EngineState,
  config: PlantConfig,
  scope: Scope,
  window: Interval,
  now: EpochMs,
): readonly FigurePiece[] {
  const products = scopeInputs(state, config, scope, window, now).flatMap((input) => input.products);
  return products.flatMap(({ from, to, product }) => {
    const figures = scopeFigures(state, config, scope, { from, to }, now);
    return 'unknown' in figures ? [] : [{ from, to, product, figures }];
  });
}
