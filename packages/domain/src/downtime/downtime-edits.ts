import type { EpochMs } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { DowntimeEvent, SaidPart } from './downtime-events.ts';

/** What was done to a stretch of an equipment's stops, for whoever asks who said what. */
export interface DowntimeEdit extends Interval {
  readonly at: EpochMs;
  readonly act: 'classified' | 'split' | 'merged' | 'parted' | 'noted';
  readonly author?: string;
  readonly rule?: string;
  readonly before?: string;
  readonly beforeParts?: readonly SaidPart[];
  readonly after?: string;
  readonly afterParts?: readonly SaidPart[];
  readonly splitAt?: EpochMs;
  readonly note?: string;
}

/** Edits remembered per line; all of them are in the log. */
const EDITS_KEPT = 500;

type EditEvent = Extract<
  DowntimeEvent,
  {
    type: 'downtimeClassified' | 'downtimeSplit' | 'downtimesMerged' | 'downtimesParted' | 'downtimeNoted';
  }
>;

const ACTS = {
  downtimeClassified: 'classified',
  downtimeSplit: 'split',
  downtimesMerged: 'merged',
  downtimesParted: 'parted',
  downtimeNoted: 'noted',
} as const satisfies Record<EditEvent['type'], DowntimeEdit['act']>;

export function withEdit(
  edits: readonly DowntimeEdit[],
  event: EditEvent,
  { from, to }: Interval,
): DowntimeEdit[] {
  const { at, author, note } = event;
  const edit: DowntimeEdit = {
    act: ACTS[event.type],
    at,
    from,
    to,
    ...(author === undefined ? null : { author }),
    ...(note === undefined ? null : { note }),
    ...('before' in event && event.before !== undefined ? { before: event.before } : null),
    ...('beforeParts' in event && event.beforeParts !== undefined
      ? { beforeParts: event.beforeParts }
      : null),
    ...('after' in event ? { afterParts: event.after } : null),
    ...('reason' in event ? { after: event.reason } : null),
    ...('rule' in event && event.rule !== undefined ? { rule: event.rule } : null),
    ...('splitAt' in event ? { splitAt: event.splitAt } : null),
  };
  return [...edits, edit].slice(-EDITS_KEPT);
}

/** What was done to a stretch, in the order in which it was done. */
export function editsWithin(edits: readonly DowntimeEdit[], { from, to }: Interval): readonly DowntimeEdit[] {
  return edits.filter((edit) => edit.from < to && edit.to > from);
}
