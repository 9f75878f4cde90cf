/** The names used last, up to a number. */
export interface RecentNames {
  add(name: string): void;
  has(name: string): boolean;
}

export function createRecentNames(most: number): RecentNames {
  const names = new Set<string>();
  return {
    add: (name) => {
      names.delete(name);
      names.add(name);
      const [oldest] = names;
      if (names.size > most && oldest !== undefined) names.delete(oldest);
    },
    has: (name) => names.has(name),
  };
}
