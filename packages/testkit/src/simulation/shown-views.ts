import type { SdkView } from './delivery-ports.ts';
import { digestKeys, type Sighting } from './sightings.ts';

type Position = NonNullable<SdkView['position']>;
type Views = Iterable<readonly [topic: string, view: SdkView]>;
type Live = Extract<Sighting, { kind: 'live' }>;

/** Writes down what an application on the client SDK shows of records and collections. */
export interface ShownViews {
  /** Each view once, if it is live. */
  note(views: Views): void;
  /** What is shown as live now, and that nothing is which cannot be. */
  sample(views: Views, isConnected: boolean, now: number): void;
  /** Nothing continues what was. */
  end(): void;
}

export interface ShownViewsParts {
  readonly name: string;
  readonly sightings: Sighting[];
  readonly onFault: (fault: string) => void;
  /** A view that is live was noted. */
  readonly onLive?: (topic: string, position: Position) => void;
}

export function createShownViews({ name, sightings, onFault, onLive }: ShownViewsParts): ShownViews {
  const seen = new Map<string, SdkView>();
  const live = new Map<string, Live>();

  function noteLive(topic: string, position: Position, untilMs: number): void {
    const before = live.get(topic);
    if (before?.epoch === position.epoch && before.offset === position.offset)
      live.set(topic, { ...before, untilMs });
    else {
      if (before !== undefined) sightings.push(before);
      live.set(topic, { kind: 'live', client: name, topic, ...position, untilMs });
    }
  }

  return {
    note(views) {
      for (const [topic, view] of views) {
        if (seen.get(topic) === view) continue;
        seen.set(topic, view);
        const { position, freshness, value } = view;
        if (position === null || freshness !== 'live') continue;
        const entries =
          value instanceof Map ? value : Object.entries(value as Readonly<Record<string, unknown>>);
        const keys = digestKeys(entries as Iterable<readonly [string, unknown]>);
        sightings.push({ kind: 'state', client: name, topic, ...position, keys });
        onLive?.(topic, position);
      }
    },
    sample(views, isConnected, now) {
      for (const [topic, { freshness, position }] of views) {
        const isOld = freshness === 'stale' || freshness === 'lost';
        if (!isConnected && !isOld) onFault(`${name} ${topic}: ${freshness} while away`);
        if (freshness === 'live' && position !== null) noteLive(topic, position, now);
      }
    },
    end() {
      sightings.push(...live.values());
      live.clear();
      seen.clear();
    },
  };
}

/** Where an application stands with what it shows. */
export function standingOf(
  views: Views,
): Map<string, { readonly epoch: string; readonly offset: number; readonly isCurrent: boolean }> {
  const topics = new Map<string, { epoch: string; offset: number; isCurrent: boolean }>();
  for (const [topic, { position, freshness }] of views)
    topics.set(topic, {
      epoch: position?.epoch ?? '',
      offset: position?.offset ?? -1,
      isCurrent: freshness === 'live',
    });
  return topics;
}
