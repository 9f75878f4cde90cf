import { loadPlant, PlantConfigError, type Plant } from '../config/index.ts';

/** The plant of a file; throws a `PlantConfigError` that lists every problem with its place. */
export async function requirePlant(file: string): Promise<Plant> {
  const result = await loadPlant(file);
  if (result.ok) return result.plant;
  throw new PlantConfigError(result.problems);
}
