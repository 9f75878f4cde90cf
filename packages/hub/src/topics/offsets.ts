/** In a list with rising offsets: the index of the last one at or below `offset`, -1 when there is none. */
export function lastIndexAtOrBelow<Item>(
  items: readonly Item[],
  offsetOf: (item: Item) => number,
  offset: number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && offsetOf(item) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const itself = (offset: number): number => offset;

/** How many of the rising `offsets` lie after `offset`. */
export function countAfter(offsets: readonly number[], offset: number): number {
  return offsets.length - 1 - lastIndexAtOrBelow(offsets, itself, offset);
}

/** The last of the rising `offsets` at or below `offset`, if any. */
export function lastAtOrBelow(offsets: readonly number[], offset: number): number | undefined {
  return offsets[lastIndexAtOrBelow(offsets, itself, offset)];
}
