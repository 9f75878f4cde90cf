import type { PlantConfig } from '@ms5/domain';
import { matchesTopic, type TopicFilter, validFilters } from '@ms5/wire';
import type { ObservationResult } from '@ms5/wire/factory';
import type { ParsedObservation } from './observations.ts';

interface Items {
  readonly items: readonly ParsedObservation[];
  readonly rejected: readonly ObservationResult[];
}

/**
 * Refuses, item by item, what the filters do not cover: neither the equipment's path below the site, nor its line's.
 * Equipment that does not exist is refused like any other, so that nobody learns of what they may not see.
 */
export function withinPermission(
  { items, rejected }: Items,
  config: PlantConfig,
  permitted: readonly string[],
): Items {
  const filters = validFilters(permitted);
  const site = config.site.id;
  if (filters.some((filter) => coversSite(filter, site))) return { items, rejected };
  const verdicts = new Map<string, boolean>();
  const mayTell = (equipment: string): boolean => {
    let verdict = verdicts.get(equipment);
    if (verdict === undefined) {
      const path = `${site}/${equipment}`;
      const line = path.slice(0, path.lastIndexOf('/'));
      verdict = filters.some((filter) => matchesTopic(filter, path) || matchesTopic(filter, line));
      verdicts.set(equipment, verdict);
    }
    return verdict;
  };
  const forbidden = items.filter(({ observation }) => !mayTell(observation.equipment));
  if (forbidden.length === 0) return { items, rejected };
  return {
    items: items.filter(({ observation }) => mayTell(observation.equipment)),
    rejected: [...rejected, ...forbidden.map((item) => refusalOf(item, site))],
  };
}

/** `#`, `{site}/#`: everything below the site. */
function coversSite({ levels, isOpen }: TopicFilter, site: string): boolean {
  const [first] = levels;
  return isOpen && levels.length <= 1 && (first === undefined || first === '+' || first === site);
}

function refusalOf({ index, observation }: ParsedObservation, site: string): ObservationResult {
  const message = `observations of ${site}/${observation.equipment} are not permitted`;
  return { index, status: 'rejected', code: 'forbidden', path: 'equipment', message };
}
