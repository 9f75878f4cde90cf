import type { EpochMs } from '../plant/plant.ts';

interface Dated {
  readonly at: EpochMs;
}

/** What became of a list since it was marked first, otherwise than by more at its end. */
interface Restatements {
  times: number;
  /** From which instant on it then was another, of the last times; by number, modulo `REMEMBERED`. */
  readonly from: EpochMs[];
}

/** A mark that is older than so many restatements knows nothing more of its list. */
const REMEMBERED = 8;

/** Marks hold them too, so that to ask a mark is to look up nothing. */
const restatements = new WeakMap<readonly object[], Restatements>();

/**
 * To be called by whatever changes or drops what a list holds, or puts something before it. `from`: nothing is another
 * before this instant; omitted: anything may be.
 */
export function restate(items: readonly object[], from: EpochMs = -Infinity): void {
  const known = restatements.get(items);
  if (known === undefined) return;
  known.from[known.times % REMEMBERED] = from;
  known.times += 1;
}

/** What a sorted list was, to see later what became of it without looking through it. */
export interface ListMark<Item extends object> {
  readonly items: readonly Item[];
  readonly newest: Item | undefined;
  readonly length: number;
  readonly restatements: Restatements;
  readonly restated: number;
}

export function markOf<Item extends object>(items: readonly Item[]): ListMark<Item> {
  let known = restatements.get(items);
  if (known === undefined) {
    known = { times: 0, from: [] };
    restatements.set(items, known);
  }
  const { length } = items;
  return { items, newest: items[length - 1], length, restatements: known, restated: known.times };
}

/**
 * From which instant on the list that was marked was restated; `Infinity`: nothing became of it but more at its end.
 */
export function restatedFrom<Item extends object>(mark: ListMark<Item>, items: readonly Item[]): EpochMs {
  const { restatements: known, restated } = mark;
  if (items !== mark.items || known.times - restated > REMEMBERED) return -Infinity;
  let from = Infinity;
  for (let time = restated; time < known.times; time += 1)
    from = Math.min(from, known.from[time % REMEMBERED] ?? -Infinity);
  return from;
}

/**
 * From which instant on `items` hold something else than the list that was marked: `Infinity`: from none, they are the
 * same; `-Infinity`: from any. A list that held nothing says something else from the first item on.
 */
export function changedFrom(mark: ListMark<Dated>, items: readonly Dated[]): EpochMs {
  const restated = restatedFrom(mark, items);
  if (restated === -Infinity) return restated;
  const { newest, length } = mark;
  if (newest === undefined) return items.length === 0 ? Infinity : -Infinity;
  if (restated === Infinity) return items[length]?.at ?? Infinity;
  // Items may have moved; what was added is after what was newest, by a ms at least.
  return Math.min(restated, newest.at + 1);
}
