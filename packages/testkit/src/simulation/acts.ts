import type { SeededRandom } from '../seeded-random.ts';

/** Something that may happen next, and how likely it is beside the others. */
export type Act = readonly [weight: number, perform: () => void | Promise<void>];

export async function performOne(random: SeededRandom, acts: readonly Act[]): Promise<void> {
  let at = random.next() * acts.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, perform] of acts) {
    at -= weight;
    if (at < 0) return perform();
  }
}

/** What happened in a run, by kind. */
export interface Counts {
  readonly note: (what: string) => void;
  readonly read: () => Readonly<Record<string, number>>;
}

export function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    note: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    read: () => Object.fromEntries(counts),
  };
}

export interface SimulationReport {
  readonly seed: number;
  /** What must not have happened; empty: all is well. */
  readonly faults: readonly string[];
  /** What happened, by kind: how much the run has exercised. */
  readonly counts: Readonly<Record<string, number>>;
}
