import type { EpochMs } from '../plant/plant.ts';

interface Dated {
  readonly at: EpochMs;
}

/** How often a list was changed otherwise than by more at its end, since it was marked first. */
interface Restatements {
  times: number;
}

/** Marks hold them too, so that to ask a mark is to look up nothing. */
const restatements = new WeakMap<readonly object[], Restatements>();

/** To be called by whatever changes or drops what a list holds, or puts something before it. */
export function restate(items: readonly object[]): void {
  const known = restatements.get(items);
  if (known !== undefined) known.times += 1;
}

/** What a sorted list was, to see later what became of it without looking through it. */
export interface ListMark {
  readonly items: readonly object[];
  readonly restatements: Restatements;
  readonly restated: number;
  readonly length: number;
}

export function markOf(items: readonly object[]): ListMark {
  let known = restatements.get(items);
  if (known === undefined) {
    known = { times: 0 };
    restatements.set(items, known);
  }
  return { items, restatements: known, restated: known.times, length: items.length };
}

/** Whether nothing became of the list that was marked but more at its end. */
export function isOnlyLonger(mark: ListMark, items: readonly object[]): boolean {
  return items === mark.items && mark.restated === mark.restatements.times;
}

/**
 * From which instant on `items` hold something else than the list that was marked: `Infinity`: from none, they are the
 * same; `-Infinity`: from any. A list that held nothing says something else from the first item on.
 */
export function changedFrom(mark: ListMark, items: readonly Dated[]): EpochMs {
  if (!isOnlyLonger(mark, items)) return -Infinity;
  const { length } = mark;
  if (items.length === length) return Infinity;
  return length === 0 ? -Infinity : (items[length]?.at ?? -Infinity);
}
