import type { Identity, PublishResult } from '@ms5/hub';
import type { Json, LogId } from '@ms5/wire';
import type { EnginePort } from '../engine-port.ts';
import { eventOf, selectChanges } from '../plugins/event-data.ts';
import type { PluginEvent, PublishOptions } from '../plugins/plugin.ts';
import { createTopicSelection } from '../plugins/topic-selection.ts';
import type { Acts, Refused } from './acts.ts';
import type { Logger } from './log.ts';

/** One committed change of one topic, with its values decoded. */
export type CommittedChange = Omit<PluginEvent, 'missed'>;

export interface SignalValue {
  readonly topic: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly value: Json;
}

export interface InProcessOptions extends PublishOptions {
  /** Whom the publication is of; keys are remembered per author. Omitted: `server`. */
  readonly author?: string;
}

/** What code in the server's own process may do and see, without a connection. */
export interface InProcess {
  /**
   * Publishes to a topic below `app/`, through the same hooks as everybody. Resolves when it is durable, or says why
   * it is not published; rejects when that cannot be learnt: call it again with the same key.
   */
  publish(topic: string, data: Json, options?: InProcessOptions): Promise<PublishResult | Refused>;
  /**
   * Called with every committed change of the topics that a filter matches, in log order, on the thread that
   * delivers: what takes long belongs elsewhere. Returns its unsubscribe.
   */
  onChange(filters: readonly string[], listener: (change: CommittedChange) => void): () => void;
  /** Called with live values, coalesced. Returns its unsubscribe. */
  onSignal(filters: readonly string[], listener: (signal: SignalValue) => void): () => void;
}

const decoder = new TextDecoder();
const AUTHOR = 'server';

export function createInProcess(engine: EnginePort, acts: Acts, log: Logger): InProcess {
  /** A listener's error is its own: the others and the server go on. */
  const contained = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      log.error({ err: error }, 'a listener failed');
    }
  };

  return {
    publish: (topic, data, { author = AUTHOR, ...options } = {}) =>
      acts.publish({ topic, data, ...options }, identityOf(author)),
    onChange(filters, listener) {
      const isWanted = createTopicSelection(filters);
      return engine.onCommitted((committed: LogId, entries) => {
        for (const { offset, at, changes } of selectChanges(entries, isWanted)) {
          for (const change of changes) {
            const { topic, change: content } = eventOf(committed, offset, at, change);
            contained(() => listener({ log: committed, offset, at, topic, change: content }));
          }
        }
      });
    },
    onSignal(filters, listener) {
      const isWanted = createTopicSelection(filters);
      return engine.onSignals((signals) => {
        for (const { topic, at, value } of signals) {
          if (!isWanted(topic)) continue;
          contained(() => listener({ topic, at, value: JSON.parse(decoder.decode(value)) as Json }));
        }
      });
    },
  };
}

function identityOf(userId: string): Identity {
  return {
    userId,
    name: userId,
    roles: [],
    expiresAt: Number.POSITIVE_INFINITY,
    permissions: { subscribe: [], publish: ['app/#'], command: [] },
  };
}
