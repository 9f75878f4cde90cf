import { topicMatcher } from '@ms5/wire';
import type { ReferenceTopics } from '../reference-topics.ts';
import type { Rest } from './sightings.ts';

/** Where a reference client with these filters stands. Signals have no position. */
export function restOf(client: string, filters: readonly string[], topics: ReferenceTopics): Rest {
  const held = topics.all().filter(({ kind }) => kind !== 'signal');
  return {
    client,
    isMatched: topicMatcher(filters),
    topics: new Map(
      held.map(({ name, epoch, position: offset, named }) => [
        name,
        { epoch, offset, isCurrent: named === null },
      ]),
    ),
  };
}
