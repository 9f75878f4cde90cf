import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Subject } from './event-place.ts';
import { placeOf } from './event-place.ts';

/** An event of a subject with the position at which it became known. */
export interface KnownEvent {
  readonly offset: number;
  readonly event: FactoryEvent;
}

/** What happened to a call, downtime, job or the like, as known at an offset. */
export interface SubjectDocument extends Subject {
  /** The last step it took, for example `acknowledged`. */
  readonly status: string;
  readonly from: EpochMs;
  /** When its last step was taken; `null`: it has taken only the first. */
  readonly to: EpochMs | null;
  /** What its events say of it; the latest word counts. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Everything done to it, in the order it became known. */
  readonly acts: readonly {
    readonly offset: number;
    readonly at: EpochMs;
    readonly type: string;
    readonly author?: string;
  }[];
}

/** Endings of event types that move a subject on; others (`callDisplayed`, `downtimeClassified`) only tell of it. */
const STEPS: ReadonlySet<string> = new Set([
  'Raised',
  'Acknowledged',
  'Resolved',
  'Cancelled',
  'Planned',
  'Assigned',
  'Scheduled',
  'Started',
  'Paused',
  'Resumed',
  'Completed',
  'Done',
  'Ended',
  'Withdrawn',
  'Opened',
  'Closed',
  'Cleared',
  'Held',
  'Released',
  'Recorded',
  'Changed',
  'Reset',
]);

const OWN_MEMBERS: ReadonlySet<string> = new Set(['type', 'at', 'author']);

/** `null`: nothing was known of it yet. `events` are all of this subject, in the order of the log. */
export function subjectDocument(
  { kind, id }: Subject,
  events: readonly KnownEvent[],
): SubjectDocument | null {
  const [first] = events;
  if (first === undefined) return null;
  const members: Record<string, unknown> = {};
  let status = stepOf(kind, first.event.type) ?? first.event.type;
  let from = placeOf(first.event).from;
  let to: EpochMs | null = null;
  for (const [index, { event }] of events.entries()) {
    for (const [name, value] of Object.entries(event)) if (!OWN_MEMBERS.has(name)) members[name] = value;
    const step = stepOf(kind, event.type);
    if (step === undefined) continue;
    const at = instantOf(event);
    if (index === 0) from = at;
    else if (step === 'started' && (kind === 'downtime' || kind === 'changeover')) to = null;
    else to = at;
    status = step;
  }
  return { kind, id, status, from, to, members, acts: events.map(actOf) };
}

function actOf({ offset, event }: KnownEvent): SubjectDocument['acts'][number] {
  const { author } = placeOf(event);
  return { offset, at: instantOf(event), type: event.type, ...(author === undefined ? null : { author }) };
}

function instantOf(event: FactoryEvent): EpochMs {
  return 'at' in event ? event.at : placeOf(event).from;
}

/** `callAcknowledged` → `acknowledged`. Events of something else that name the subject do not move it. */
function stepOf(kind: string, type: string): string | undefined {
  const isOwn = type.startsWith(kind) || (kind === 'alarm' && type.startsWith('equipmentFault'));
  if (!isOwn) return undefined;
  const ending = /[A-Z][a-z]+$/.exec(type)?.[0];
  return ending !== undefined && STEPS.has(ending) ? ending.toLowerCase() : undefined;
}
