import type { EngineState, EquipmentState, LineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import { carriersOf } from '../oee/line-constraint.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { CountFact } from '../count/count-facts.ts';
import type { ProductFact } from '../count/product-facts.ts';
import type { Reading } from '../count/reading-facts.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { ListMark } from '../time/list-marks.ts';
import { changedFrom, markOf } from '../time/list-marks.ts';
import type { Changeover } from './changeover.ts';

/** What was there when nothing was new of the changeovers of a line. */
interface Looked {
  readonly line: IndexedLine;
  readonly changeovers: readonly Changeover[];
  readonly measured: LineState['measured'];
  /** Of the main constraint, whose products are those of the line. */
  readonly products: ListMark<ProductFact>;
  /** What was counted by each that carries the line. */
  readonly counted: readonly Counted[];
  /** What is counted after this changes none of them. */
  readonly settledTo: EpochMs;
}

interface Counted {
  readonly facts: EquipmentState;
  readonly counts: ListMark<CountFact>;
  readonly produced: ListMark<Reading>;
  readonly rejected: ListMark<Reading>;
}

/**
 * By the line's state. The clock asks for news of changeovers all the time, while they are few and soon over: what is
 * counted after the first good part says nothing of them.
 */
const looked = new WeakMap<LineState, Looked>();

/** Whether the changeovers of a line are still as they were when there was no news of them. */
export function isWithoutNews(state: EngineState, line: IndexedLine): boolean {
  const own = lineOf(state, line.config.path);
  const before = looked.get(own);
  return (
    before !== undefined &&
    before.line === line &&
    before.measured === own.measured &&
    isSame(before.changeovers, own.changeovers) &&
    changedFrom(before.products, equipmentOf(state, line.constraint.path).products) === Infinity &&
    before.counted.every((counted) => isSettled(counted, before.settledTo))
  );
}

function isSettled({ facts, counts, produced, rejected }: Counted, settledTo: EpochMs): boolean {
  return (
    changedFrom(counts, facts.counts) > settledTo &&
    changedFrom(produced, facts.produced) > settledTo &&
    changedFrom(rejected, facts.rejected) > settledTo
  );
}

function isSame(before: readonly Changeover[], now: readonly Changeover[]): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index]);
}

/** Notes that nothing is new of the changeovers, which are those shown. */
export function noteWithoutNews(
  state: EngineState,
  line: IndexedLine,
  shown: readonly { readonly until: EpochMs; readonly firstGoodAt: EpochMs | null }[],
): void {
  const own = lineOf(state, line.config.path);
  looked.set(own, {
    line,
    changeovers: [...own.changeovers],
    measured: own.measured,
    products: markOf(equipmentOf(state, line.constraint.path).products),
    counted: carriersOf(line).map((carrier) => countedBy(equipmentOf(state, carrier.path))),
    settledTo: Math.max(-Infinity, ...shown.map(({ until, firstGoodAt }) => firstGoodAt ?? until)),
  });
}

function countedBy(facts: EquipmentState): Counted {
  const { counts, produced, rejected } = facts;
  return { facts, counts: markOf(counts), produced: markOf(produced), rejected: markOf(rejected) };
}
