import type { Call } from '../andon/call.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { applyEscalation } from './apply-escalation.ts';
import type { EscalationEvent, NotificationItem, SuppressedBy } from './escalation-events.ts';
import { endOfHours, isWithinHours } from './on-call.ts';
import { isUrgent, policyFor } from './policy.ts';

/** What is to be said about the call. */
export type Matter = Pick<NotificationItem, 'callId' | 'subject' | 'clock' | 'level' | 'cause'>;

/** Somebody is to be told something by some means. */
export interface Telling {
  readonly person: string;
  readonly means: string;
  readonly call: Call;
  readonly item: Matter;
  /** Of a reminder, from 1; 0 for a level. */
  readonly number: number;
}

/** One message per person and means, without what is suppressed, which is recorded; applied as it goes. */
export function requestNotifications(
  state: EngineState,
  config: PlantConfig,
  told: readonly Telling[],
  now: EpochMs,
): readonly EscalationEvent[] {
  const messages = new Map<string, Telling[]>();
  for (const each of told) {
    const key = `${each.means} ${each.person}`;
    const own = messages.get(key);
    if (own === undefined) messages.set(key, [each]);
    else own.push(each);
  }
  return [...messages.values()].flatMap((own) => {
    const events = messageOf(state, config, own, now);
    for (const event of events) applyEscalation(state, config, event);
    return events;
  });
}

function messageOf(
  state: EngineState,
  config: PlantConfig,
  told: readonly Telling[],
  at: EpochMs,
): readonly EscalationEvent[] {
  const events: EscalationEvent[] = [];
  const kept: Telling[] = [];
  for (const each of told) {
    const by = suppressedBy(state, config, each, at);
    if (by === null) {
      kept.push(each);
      continue;
    }
    const { person, means, call, item } = each;
    const { clock, level } = item;
    const about = { callId: call.id, line: call.line, at, clock, level };
    const later = by === 'quietHours' ? deferredOf(config, each, at) : null;
    events.push({ type: 'escalationSuppressed', ...about, person, means, by, ...later });
  }
  const [first] = kept;
  if (first === undefined) return events;
  const { person, means, call } = first;
  const items = kept.map(({ item, call: of }) => describe(config, item, of));
  events.push({
    type: 'notificationRequested',
    at,
    line: call.line,
    key: keyOf(first),
    person,
    means,
    items,
  });
  return events;
}

/** When and as what it is told later; `null`: never. */
function deferredOf(
  { escalation, site }: PlantConfig,
  { call, item, number }: Telling,
  at: EpochMs,
): Pick<Extract<EscalationEvent, { type: 'escalationSuppressed' }>, 'deferred'> | null {
  if (escalation === undefined || item.subject === 'stillNeeded') return null;
  const { quietHours, inQuietHours = 'defer' } = policyFor(escalation, call);
  const until = inQuietHours === 'defer' ? endOfHours(quietHours, site.timeZone, at) : null;
  if (until === null) return null;
  const { subject, cause } = item;
  return { deferred: { until, subject, number, ...(cause === undefined ? null : { cause }) } };
}

function describe(config: PlantConfig, matter: Matter, call: Call): NotificationItem {
  const { line, equipment, type: callType, priority, note, raisedBy, raisedAt } = call;
  const { lines, equipment: byPath } = plantIndex(config);
  const lineName = lines.get(line)?.config.name ?? line;
  return {
    ...matter,
    line,
    lineName,
    ...(equipment === undefined
      ? null
      : { equipment, equipmentName: byPath.get(equipment)?.config.name ?? equipment }),
    callType,
    priority,
    ...(note === undefined ? null : { note }),
    raisedBy,
    raisedAt,
  };
}

/** No other message has it: a call, a level or reminder of it, a person and a means meet in one message only. */
function keyOf({ person, means, item, number }: Telling): string {
  const { callId, subject, clock, level } = item;
  const what = subject === 'stillNeeded' ? subject : `${clock}-${level}`;
  return [callId, what, ...(number === 0 ? [] : [`reminder-${number}`]), person, means].join('.');
}

function suppressedBy(
  { notified }: EngineState,
  { escalation, site }: PlantConfig,
  { person, means, call }: Telling,
  at: EpochMs,
): SuppressedBy | null {
  // An entry of an inbox disturbs nobody.
  if (escalation === undefined || means === 'screen' || isUrgent(call)) return null;
  const { quietHours, rateLimit } = policyFor(escalation, call);
  if (quietHours.length > 0 && isWithinHours(quietHours, site.timeZone, at)) return 'quietHours';
  if (rateLimit === null) return null;
  const sent = (notified[person] ?? []).filter((sentAt) => sentAt > at - rateLimit.perMs);
  return sent.length >= rateLimit.messages ? 'rateLimit' : null;
}
