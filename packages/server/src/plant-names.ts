import type { PlantConfig } from '@ms5/domain';

/** `{area}/{line}/{equipment}` → `{equipment}`. */
export function lastLevel(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Names of the plant's people by their ids. */
export type PeopleNames = ReadonlyMap<string, string>;

const namesByPlant = new WeakMap<PlantConfig, PeopleNames>();

/** Built once per configuration object. */
export function namesOfPeople(config: PlantConfig): PeopleNames {
  let names = namesByPlant.get(config);
  if (names === undefined) {
    names = new Map((config.escalation?.people ?? []).map(({ id, name }) => [id, name]));
    namesByPlant.set(config, names);
  }
  return names;
}
