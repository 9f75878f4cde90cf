import type { TopicChange, TopicImage } from '@ms5/hub';
import type { LogEntry } from '../log/log-entry.ts';
import { keyedData, type Publication } from '../ingest/publications.ts';
import type { TopicImages } from './topic-images.ts';

/** Where other programs' own topics begin. */
const APP_PREFIX = 'app/';

/** Bounds of what others keep here. Streams are bounded by dropping their oldest entries. */
export const APP_LIMITS = {
  topics: 1000,
  /** Fields of a record, documents of a collection. */
  keysPerTopic: 1000,
  /** Characters of keys and encoded values of all app topics together, at least. */
  totalLength: 16 * 1024 * 1024,
} as const;

type Published = Pick<LogEntry, 'offset' | 'at'> & { readonly publication: Publication };

/** Topics of other programs among the images. */
export interface AppTopics {
  /** Why a publication cannot be taken now; `null`: it can. */
  refusalOf(publication: Publication): string | null;
  /** Applies a publication that was found good. */
  apply(published: Published): TopicChange | null;
}

export const isAppTopic = (topic: string): boolean => topic.startsWith(APP_PREFIX);

export function createAppTopics(images: TopicImages, restored: readonly TopicImage[] = []): AppTopics {
  const names = new Set(restored.map(({ topic }) => topic).filter(isAppTopic));
  let totalLength = 0;
  for (const name of names) totalLength += images.find(name)?.length ?? 0;

  return {
    refusalOf: (publication) => {
      const { topic, kind, lane, data } = publication;
      const own = images.find(topic);
      if (data === null) return own === undefined ? `there is no topic ${topic} to remove` : null;
      if (own === undefined) return refusalOfNew(publication, names.size, totalLength);
      if (own.class.kind !== kind || own.class.lane !== lane) {
        const has = `${own.class.kind} in lane ${own.class.lane}`;
        return `${topic} is a ${has} for as long as it exists; found ${kind} in lane ${lane}`;
      }
      if (kind === 'stream') return null;
      const { set, remove } = keyedData(kind, data);
      const removed = new Set(remove);
      const added = set.filter(([key]) => !own.keys.has(key)).length;
      const gone = [...removed].filter((key) => own.keys.has(key)).length;
      return tooMuch(topic, own.keys.size + added - gone, totalLength, lengthOf(set));
    },
    apply: ({ offset, at, publication: { topic, kind, lane, data } }) => {
      const before = images.find(topic)?.length ?? 0;
      const change = (): TopicChange | null => {
        if (data === null) {
          names.delete(topic);
          return images.remove(topic, offset);
        }
        names.add(topic);
        const of = { kind, lane };
        return kind === 'stream'
          ? images.append(topic, of, offset, at, data)
          : images.update(topic, of, offset, at, keyedData(kind, data));
      };
      const changed = change();
      totalLength += (images.find(topic)?.length ?? 0) - before;
      return changed;
    },
  };
}

function refusalOfNew({ topic, kind, data }: Publication, topics: number, length: number): string | null {
  if (topics >= APP_LIMITS.topics) {
    return `${topic} would be one topic too many: at most ${APP_LIMITS.topics} are kept below ${APP_PREFIX}`;
  }
  if (kind === 'stream') return null;
  const { set } = keyedData(kind, data);
  if (set.length === 0) return `${topic} does not exist: a new ${kind} begins with at least one value`;
  return tooMuch(topic, set.length, length, lengthOf(set));
}

function lengthOf(set: readonly (readonly [key: string, document: unknown])[]): number {
  return set.reduce((sum, [key, document]) => sum + key.length + JSON.stringify(document).length, 0);
}

function tooMuch(topic: string, keys: number, length: number, more: number): string | null {
  const { keysPerTopic, totalLength } = APP_LIMITS;
  if (keys > keysPerTopic) return `${topic} would have ${keys} values; at most ${keysPerTopic} are kept`;
  if (more > 0 && length + more > totalLength) {
    return `the topics below ${APP_PREFIX} hold ${length} characters, ${more} more exceed ${totalLength}; remove some`;
  }
  return null;
}
