import type { OeeFigures, OeeTimes, ProductFigures } from './oee-figures.ts';
import { LOSS_NAMES, intervalOf } from './oee-figures.ts';
import type { FailureDivisor } from './ratios.ts';
import type { RollUp } from './roll-up.ts';
import { rollUp } from './roll-up.ts';

/** Figures of several pieces as one, with the share of time and parts whose speed and quality are known. */
export interface CombinedFigures extends OeeFigures {
  readonly coverage: RollUp['coverage'];
}

/** What figures add up to: all that is needed of them to be combined. */
export type FigureSums = Pick<OeeFigures, 'weights' | 'times' | 'losses' | 'counts' | 'byProduct' | 'flags'>;

/** Ratios of the sums, and the sums themselves: times, counts and losses of all the pieces added up. */
export function combineFigures(
  pieces: readonly FigureSums[],
  minCoverage = 1,
  divisor?: FailureDivisor,
): CombinedFigures {
  const rolled = rollUp(
    pieces.map(({ weights }) => weights),
    minCoverage,
    divisor,
  );
  const { plannedMs, unknownMs } = rolled.weights;
  return {
    ...rolled,
    interval: intervalOf(rolled.oee, plannedMs, unknownMs),
    times: addedUp(
      TIME_NAMES,
      pieces.map(({ times }) => times),
    ) as OeeTimes,
    counts: {
      ...addedUp(
        COUNT_NAMES,
        pieces.map(({ counts }) => counts),
      ),
      unplanned: addedUp(
        UNPLANNED_NAMES,
        pieces.map(({ counts }) => counts.unplanned),
      ),
    },
    losses: addedUp(
      [...LOSS_NAMES, 'fullyProductive'],
      pieces.map(({ losses }) => losses),
    ),
    byProduct: productsOf(pieces),
    flags: [...new Set(pieces.flatMap(({ flags }) => flags))],
  };
}

function productsOf(pieces: readonly FigureSums[]): readonly ProductFigures[] {
  const found = new Map<string, ProductFigures>();
  for (const each of pieces.flatMap(({ byProduct }) => byProduct)) {
    const key = JSON.stringify([each.product, each.idealCycleMs]);
    const known = found.get(key);
    found.set(
      key,
      known === undefined
        ? each
        : {
            ...each,
            runMs: known.runMs + each.runMs,
            counts: addedUp(UNPLANNED_NAMES, [known.counts, each.counts]),
          },
    );
  }
  return [...found.values()];
}

const TIME_NAMES = [
  'POT',
  'PBT',
  'APT',
  'AUST',
  'AUPT',
  'ADET',
  'ADOT',
  'AUBT',
  'AOET',
  'unknown',
  'ranUnplanned',
] as const satisfies readonly (keyof OeeTimes)[];
const UNPLANNED_NAMES = ['produced', 'good', 'scrap', 'rework'] as const;
const COUNT_NAMES = [...UNPLANNED_NAMES, 'unobserved'] as const;

function addedUp<Name extends string>(
  names: readonly Name[],
  items: readonly Readonly<Record<Name, number>>[],
): Record<Name, number> {
  const sums = names.map((name) => [name, items.reduce((sum, item) => sum + item[name], 0)] as const);
  return Object.fromEntries(sums) as Record<Name, number>;
}
