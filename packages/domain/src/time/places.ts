import type { EpochMs } from '../plant/plant.ts';

interface Dated {
  readonly at: EpochMs;
}

/** Instants whose places in a list were found lately, and the places. The oldest is overwritten by the next. */
interface Places {
  readonly instants: EpochMs[];
  readonly indexes: number[];
  next: number;
}

/** Edges of the shift, its breaks and products are asked for again and again. */
const REMEMBERED = 16;

const remembered = new WeakMap<readonly Dated[], Places>();

/**
 * Index of the last item at or before `at`, where it was found before and is still right; `null`: to be searched. What
 * was put before or dropped since moves places, so it is proved by the two items around the edge.
 */
export function rememberedPlace(items: readonly Dated[], at: EpochMs): number | null {
  const places = remembered.get(items);
  const index = places?.indexes[places.instants.indexOf(at)];
  if (index === undefined || (items[index]?.at ?? Infinity) > at) return null;
  return (items[index + 1]?.at ?? Infinity) > at ? index : null;
}

/** Remembers where an instant was found. */
export function rememberPlace(items: readonly Dated[], at: EpochMs, index: number): void {
  let places = remembered.get(items);
  if (places === undefined) {
    places = { instants: [], indexes: [], next: 0 };
    remembered.set(items, places);
  }
  const known = places.instants.indexOf(at);
  const place = known < 0 ? places.next : known;
  if (known < 0) places.next = (places.next + 1) % REMEMBERED;
  places.instants[place] = at;
  places.indexes[place] = index;
}
