import type { EntryChanges, TopicChange } from '@ms5/hub';
import type { Json, LogId } from '@ms5/wire';
import type { PluginEvent } from './plugin.ts';

const decoder = new TextDecoder();

/** A change with its values decoded. */
export function eventOf(log: LogId, offset: number, at: number, change: TopicChange): PluginEvent {
  return { log, offset, at, topic: change.topic, change: contentOf(change), missed: 0 };
}

/** The entries with only the changes that are wanted; entries without any are left out. */
export function selectChanges(
  entries: readonly EntryChanges[],
  isWanted: (topic: string) => boolean,
): readonly EntryChanges[] {
  return entries.flatMap((entry) => {
    const changes = entry.changes.filter(({ topic }) => isWanted(topic));
    return changes.length === 0 ? [] : [{ ...entry, changes }];
  });
}

function contentOf(change: TopicChange): PluginEvent['change'] {
  if (change.kind === 'removed') return { kind: 'removed' };
  if (change.kind === 'stream') return { kind: 'stream', entry: valueOf(change.entry) };
  const set = Object.fromEntries(change.set.map(([key, value]) => [key, valueOf(value)]));
  return { kind: change.kind, set, remove: change.remove };
}

function valueOf(bytes: Uint8Array): Json {
  return JSON.parse(decoder.decode(bytes)) as Json;
}
