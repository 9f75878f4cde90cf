import type { Call } from '../andon/call.ts';
import { isOpen } from '../andon/call.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EscalationConfig } from '../plant/escalation-config.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { applyEscalation } from './apply-escalation.ts';
import type { Due } from './escalation.ts';
import { dueBy, nextDue } from './escalation.ts';
import type { EscalationEvent } from './escalation-events.ts';
import { requestNotifications, type Matter, type Telling } from './notify.ts';
import type { EscalationClock } from './policy.ts';
import { levelOf, levelsOf, peopleOf, policyFor } from './policy.ts';
import { settingOf } from './setting.ts';

/** When the next escalation does something by itself; `null`: none will. */
export function nextEscalationDue(state: EngineState, config: PlantConfig): EpochMs | null {
  if (config.escalation === undefined) return null;
  let next: EpochMs | null = null;
  for (const call of state.calls) {
    const escalation = state.escalations[call.id];
    if (escalation === undefined) continue;
    const due =
      nextDue(escalation, call, settingOf(config.escalation, config.site.timeZone, call))?.at ?? null;
    if (due !== null && (next === null || due < next)) next = due;
  }
  return next;
}

/**
 * Everything escalations do up to `now`, applied: levels one by one, each recorded once however many are overdue,
 * then one message per person and means for all of it.
 */
export function escalate(state: EngineState, config: PlantConfig, now: EpochMs): readonly FactoryEvent[] {
  if (config.escalation === undefined) return [];
  const step: Step = { state, config, escalation: config.escalation, now, events: [], told: [] };
  // None of what follows changes a call itself.
  for (const call of state.calls.filter(isOpen))
    for (let due = nextOf(step, call); due !== null; due = nextOf(step, call)) carryOut(step, call, due);
  return [...step.events, ...requestNotifications(state, config, step.told, now)];
}

/** Asks whoever raised a late call whether it is still needed. */
export function askStillNeeded(
  state: EngineState,
  config: PlantConfig,
  call: Call,
  now: EpochMs,
): readonly FactoryEvent[] {
  if (config.escalation === undefined) return [];
  const item: Matter = {
    callId: call.id,
    subject: 'stillNeeded',
    clock: 'acknowledgement',
    level: 0,
  };
  return requestNotifications(
    state,
    config,
    [{ person: call.raisedBy, means: 'screen', call, item, number: 0 }],
    now,
  );
}

interface Step {
  readonly state: EngineState;
  readonly config: PlantConfig;
  readonly escalation: EscalationConfig;
  readonly now: EpochMs;
  readonly events: EscalationEvent[];
  readonly told: Telling[];
}

function nextOf({ state, escalation: configured, config, now }: Step, call: Call): Due | null {
  const escalation = state.escalations[call.id];
  if (escalation === undefined) return null;
  return dueBy(escalation, call, settingOf(configured, config.site.timeZone, call), now);
}

function record(step: Step, event: EscalationEvent): void {
  applyEscalation(step.state, step.config, event);
  step.events.push(event);
}

function carryOut(step: Step, call: Call, due: Due): void {
  const { now: at } = step;
  const about = { callId: call.id, line: call.line, at };
  switch (due.what) {
    case 'lapse':
      return record(step, { type: 'confirmationLapsed', ...about });
    case 'resume':
      return record(step, { type: 'escalationResumed', ...about, dueAt: due.at });
    case 'notDisplayed':
      return record(step, { type: 'callNotDisplayed', ...about });
    case 'level':
      return trigger(step, call, due);
    case 'remind':
      return remind(step, call, due.clock);
    case 'tellDeferred':
      return tellDeferred(step, call);
  }
}

function trigger(step: Step, call: Call, due: Extract<Due, { what: 'level' }>): void {
  const { escalation, config, now: at } = step;
  const { clock, level, cause } = due;
  const policy = policyFor(escalation, call);
  const of = levelOf(policy, clock, level, call.priority);
  if (of === undefined) return;
  const people = peopleOf(escalation, config.site.timeZone, of.recipients, at);
  const about = { callId: call.id, line: call.line, at, clock, level };
  record(step, { type: 'escalationTriggered', ...about, policy: policy.id, cause, dueAt: due.at, people });
  const item: Matter = { callId: call.id, subject: 'level', clock, level, cause };
  tell(step, call, item, 0, people, of.means);
  if (people.length > 0) return;
  const goesUp = levelsOf(policy, clock).length > level;
  const isWatched = goesUp || nearestPeople(step, call, clock).people.length > 0;
  record(step, { type: 'nobodyOnCall', ...about, goesUp, retryAt: isWatched ? null : at });
}

/** Those of the present level, as of now; where nobody is, those of the nearest level below it. */
function nearestPeople(
  { state, escalation, config, now }: Step,
  call: Call,
  clock: EscalationClock,
): { readonly people: readonly string[]; readonly means: readonly string[] } {
  const policy = policyFor(escalation, call);
  const reached = state.escalations[call.id]?.clocks[clock].level ?? 0;
  for (let level = reached; level > 0; level -= 1) {
    const of = levelOf(policy, clock, level, call.priority);
    if (of === undefined) continue;
    const people = peopleOf(escalation, config.site.timeZone, of.recipients, now);
    if (people.length > 0) return { people, means: of.means };
  }
  return { people: [], means: [] };
}

function remind(step: Step, call: Call, clock: EscalationClock): void {
  const reached = step.state.escalations[call.id]?.clocks[clock];
  if (reached === undefined) return;
  const { people, means } = nearestPeople(step, call, clock);
  const { level } = reached;
  const number = reached.reminders + 1;
  const about = { callId: call.id, line: call.line, at: step.now, clock, level };
  // They have gone: nobody is told what nobody hears.
  if (people.length === 0)
    return record(step, { type: 'nobodyOnCall', ...about, goesUp: false, retryAt: step.now });
  record(step, { type: 'escalationReminder', ...about, number, people });
  tell(step, call, { callId: call.id, subject: 'reminder', clock, level }, number, people, means);
}

function tellDeferred(step: Step, call: Call): void {
  const { now: at } = step;
  const due = (step.state.escalations[call.id]?.deferred ?? []).filter(({ until }) => until <= at);
  record(step, { type: 'escalationQuietEnded', callId: call.id, line: call.line, at });
  for (const { person, means, clock, level, subject, cause, number } of due) {
    const item: Matter = {
      callId: call.id,
      subject,
      clock,
      level,
      ...(cause === undefined ? null : { cause }),
    };
    step.told.push({ person, means, call, item, number });
  }
}

function tell(
  step: Step,
  call: Call,
  item: Matter,
  number: number,
  people: readonly string[],
  means: readonly string[],
): void {
  for (const person of people)
    for (const each of means) step.told.push({ person, means: each, call, item, number });
}
