/** Names counted apart at most; further ones are counted as `other`. */
const NAMES = 64;

/** Counts by name since the start, bounded whatever names come. */
export interface Tally {
  add(name: string): void;
  counts(): Readonly<Record<string, number>>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add(name) {
      const key = counts.size < NAMES || counts.has(name) ? name : 'other';
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    counts: () => Object.fromEntries(counts),
  };
}
