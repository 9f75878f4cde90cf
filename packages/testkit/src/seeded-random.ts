/** Random numbers that are the same for the same seed. Fits every `Random` port. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** An integer, uniform from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** One of the items; throws when there is none. */
  pick<T>(items: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** The items in a new order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state, good enough for choosing tests, not for secrets. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const random: SeededRandom = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    int: (min, max) => min + Math.floor(random.next() * (max - min + 1)),
    pick(items) {
      const item = items[random.int(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    chance: (probability) => random.next() < probability,
    shuffle(items) {
      const keyed = items.map((item) => ({ item, key: random.next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
  return random;
}
