import type { Topic } from '../topics/topic.ts';

/** What the hub's frame caches hold, and how often a frame was built. */
export interface FrameCounts {
  encodes: number;
  cachedBytes: number;
  /** Topics that have frames. */
  readonly cachingTopics: Set<Topic>;
}

/** Beyond this all caches are emptied: frames can be built again at any time. */
const MAX_CACHED_BYTES = 33_554_432;

export function createFrameCounts(): FrameCounts {
  return { encodes: 0, cachedBytes: 0, cachingTopics: new Set() };
}

/** Forgets the frames of a topic that changes or goes. */
export function dropFrames(counts: FrameCounts, topic: Topic): void {
  if (topic.frames.size === 0) return;
  for (const frames of topic.frames.values()) counts.cachedBytes -= frames.bytes;
  topic.frames.clear();
  counts.cachingTopics.delete(topic);
}

export function boundCaches(counts: FrameCounts): void {
  if (counts.cachedBytes <= MAX_CACHED_BYTES) return;
  for (const topic of counts.cachingTopics) dropFrames(counts, topic);
}
