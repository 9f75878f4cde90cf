import type { FactoryEvent } from '../engine/engine-types.ts';
import { isStop } from '../equipment/state-mapping.ts';
import type { EpochMs, EquipmentPath, LinePath, StateName } from '../plant/plant.ts';

/** What an event can be about, by the member that names it. */
const SUBJECT_MEMBERS = {
  callId: 'call',
  downtimeId: 'downtime',
  jobId: 'job',
  changeoverId: 'changeover',
  planChangeId: 'planChange',
  maintenanceId: 'maintenance',
  alarmId: 'alarm',
  checkId: 'check',
  defectId: 'defect',
  holdId: 'hold',
  escalationId: 'escalation',
} as const;

const SUBJECTS = Object.entries(SUBJECT_MEMBERS);

export type SubjectKind = (typeof SUBJECT_MEMBERS)[keyof typeof SUBJECT_MEMBERS];

export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/**
 * What an event means to the figures: `fact`, what was told of an equipment; `figure`, what else may change them;
 * `none`, nothing.
 */
export type Bearing = 'fact' | 'figure' | 'none';

/** Where an event belongs in time, in the plant, and to what. */
export interface EventPlace {
  /** First and last instant it speaks of. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly equipment?: EquipmentPath;
  readonly line?: LinePath;
  readonly subject?: Subject;
  readonly author?: string;
  readonly bearing: Bearing;
  /** A state in which the equipment does not stand still, so that no stop reaches across it. */
  readonly endsStops: boolean;
}

/** What machines and people who count say: placed by event time, and all that figures are computed from. */
export const FACT_TYPES = [
  'equipmentStateChanged',
  'equipmentStateWithdrawn',
  'equipmentModeChanged',
  'illegalTransitionRecorded',
  'illegalTransitionWithdrawn',
  'equipmentHeard',
  'contactLost',
  'productChanged',
  'counted',
  'counterRead',
] as const satisfies readonly FactoryEvent['type'][];
const FACTS: ReadonlySet<string> = new Set(FACT_TYPES);

/** The engine's own notes; whatever is not named here is taken to bear on figures. */
const NOTES: ReadonlySet<string> = new Set<FactoryEvent['type']>([
  'timeAdvanced',
  'shiftStarted',
  'shiftEnded',
  'downtimeStatisticsCalculated',
  'oeeUpdated',
  'oeeCalculated',
  'oeeThresholdCrossed',
  'standardReviewProposed',
  'periodClosed',
  'periodAdjusted',
  'downtimeNoted',
  'conditionReported',
  'alarmShelved',
  'alarmUnshelved',
  'alarmSuppressed',
  'alarmReleased',
  'alarmTakenOutOfService',
  'alarmReturnedToService',
  'alarmFloodStarted',
  'alarmFloodEnded',
  'qualityCheckOverdue',
  'qualityThresholdCrossed',
  'notificationRequested',
  'nobodyOnCall',
]);

const SUBJECTS_WITHOUT_BEARING: ReadonlySet<string> = new Set<SubjectKind>([
  'call',
  'alarm',
  'check',
  'escalation',
]);

type Members = Readonly<Record<string, unknown>>;

/** Places an event by its members alone, so that a kind of event nobody listed is kept and placed too. */
export function placeOf(event: FactoryEvent): EventPlace {
  const members = event as unknown as Members;
  const instants = instantsOf(members);
  const subject = subjectOf(members);
  return {
    from: Math.min(...instants),
    to: Math.max(...instants),
    ...textMember(members, 'equipment'),
    ...textMember(members, 'line'),
    ...(subject === undefined ? null : { subject }),
    ...textMember(members, 'author'),
    bearing: bearingOf(event.type, subject),
    endsStops: event.type === 'equipmentStateChanged' && !isStop(event.state satisfies StateName),
  };
}

function bearingOf(type: string, subject: Subject | undefined): Bearing {
  if (FACTS.has(type)) return 'fact';
  if (NOTES.has(type)) return 'none';
  return subject !== undefined && SUBJECTS_WITHOUT_BEARING.has(subject.kind) ? 'none' : 'figure';
}

function instantsOf({ at, from, to, spans, downtimeIds }: Members): readonly EpochMs[] {
  const found = [at, from, to].filter((value) => typeof value === 'number');
  if (Array.isArray(spans)) found.push(...(spans as readonly (readonly [EpochMs, EpochMs])[]).flat());
  // What concerns several downtimes speaks of their time; an id ends with its start.
  if (Array.isArray(downtimeIds))
    for (const id of downtimeIds as readonly string[]) found.push(Number(id.slice(id.lastIndexOf('@') + 1)));
  const known = found.filter((value) => Number.isFinite(value));
  return known.length === 0 ? [0] : known;
}

function subjectOf(members: Members): Subject | undefined {
  for (const [member, kind] of SUBJECTS) {
    const id = members[member];
    if (typeof id === 'string') return { kind, id };
  }
  return undefined;
}

function textMember<Name extends string>(members: Members, name: Name): { readonly [Key in Name]?: string } {
  const value = members[name];
  return typeof value === 'string' ? ({ [name]: value } as { [Key in Name]: string }) : {};
}
