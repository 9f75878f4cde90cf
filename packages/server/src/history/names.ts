import type { Database } from 'better-sqlite3';

/** Paths and types by number: they stand in every row. */
export interface Names {
  /** Gives a number where there is none yet; only while writing. */
  idOf(name: string): number;
  find(name: string): number | undefined;
  nameOf(id: number): string;
  /** Numbers of the names that begin with one of the texts. */
  beginningWith(prefixes: readonly string[]): readonly number[];
}

export function createNames(database: Database): Names {
  const ids = new Map<string, number>();
  const names = new Map<number, string>();
  const insert = database
    .prepare<[string], number>('INSERT INTO names (name) VALUES (?) RETURNING id')
    .pluck();
  const rows = database.prepare<[], { id: number; name: string }>('SELECT id, name FROM names').all();
  for (const { id, name } of rows) {
    ids.set(name, id);
    names.set(id, name);
  }
  return {
    idOf(name) {
      const known = ids.get(name);
      if (known !== undefined) return known;
      const id = insert.get(name) ?? 0;
      ids.set(name, id);
      names.set(id, name);
      return id;
    },
    find: (name) => ids.get(name),
    beginningWith: (prefixes) =>
      [...ids].flatMap(([name, id]) => (prefixes.some((prefix) => name.startsWith(prefix)) ? [id] : [])),
    nameOf: (id) => names.get(id) ?? '',
  };
}
