/** Randomness as an input: a reproducible sequence of numbers in [0, 1). */
export interface Random {
  next(): number;
}

/** The same seed gives the same sequence. Generator: sfc32, seeded by 32-bit FNV-1a over the text. */
export function createRandom(seed: string): Random {
  let a = hash(`a${seed}`);
  let b = hash(`b${seed}`);
  let c = hash(`c${seed}`);
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs still show the seed.
  for (let round = 0; round < 12; round++) next();
  return { next };
}

function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return value | 0;
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** Time to the next of events that happen at a constant rate, once per `mean` on average. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** A duration as they are on floors: mostly near the median, sometimes several times that, never above `max`. */
export interface Spread {
  readonly median: number;
  /** Standard deviation of the logarithm: 0.5 is moderate, 1 is wide. */
  readonly sigma: number;
  readonly max: number;
}

export function drawSpread(random: Random, spread: Spread): number {
  return Math.min(spread.max, spread.median * Math.exp(spread.sigma * normal(random)));
}

export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random.next() * items.length)] ?? items[0];
}
