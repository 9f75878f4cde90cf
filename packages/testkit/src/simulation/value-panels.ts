import { topicMatcher, type Rate } from '@ms5/wire';
import type { SdkStore, SdkView, SimulatedSdk } from './delivery-ports.ts';
import { createShownViews } from './shown-views.ts';
import type { Sighting } from './sightings.ts';
import { stepAt, type Truth } from './truth.ts';

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
  /** The newest state that was shown as the present one: epoch, and index among the topic's. */
  const shown = new Map<string, { readonly epoch: string; readonly index: number }>();
  const written = createShownViews({ name, sightings, onFault, onLive: noteOrder });

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

  return {
    open(sdk, filter, rate) {
      const options = rate === null ? {} : { rate };
      const both = [sdk.records(filter, options), sdk.collections(filter, options)];
      const stops = both.map((store) => store.subscribe(() => written.note(store.get().value)));
      const panel: ValuePanel = {
        isMatched: topicMatcher([filter]),
        close() {
          for (const stop of stops) stop();
          stores.delete(panel);
        },
      };
      stores.set(panel, both);
      return panel;
    },
    sample: (isConnected, now) => written.sample(views(), isConnected, now),
    views,
    endAll() {
      written.end();
      shown.clear();
    },
  };
}
