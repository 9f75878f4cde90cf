/**
 * What a topic holds, and so what a slow consumer gets of it:
 * - `stream`: entries, all of them, in order.
 * - `record`: one document with a fixed set of fields, each replaced whole.
 * - `collection`: keyed documents, each replaced whole; removals leave tombstones.
 * - `signal`: live telemetry, not persisted; only the latest value counts.
 */
export const TOPIC_KINDS = ['stream', 'record', 'collection', 'signal'] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];
