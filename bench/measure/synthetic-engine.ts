import type { EnginePort } from '@ms5/server';
import { nowMs } from './clock.ts';

type Commit = Parameters<EnginePort['onCommitted']>[0];
type Entry = Parameters<Commit>[1][number];
type SignalListener = Parameters<EnginePort['onSignals']>[0];
type Lane = 'critical' | 'high' | 'normal' | 'low';

export interface SyntheticEngine extends EnginePort {
  /** Commits an entry each for these events of a stream. Topics named `…/high` are in that lane. */
  stream(topic: string, texts: readonly string[]): void;
  /** Commits a document of a critical collection. */
  document(topic: string, key: string, text: string): void;
  /** The same value for each of these signals. */
  signals(topics: readonly string[], value: string): void;
}

const SITE = 'works';
const refused = (): Promise<never> => Promise.reject(new Error('the made-up log takes nothing'));

/** A log that is made up on the spot: no disk, no domain. What the gateway sees of it is what it sees of a real one. */
export function createSyntheticEngine(): SyntheticEngine {
  const committed = new Set<Commit>();
  const signalListeners = new Set<SignalListener>();
  const encoder = new TextEncoder();
  let head = 0;
  /** Whole milliseconds, as the engine's. */
  const nowAt = (): number => Math.floor(nowMs());

  const commit = (entries: readonly Entry[]): void => {
    for (const listener of committed) listener(SITE, entries);
  };
  const laneOf = (topic: string): Lane => (topic.endsWith('/high') ? 'high' : 'normal');

  return {
    image: { log: SITE, epoch: 'bench', offset: 0, topics: [] },
    onCommitted: (listener) => subscribe(committed, listener),
    onSignals: (listener) => subscribe(signalListeners, listener),
    onConnectors: () => () => undefined,
    onFigures: () => () => undefined,
    onFailure: () => () => undefined,
    observe: refused,
    command: refused,
    publish: refused,
    displayed: () => undefined,
    query: refused,
    head: () => head,
    close: () => Promise.resolve(),
    stream(topic, texts) {
      const lane = laneOf(topic);
      const at = nowAt();
      // One buffer for all, as what comes from the engine's thread.
      const bytes = Buffer.from(texts.join(''), 'latin1');
      let end = 0;
      const entries = texts.map((text): Entry => {
        head += 1;
        const entry = bytes.subarray(end, end + text.length);
        end += text.length;
        return { offset: head, at, changes: [{ kind: 'stream', topic, lane, entry }] };
      });
      commit(entries);
    },
    document(topic, key, text) {
      head += 1;
      const set = [[key, encoder.encode(text)] as const];
      commit([
        {
          offset: head,
          at: nowAt(),
          changes: [{ kind: 'collection', topic, lane: 'critical', set, remove: [] }],
        },
      ]);
    },
    signals(topics, text) {
      const at = nowAt();
      const value = encoder.encode(text);
      for (const listener of signalListeners) listener(topics.map((topic) => ({ topic, at, value })));
    },
  };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
