import type { Rate } from '@ms5/wire';
import type { SdkStore, SdkView, SimulatedSdk } from './delivery-ports.ts';
import { digestKeys, type Sighting } from './sightings.ts';
import { matcherOf } from './stream-panels.ts';
import { stepAt, type Truth } from './truth.ts';

type Live = Extract<Sighting, { kind: 'live' }>;

/** What an application shows of records and collections. */
export interface ValuePanels {
  open(sdk: SimulatedSdk, filter: string, rate: Rate | null): ValuePanel;
  /** Writes down what is shown as live now. */
  sample(isConnected: boolean, now: number): void;
  views(): ReadonlyMap<string, SdkView>;
  /** Nothing continues what was. */
  endAll(): void;
}

interface ValuePanel {
  readonly isMatched: (topic: string) => boolean;
  close(): void;
}

export interface ValuePanelsParts {
  readonly name: string;
  readonly truth: Truth;
  readonly sightings: Sighting[];
  readonly onFault: (fault: string) => void;
}

export function createValuePanels({ name, truth, sightings, onFault }: ValuePanelsParts): ValuePanels {
  const stores = new Map<ValuePanel, readonly SdkStore[]>();
  const seen = new Map<string, SdkView>();
  const live = new Map<string, Live>();
  /** The newest state that was shown as the present one: epoch, and index among the topic's. */
  const shown = new Map<string, { readonly epoch: string; readonly index: number }>();

  function noteStates(store: SdkStore): void {
    for (const [topic, view] of store.get().value) {
      if (seen.get(topic) === view) continue;
      seen.set(topic, view);
      const { position, freshness, value } = view;
      if (position === null || freshness !== 'live') continue;
      const entries =
        value instanceof Map ? value : Object.entries(value as Readonly<Record<string, unknown>>);
      const keys = digestKeys(entries as Iterable<readonly [string, unknown]>);
      sightings.push({ kind: 'state', client: name, topic, ...position, keys });
      noteOrder(topic, position);
    }
  }

  function noteOrder(topic: string, { epoch, offset }: { epoch: string; offset: number }): void {
    const timeline = truth.find(epoch, topic);
    if (timeline === undefined) return;
    const index = stepAt(timeline, offset);
    const before = shown.get(topic);
    if (before?.epoch === epoch && index < before.index)
      onFault(`${name} ${topic}: went back from step ${before.index} to ${index}`);
    shown.set(topic, { epoch, index });
  }

  function views(): ReadonlyMap<string, SdkView> {
    const all = new Map<string, SdkView>();
    for (const store of [...stores.values()].flat())
      for (const [topic, view] of store.get().value) all.set(topic, view);
    return all;
  }

  function noteLive(topic: string, { freshness, position }: SdkView, untilMs: number): void {
    const before = live.get(topic);
    if (freshness !== 'live' || position === null) {
      if (before !== undefined) sightings.push(before);
      live.delete(topic);
      return;
    }
    if (before?.epoch === position.epoch && before.offset === position.offset)
      live.set(topic, { ...before, untilMs });
    else {
      if (before !== undefined) sightings.push(before);
      live.set(topic, { kind: 'live', client: name, topic, ...position, untilMs });
    }
  }

  return {
    open(sdk, filter, rate) {
      const options = rate === null ? {} : { rate };
      const both = [sdk.records(filter, options), sdk.collections(filter, options)];
      const stops = both.map((store) => store.subscribe(() => noteStates(store)));
      const panel: ValuePanel = {
        isMatched: matcherOf([filter]),
        close() {
          for (const stop of stops) stop();
          stores.delete(panel);
        },
      };
      stores.set(panel, both);
      return panel;
    },
    sample(isConnected, now) {
      for (const [topic, view] of views()) {
        const { freshness } = view;
        if (!isConnected && freshness !== 'stale' && freshness !== 'lost')
          onFault(`${name} ${topic}: ${freshness} while away`);
        noteLive(topic, view, now);
      }
    },
    views,
    endAll() {
      sightings.push(...live.values());
      live.clear();
      seen.clear();
      shown.clear();
    },
  };
}
