import type { EpochMs } from '../plant/plant.ts';
import { restate } from './list-marks.ts';
import { rememberPlace, rememberedPlace } from './places.ts';

interface Dated {
  readonly at: EpochMs;
}

/** Index of the last item at or before `at`, −1 when there is none. Items are sorted by `at`. */
export function lastAtOrBefore(items: readonly Dated[], at: EpochMs): number {
  let high = items.length - 1;
  const newest = items[high];
  // In-order arrival asks for the tail: no search.
  if (newest === undefined || newest.at <= at) return high;
  // Of what came late, and of what settles, the place is near the tail, where memory is warm.
  let low = high - 1;
  let reach = 2;
  for (; low >= 0 && (items[low]?.at ?? Infinity) > at; reach *= 2) {
    if (reach === FAR) {
      const known = rememberedPlace(items, at);
      if (known !== null) return known;
    }
    high = low;
    low -= reach;
  }
  if (low < 0) low = -1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.at ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  if (reach > FAR && low >= 0) rememberPlace(items, at, low);
  return low;
}

/** So far from the tail memory is cold, and what is asked for there is asked for again. A power of two. */
const FAR = 64;

/** Whether the first of two items at one instant takes the place of the other. Neither does where they are alike. */
type Wins<Item> = (item: Item, other: Item) => boolean;

/** Whether inserting the item would change anything: a duplicate, or the loser at its instant, does not. */
export function isNewAtInstant<Item extends Dated>(
  items: readonly Item[],
  item: Item,
  wins: Wins<Item>,
): boolean {
  const known = items[lastAtOrBefore(items, item.at)];
  return known === undefined || known.at !== item.at || wins(item, known);
}

/** Puts an item in its place. There is one per instant: the one that wins. */
export function insertAtInstant<Item extends Dated>(items: Item[], item: Item, wins: Wins<Item>): void {
  const index = lastAtOrBefore(items, item.at);
  const known = items[index];
  if (index < items.length - 1 || known?.at === item.at) restate(items);
  if (known === undefined || known.at !== item.at) items.splice(index + 1, 0, item);
  else if (wins(item, known)) items[index] = item;
}

/** Drops items before the last one at or before `at`, which stays as the boundary. */
export function dropBefore(items: Dated[], at: EpochMs): void {
  // Most of the time there is nothing to drop, which the second tells.
  if ((items[1]?.at ?? Infinity) > at) return;
  items.splice(0, lastAtOrBefore(items, at));
  restate(items);
}

/**
 * Drops items that `isIdle` finds to say nothing beside their kept neighbour before and their neighbour after: from
 * the last one at or before `from` on, which a settling before may have kept as its last, up to the last one at or
 * before `to`, which stays. The very first stays too.
 */
export function dropSettled<Item extends Dated>(
  items: Item[],
  from: EpochMs,
  to: EpochMs,
  isIdle: (item: Item, before: Item, after: Item) => boolean,
): void {
  const first = Math.max(1, lastAtOrBefore(items, from));
  const last = lastAtOrBefore(items, to);
  let kept = first;
  let changed: EpochMs | undefined;
  for (let index = first; index < last; index += 1) {
    const item = items[index];
    const before = items[kept - 1];
    const after = items[index + 1];
    if (item === undefined || before === undefined || after === undefined) return;
    if (isIdle(item, before, after)) {
      changed ??= item.at;
      continue;
    }
    items[kept] = item;
    kept += 1;
  }
  if (kept >= last) return;
  items.splice(kept, last - kept);
  restate(items, changed);
}

/** Drops the items from index `first` up to, not including, `end`. */
export function dropBetween(items: Dated[], first: number, end: number): void {
  const from = items[first]?.at;
  items.splice(first, end - first);
  restate(items, from);
}
