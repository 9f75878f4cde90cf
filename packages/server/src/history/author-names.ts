import type { PlantConfig } from '@ms5/domain';
import { namesOfPeople } from '../plant-names.ts';

interface Authored {
  readonly author?: string;
}

/** Beside the ids of those who did something, the names a plant has for them. */
export function withAuthorNames<Row extends Authored>(
  rows: readonly Row[],
  config: PlantConfig | undefined,
): readonly (Row & { readonly authorName?: string })[] {
  if (config === undefined) return rows;
  const names = namesOfPeople(config);
  return rows.map((row) => {
    const authorName = row.author === undefined ? undefined : names.get(row.author);
    return authorName === undefined ? row : Object.assign({}, row, { authorName });
  });
}
