import { topicMatcher, type ClientMessage, type ServerMessage } from '@ms5/wire';
import type { SimulatedSdk } from './delivery-ports.ts';
import { digestOfValue, type Sighting } from './sightings.ts';

/** What an application that listens to streams is told, and where the listening to each began. */
export interface StreamPanels {
  open(sdk: SimulatedSdk, filter: string): StreamPanel;
  /** Hears what is asked, to know whom an answer concerns. */
  sent(message: ClientMessage): void;
  /** Before the client hears it. */
  coming(messages: readonly ServerMessage[]): void;
  /** After it. */
  came(messages: readonly ServerMessage[]): void;
  /** Not all that was asked for has come. */
  isAwaiting(): boolean;
  /** Nothing continues what was. */
  endAll(): void;
  all(): Iterable<StreamPanel>;
}

interface StreamPanel {
  readonly filter: string;
  readonly isMatched: (topic: string) => boolean;
  /** Offset of the entry heard last, or after which the next is awaited. */
  readonly last: ReadonlyMap<string, number>;
  close(): void;
}

type Ending = StreamPanel & { readonly end: (topic: string) => void; readonly begin: Begin };
type Begin = (topic: string, epoch: string, offset: number) => void;

export function createStreamPanels(name: string, sightings: Sighting[]): StreamPanels {
  const panels = new Set<Ending>();
  /** Filters by the id of the request. */
  let asked = new Map<number, readonly string[]>();
  let opened = 0;

  function end(topic: string): void {
    for (const panel of panels) panel.end(topic);
  }

  /** What was permitted before and is not any more ends without a word about each topic. */
  function endForbidden(id: number, filters: readonly string[]): void {
    const isPermitted = topicMatcher(filters);
    const concerned = asked.get(id) ?? [];
    for (const panel of panels) {
      if (!concerned.includes(panel.filter)) continue;
      for (const topic of panel.last.keys()) if (!isPermitted(topic)) panel.end(topic);
    }
  }

  return {
    open(sdk, filter) {
      opened += 1;
      const client = `${name}.${opened}`;
      const last = new Map<string, number>();
      const stop = sdk.stream(
        filter,
        ({ topic, offset, data }) => {
          last.set(topic, offset);
          sightings.push({ kind: 'entry', client, topic, offset, digest: digestOfValue(data) });
        },
        (topic) => {
          last.delete(topic);
          sightings.push({ kind: 'loss', client, topic });
        },
      );
      const panel: Ending = {
        filter,
        isMatched: topicMatcher([filter]),
        last,
        end(topic) {
          if (last.delete(topic)) sightings.push({ kind: 'end', client, topic });
        },
        begin(topic, epoch, offset) {
          if (last.has(topic)) return;
          last.set(topic, offset);
          const before = { heldOffset: -1, isVoid: false, isLossTold: true };
          sightings.push({ kind: 'start', client, topic, epoch, offset, ...before });
        },
        close() {
          stop();
          panels.delete(panel);
        },
      };
      panels.add(panel);
      return panel;
    },
    sent(message) {
      if (message.type === 'connect') asked = new Map();
      if (message.type === 'subscribe') asked.set(message.id, message.filters);
    },
    coming(messages) {
      for (const message of messages) {
        if (message.type === 'gone') end(message.topic);
        if (message.type === 'subscribed') endForbidden(message.id, message.filters);
        if (message.type === 'error' && message.name === 'forbidden') endForbidden(message.id ?? -1, []);
      }
    },
    came(messages) {
      for (const message of messages) {
        if (message.type === 'synced' || message.type === 'error') asked.delete(message.id ?? -1);
        if (message.type !== 'snapshot' || message.kind !== 'stream') continue;
        const { topic, epoch, offset } = message;
        for (const panel of panels) if (panel.isMatched(topic)) panel.begin(topic, epoch, offset);
      }
    },
    isAwaiting: () => asked.size > 0,
    endAll() {
      for (const panel of panels) for (const topic of panel.last.keys()) panel.end(topic);
    },
    all: () => panels,
  };
}
