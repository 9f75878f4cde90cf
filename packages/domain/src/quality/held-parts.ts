import { countSourceOf, countsBetween } from '../count/count-source.ts';
import type { Quantities } from '../count/count-facts.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { hourStretches } from '../hour/hour-edges.ts';
import { constraintFor, lineProductSpans } from '../oee/line-constraint.ts';
import type { EpochMs, EquipmentConfig } from '../plant/plant.ts';
import type { QualityAsked } from './quality-asked.ts';

interface Parts {
  readonly at: EpochMs;
  readonly count: number;
}

/**
 * Which good parts made after `since` and up to `to` are taken: the newest, each at the end of its hour and product,
 * so that no hour gives more than it made. What is not found there is of `to`.
 */
export function heldFrom(
  { state, config, line }: QualityAsked,
  constraint: EquipmentConfig,
  since: EpochMs,
  to: EpochMs,
  count: number,
): readonly Parts[] {
  const source = countSourceOf(equipmentOf(state, constraint.path), constraint.unitsPerCount);
  const stretches = lineProductSpans(state, line, since, to)
    .filter(({ product }) => constraintFor(line, product) === constraint)
    .flatMap((span) => hourStretches(span, config.site.timeZone));
  const taken: Parts[] = [];
  let left = count;
  for (const stretch of stretches.toReversed()) {
    const { good } = countsBetween(source, stretch.from, stretch.to);
    const own = Math.min(left, Math.max(0, good));
    if (own === 0) continue;
    taken.push({ at: stretch.to, count: own });
    left -= own;
    if (left === 0) return taken;
  }
  return left === 0 ? taken : withRest(taken, to, left);
}

function withRest(taken: readonly Parts[], at: EpochMs, rest: number): readonly Parts[] {
  const [newest, ...older] = taken;
  return newest?.at === at ? [{ at, count: newest.count + rest }, ...older] : [{ at, count: rest }, ...taken];
}

/** What was judged of parts held, the newest first: as scrap, good, and rework, in this order. */
export function judgedOf(held: readonly Parts[], judged: Quantities): readonly (Parts & Quantities)[] {
  const left = { scrap: judged.scrap, good: judged.good, rework: judged.rework };
  const take = (name: keyof typeof left, most: number): number => {
    const own = Math.min(left[name], most);
    left[name] -= own;
    return own;
  };
  return held
    .map(({ at, count }) => {
      const scrap = take('scrap', count);
      const good = take('good', count - scrap);
      const rework = take('rework', count - scrap - good);
      return { at, count: scrap + good + rework, scrap, good, rework };
    })
    .filter(({ count }) => count > 0);
}
