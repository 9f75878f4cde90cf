import type { IdealChange } from '../plant/ideal-cycles.ts';
import type { EpochMs } from '../plant/plant.ts';
import { combineFigures } from './combine-figures.ts';
import type { OeeFactors, OeeFigures, OeeInputs } from './oee-figures.ts';
import { factorsOfOneStandard, figuresOfOneStandard } from './oee-figures.ts';

/**
 * The one place where OEE is computed: live figures, closed shifts and files all come through here. Where the ideal of
 * a product that is set changes, the window is cut and its parts are added up.
 */
export function oeeFigures(input: OeeInputs): OeeFigures {
  const { window } = input;
  const changes = changesWithin(input);
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

/** Figures computed from one, or from several added up: of a line whose constraint depends on the product. */
export function oeeFiguresOf(inputs: readonly OeeInputs[]): OeeFigures {
  const pieces = inputs.map(oeeFigures);
  const [first] = pieces;
  return first === undefined || pieces.length > 1 ? combineFigures(pieces) : first;
}

/** What is watched of those figures; of one window under one ideal no more is computed. */
export function oeeFactorsOf(inputs: readonly OeeInputs[]): OeeFactors {
  const [first] = inputs;
  if (first !== undefined && inputs.length === 1 && changesWithin(first).length === 0)
    return factorsOfOneStandard(first);
  const { availability, performance, quality, oee, weights } = oeeFiguresOf(inputs);
  return { availability, performance, quality, oee, plannedMs: weights.plannedMs };
}

/** Changes of an ideal inside the window of a product that is on then, or later. */
function changesWithin({ window, products, idealChanges = [] }: OeeInputs): readonly IdealChange[] {
  return idealChanges.filter(
    ({ from, product }) =>
      from > window.from &&
      from < window.to &&
      products.some((span) => span.product === product && span.to > from),
  );
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
