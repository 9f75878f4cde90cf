import type { Topic } from '../topics/topic.ts';
import type { FrameCache } from './frame-cache.ts';

/** What the hub's frame caches hold, and how often a frame was built. */
export interface FrameCounts {
  encodes: number;
  cachedBytes: number;
  /** Topics that have frames, or had. */
  readonly cachingTopics: Set<Topic>;
}

/** Beyond this all caches are emptied: frames can be built again at any time. */
const MAX_CACHED_BYTES = 33_554_432;

export function createFrameCounts(): FrameCounts {
  return { encodes: 0, cachedBytes: 0, cachingTopics: new Set() };
}

/** Forgets the frames of what the topic holds: it changes. */
export function dropFrames(counts: FrameCounts, topic: Topic): void {
  empty(counts, topic.frames);
}

/** Forgets all frames of the topic. */
export function dropAllFrames(counts: FrameCounts, topic: Topic): void {
  dropFrames(counts, topic);
  if (topic.kind === 'stream') empty(counts, topic.pieces);
  counts.cachingTopics.delete(topic);
}

function empty(counts: FrameCounts, cache: FrameCache): void {
  if (cache.size === 0) return;
  for (const { bytes } of cache.values()) counts.cachedBytes -= bytes;
  cache.clear();
}

export function boundCaches(counts: FrameCounts): void {
  if (counts.cachedBytes <= MAX_CACHED_BYTES) return;
  for (const topic of counts.cachingTopics) dropAllFrames(counts, topic);
}
