import { countSourceOf, type CountSource } from '../count/count-source.ts';
import type { ProductSpan } from '../count/product-facts.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import { constraintFor, lineProductSpans } from '../oee/line-constraint.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LineConfig, LinePath, PlantConfig } from '../plant/plant.ts';
import { linePlan } from '../shift/line-plan.ts';
import { plannedMs } from '../shift/plan.ts';
import type { Changeover, Measured } from './changeover.ts';
import { firstGoodAfter, lastGoodAt } from './good-parts.ts';
import { isWithoutNews, noteWithoutNews } from './settled-changeovers.ts';

/** A change of product as the facts show it; `recorded`: people told of it. */
export interface ShownChangeover {
  readonly id: string;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  /** When the product changed. */
  readonly at: EpochMs;
  /** When what it changed to went; `Infinity`: it is there still. */
  readonly until: EpochMs;
  readonly recorded: Changeover | null;
  readonly lastGoodAt: EpochMs | null;
  readonly firstGoodAt: EpochMs | null;
}

/**
 * Changes from one product to another on the line's main constraint, by the good parts of what carries each; oldest
 * first, as far back as facts are held.
 */
export function shownChangeovers(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
): readonly ShownChangeover[] {
  const line = plantIndex(config).lines.get(path);
  if (line === undefined) return [];
  const [first] = equipmentOf(state, line.constraint.path).products;
  if (first === undefined) return [];
  const sourceOf = (product: string): CountSource => {
    const constraint = constraintFor(line, product);
    return countSourceOf(equipmentOf(state, constraint.path), constraint.unitsPerCount);
  };
  const { changeovers } = lineOf(state, path);
  const spans = lineProductSpans(state, line, first.at - 1, Infinity);
  return changesOf(spans).map(({ fromProduct, toProduct, at, until }) => {
    const recorded = changeovers.find((each) => covers(each, toProduct, at)) ?? null;
    const good = firstGoodAfter(sourceOf(toProduct), at, until);
    const last = lastGoodAt(sourceOf(fromProduct), at);
    const id = recorded?.id ?? `${path}@${at}`;
    return { id, fromProduct, toProduct, at, until, recorded, lastGoodAt: last, firstGoodAt: good };
  });
}

interface ProductChange {
  readonly fromProduct: string;
  readonly toProduct: string;
  readonly at: EpochMs;
  readonly until: EpochMs;
}

/** Without an order between them two products still follow each other. */
function changesOf(spans: readonly ProductSpan[]): readonly ProductChange[] {
  const changes: ProductChange[] = [];
  let before: string | null = null;
  for (const { from, to, product } of spans) {
    if (product === null) continue;
    if (before !== null && before !== product)
      changes.push({ fromProduct: before, toProduct: product, at: from, until: to });
    before = product;
  }
  return changes;
}

function covers({ toProduct, startedAt, completedAt }: Changeover, product: string, at: EpochMs): boolean {
  return toProduct === product && at >= startedAt && at <= (completedAt ?? Infinity);
}

/** How long it took; `null`: not both of its ends are known. */
export function measuredOf(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  { lastGoodAt: from, firstGoodAt: to }: Pick<ShownChangeover, 'lastGoodAt' | 'firstGoodAt'>,
): Measured | null {
  if (from === null || to === null) return null;
  const durationMs = plannedMs(linePlan(state, config, path, from, to), from, to);
  return { lastGoodAt: from, firstGoodAt: to, durationMs, elapsedMs: to - from };
}

/** The target for a pair of products: one for both, else for the one to come, else for the one before, else for any. */
export function targetOf(
  { changeover }: Pick<LineConfig, 'changeover'>,
  fromProduct: string | null,
  toProduct: string,
): number | null {
  const fits = (changeover?.targets ?? [])
    .filter(({ from, to }) => (from === null || from === fromProduct) && (to === null || to === toProduct))
    .map(({ from, to, targetMs }) => ({ targetMs, rank: (to === null ? 0 : 2) + (from === null ? 0 : 1) }))
    .sort((a, b) => b.rank - a.rank);
  return fits[0]?.targetMs ?? null;
}

/** What the facts show of changeovers that was not recorded so. */
export function changeoverNews(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  now: EpochMs,
): readonly FactoryEvent[] {
  const indexed = plantIndex(config).lines.get(path);
  if (indexed === undefined || isWithoutNews(state, indexed)) return [];
  const shown = shownChangeovers(state, config, path);
  const news = newsOf(state, config, indexed.config, shown, now);
  if (news.length === 0) noteWithoutNews(state, indexed, shown);
  return news;
}

function newsOf(
  state: EngineState,
  config: PlantConfig,
  line: LineConfig,
  changeovers: readonly ShownChangeover[],
  now: EpochMs,
): readonly FactoryEvent[] {
  const { path } = line;
  const known = lineOf(state, path).measured ?? {};
  return changeovers.flatMap((shown): FactoryEvent[] => {
    const { id: changeoverId, fromProduct, toProduct, recorded } = shown;
    const before = known[changeoverId];
    if (before?.lastGoodAt === shown.lastGoodAt && before?.firstGoodAt === shown.firstGoodAt) return [];
    const measured = measuredOf(state, config, path, shown);
    if (measured === null || (recorded !== null && recorded.completedAt === null)) return [];
    const targetMs = targetOf(line, fromProduct, toProduct);
    const about = {
      changeoverId,
      line: path,
      at: Math.min(measured.firstGoodAt, now),
      fromProduct,
      toProduct,
    };
    return [{ type: 'changeoverMeasured', ...about, targetMs, announced: recorded !== null, ...measured }];
  });
}
