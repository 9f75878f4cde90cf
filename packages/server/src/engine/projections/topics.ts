import type { Lane, TopicKind } from '@ms5/wire';

/** Kind and lane of every topic the engine keeps, by its last level below a line or a piece of equipment. */
export const LINE_TOPICS = {
  status: { kind: 'record', lane: 'high' },
  production: { kind: 'record', lane: 'high' },
  oee: { kind: 'record', lane: 'high' },
  periods: { kind: 'collection', lane: 'normal' },
  plan: { kind: 'collection', lane: 'normal' },
  maintenance: { kind: 'collection', lane: 'normal' },
  timeline: { kind: 'collection', lane: 'normal' },
  andon: { kind: 'collection', lane: 'critical' },
  downtime: { kind: 'collection', lane: 'high' },
  downtimeStatistics: { kind: 'record', lane: 'normal' },
  alarmStatistics: { kind: 'record', lane: 'normal' },
  job: { kind: 'record', lane: 'normal' },
  jobs: { kind: 'collection', lane: 'normal' },
  changeover: { kind: 'record', lane: 'normal' },
  changeovers: { kind: 'collection', lane: 'normal' },
  hours: { kind: 'collection', lane: 'normal' },
  checks: { kind: 'collection', lane: 'normal' },
  qualityStatus: { kind: 'record', lane: 'normal' },
  quality: { kind: 'stream', lane: 'normal' },
  events: { kind: 'stream', lane: 'normal' },
} as const satisfies Record<string, TopicClass>;

export const EQUIPMENT_TOPICS = {
  status: { kind: 'record', lane: 'high' },
  alarms: { kind: 'collection', lane: 'high' },
} as const satisfies Record<string, TopicClass>;

/** Below the site itself. */
export const SITE_TOPICS = {
  escalations: { kind: 'collection', lane: 'critical' },
  oee: { kind: 'record', lane: 'normal' },
} as const satisfies Record<string, TopicClass>;

/** Below an area. */
export const AREA_TOPICS = {
  oee: { kind: 'record', lane: 'normal' },
} as const satisfies Record<string, TopicClass>;

/** Below `user/{id}`. */
export const USER_TOPICS = {
  inbox: { kind: 'stream', lane: 'high' },
} as const satisfies Record<string, TopicClass>;

export interface TopicClass {
  readonly kind: Exclude<TopicKind, 'signal'>;
  readonly lane: Lane;
}

export type LineTopic = keyof typeof LINE_TOPICS;

/** `path`: `{area}/{line}` or `{area}/{line}/{equipment}`. */
export function topicOf(site: string, path: string, name: string): string {
  return `${site}/${path}/${name}`;
}

export function inboxTopic(person: string): string {
  return `user/${person}/inbox`;
}

/** A key of a machine may hold what a topic level must not. */
export function telemetryTopic(site: string, equipment: string, name: string): string {
  // Control characters and wildcards have no place in a topic.
  const level = name.replaceAll(/[/+#]|\p{Cc}/gu, '_');
  return `${site}/${equipment}/telemetry/${level}`;
}
