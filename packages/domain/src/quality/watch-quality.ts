import { countSourceOf, countsBetween } from '../count/count-source.ts';
import { productAt } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { constraintAt, downstreamOf } from '../oee/line-constraint.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { CharacteristicConfig } from '../plant/work-config.ts';
import { lastAtOrBefore } from '../time/sorted.ts';
import { plannedInstant } from '../shift/planned-instant.ts';

/** What the clock makes true of the quality of a line: checks fall overdue, the scrap rate crosses its limit. */
export function watchQuality(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): readonly FactoryEvent[] {
  const line = plantIndex(config).lines.get(path);
  if (line === undefined) return [];
  const { characteristics = [], scrapAlert } = line.config;
  if (characteristics.length === 0 && scrapAlert === undefined) return [];
  return [
    ...characteristics.flatMap((each) => overdue(state, config, line, each, now)),
    ...scrapCrossed(state, line, now),
  ];
}

function overdue(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  characteristic: CharacteristicConfig,
  now: EpochMs,
): readonly FactoryEvent[] {
  const { path } = line.config;
  const { id } = characteristic;
  if (lineOf(state, path).quality?.overdue[id] !== undefined) return [];
  const since = checkedSince(state, line, characteristic, now);
  // Planned time is at most all time: until then nothing needs to be counted.
  if (since === null || since + (characteristic.intervalMs ?? Infinity) > now) return [];
  const dueAt = checkDueAt(state, config, line, characteristic, now);
  if (dueAt === null || dueAt > now) return [];
  return [{ type: 'qualityCheckOverdue', line: path, at: dueAt, characteristic: id, dueAt }];
}

/** When a characteristic is to be checked next, counting planned time; `null`: not while things are as they are. */
export function checkDueAt(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  characteristic: CharacteristicConfig,
  now: EpochMs,
): EpochMs | null {
  const since = checkedSince(state, line, characteristic, now);
  return since === null || characteristic.intervalMs === undefined
    ? null
    : plannedInstant(state, config, line.config.path, since, characteristic.intervalMs);
}

/** The last check, or when what is checked came onto the line after it; `null`: it is not on it. */
function checkedSince(
  state: EngineState,
  { config: { path }, constraint }: IndexedLine,
  { id, products }: CharacteristicConfig,
  now: EpochMs,
): EpochMs | null {
  const last = lineOf(state, path).quality?.checks.findLast(({ characteristic }) => characteristic === id);
  const checkedAt = last?.at ?? state.begunAt ?? null;
  if (products.length === 0) return checkedAt;
  const facts = equipmentOf(state, constraint.path).products;
  let index = lastAtOrBefore(facts, now);
  const isChecked = (product: string | null | undefined): boolean =>
    typeof product === 'string' && products.includes(product);
  if (!isChecked(productAt(facts, constraint.defaultProduct, now))) return null;
  while (index > 0 && isChecked(facts[index - 1]?.product)) index -= 1;
  const begunAt = facts[index]?.at;
  return begunAt === undefined ? checkedAt : Math.max(begunAt, checkedAt ?? begunAt);
}

/** Scrap at or after the constraint over its parts, in the time up to now; `null`: too few parts to say. */
export function scrapRateOf(state: EngineState, line: IndexedLine, now: EpochMs): number | null {
  const { scrapAlert } = line.config;
  if (scrapAlert === undefined) return null;
  const from = now - scrapAlert.windowMs;
  const constraint = constraintAt(state, line, now);
  const counts = [constraint, ...downstreamOf(line, constraint)].map(({ path, unitsPerCount }) =>
    countsBetween(countSourceOf(equipmentOf(state, path), unitsPerCount), from, now),
  );
  const produced = counts[0]?.produced ?? 0;
  if (produced <= 0 || produced < scrapAlert.minParts) return null;
  return counts.reduce((sum, { scrap }) => sum + scrap, 0) / produced;
}

function scrapCrossed(state: EngineState, line: IndexedLine, now: EpochMs): readonly FactoryEvent[] {
  const { scrapAlert, path } = line.config;
  const scrapRate = scrapRateOf(state, line, now);
  if (scrapAlert === undefined || scrapRate === null) return [];
  const { above, clearAt, windowMs } = scrapAlert;
  const isHigh = (lineOf(state, path).quality?.scrapHighSince ?? null) !== null;
  const crossed = { type: 'qualityThresholdCrossed', line: path, at: now, scrapRate, windowMs } as const;
  if (!isHigh && scrapRate > above) return [{ ...crossed, direction: 'above', threshold: above }];
  if (isHigh && scrapRate <= clearAt) return [{ ...crossed, direction: 'below', threshold: clearAt }];
  return [];
}
