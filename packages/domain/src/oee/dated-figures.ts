import type { EpochMs } from '../plant/plant.ts';
import { combineFigures } from './combine-figures.ts';
import type { OeeFigures, OeeInputs } from './oee-figures.ts';
import { figuresOfOneStandard } from './oee-figures.ts';

/**
 * The one place where OEE is computed: live figures, closed shifts and files all come through here. Where the ideal of
 * a product that is set changes, the window is cut and its parts are added up.
 */
export function oeeFigures(input: OeeInputs): OeeFigures {
  const { window, products } = input;
  const changes = (input.idealChanges ?? []).filter(
    ({ from, product }) =>
      from > window.from &&
      from < window.to &&
      products.some((span) => span.product === product && span.to > from),
  );
  if (changes.length === 0) return figuresOfOneStandard(input);
  const cuts = new Set(changes.map(({ from }) => from));
  const edges = [window.from, ...cuts, window.to];
  const pieces: OeeFigures[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? window.to;
    pieces.push(
      figuresOfOneStandard({ ...input, window: { from, to }, idealCycleMs: idealsAt(input, from) }),
    );
  }
  return combineFigures(pieces, input.minCoverage, input.failureDivisor);
}

function idealsAt({ idealCycleMs, idealChanges = [] }: OeeInputs, at: EpochMs): ReadonlyMap<string, number> {
  const ideals = new Map(idealCycleMs);
  for (const { from, product, idealCycleMs: cycleMs } of idealChanges) {
    if (from > at) break;
    if (cycleMs === null) ideals.delete(product);
    else ideals.set(product, cycleMs);
  }
  return ideals;
}
