import { matchesTopic, validFilters } from '@ms5/wire';

const REMEMBERED = 10_000;

/** Whether any of the filters matches a topic; remembered, as the same topics come again and again. */
export function createTopicSelection(filters: readonly string[]): (topic: string) => boolean {
  const parsed = validFilters(filters);
  const known = new Map<string, boolean>();
  return (topic) => {
    let isMatch = known.get(topic);
    if (isMatch === undefined) {
      isMatch = parsed.some((filter) => matchesTopic(filter, topic));
      if (known.size >= REMEMBERED) known.clear();
      known.set(topic, isMatch);
    }
    return isMatch;
  };
}
