import type { PlantConfig } from '@ms5/domain';

interface Authored {
  readonly author?: string;
}

/** Beside the ids of those who did something, the names a plant has for them. */
export function withAuthorNames<Row extends Authored>(
  rows: readonly Row[],
  config: PlantConfig | undefined,
): readonly (Row & { readonly authorName?: string })[] {
  const names = new Map((config?.escalation?.people ?? []).map(({ id, name }) => [id, name]));
  return rows.map((row) => {
    const authorName = row.author === undefined ? undefined : names.get(row.author);
    return authorName === undefined ? row : Object.assign({}, row, { authorName });
  });
}
