import { createSeededRandom, type SeededRandom } from '@ms5/testkit';

/**
 * Random numbers of a script whose steps each draw from a beginning of their own: what runs beside the script, and how
 * long things take, changes nothing in what the next step does.
 */
export interface ScriptRandom extends SeededRandom {
  beginStep(step: number): void;
}

export function createScriptRandom(seed: number): ScriptRandom {
  let present = createSeededRandom(seed);
  return {
    next: () => present.next(),
    int: (min, max) => present.int(min, max),
    pick: (items) => present.pick(items),
    chance: (probability) => present.chance(probability),
    shuffle: (items) => present.shuffle(items),
    beginStep(step) {
      present = createSeededRandom(seed * 4_099 + step + 1);
    },
  };
}
