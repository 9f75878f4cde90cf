import { topicMatcher } from '@ms5/wire';

const REMEMBERED = 10_000;

/** Whether any of the filters matches a topic; remembered, as the same topics come again and again. */
export function createTopicSelection(filters: readonly string[]): (topic: string) => boolean {
  const matches = topicMatcher(filters);
  const known = new Map<string, boolean>();
  return (topic) => {
    let isMatch = known.get(topic);
    if (isMatch === undefined) {
      isMatch = matches(topic);
      if (known.size >= REMEMBERED) known.clear();
      known.set(topic, isMatch);
    }
    return isMatch;
  };
}
