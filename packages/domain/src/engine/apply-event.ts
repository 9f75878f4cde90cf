import type { Act, CallAct } from '../andon/call.ts';
import { afterAct } from '../andon/call.ts';
import { insertCountFact } from '../count/count-facts.ts';
import { insertProductFact } from '../count/product-facts.ts';
import { insertReading } from '../count/reading-facts.ts';
import { WITHDRAWN_KEPT, type Downtime } from '../downtime/downtime.ts';
import { hear, loseContact } from '../equipment/contact.ts';
import { insertStateFact } from '../equipment/state-facts.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, PlantConfig } from '../plant/plant.ts';
import type { EngineState, EquipmentState } from './engine-state.ts';
import { equipmentOf, lineOf } from './engine-state.ts';
import type { FactoryEvent } from './engine-types.ts';
import { dropOld } from './retention.ts';

const RETENTION_INTERVAL_MS = 60_000;

/** Makes an event true in the state. The one way the state changes, deciding and replaying alike. */
export function applyEvent(state: EngineState, config: PlantConfig, event: FactoryEvent): void {
  switch (event.type) {
    case 'equipmentStateChanged': {
      const facts = heardFacts(state, config, event.equipment, event.at);
      const { at, raw, reason = null } = event;
      insertStateFact(facts.states, { at, state: event.state, raw, reason });
      return;
    }
    case 'productChanged':
    case 'counted':
    case 'counterRead':
      applyCount(state, config, event);
      return;
    case 'equipmentHeard':
      for (const [from, to] of event.spans) heardFacts(state, config, event.equipment, from, to);
      return;
    case 'contactLost':
      loseContact(equipmentOf(state, event.equipment).contact, event.at);
      return;
    case 'downtimeStarted':
    case 'downtimeEnded':
    case 'downtimeWithdrawn':
    case 'downtimeClassified':
      applyDowntime(state, config, event);
      return;
    case 'callRaised':
    case 'callDisplayed':
    case 'callAcknowledged':
    case 'callResolved':
    case 'callCancelled':
      applyCall(state, event);
      return;
    case 'jobStarted':
    case 'jobCompleted':
    case 'changeoverStarted':
    case 'changeoverCompleted':
      applyWork(state, event);
      return;
    case 'shiftStarted': {
      const { shiftId: id, at: from, to } = event;
      lineOf(state, event.line).shift = { id, from, to, ended: false };
      return;
    }
    case 'shiftEnded': {
      const { shiftId: id, from, at: to } = event;
      lineOf(state, event.line).shift = { id, from, to, ended: true };
      return;
    }
    case 'timeAdvanced':
      advanceTime(state, config, event.at);
  }
}

/** The facts of a machine that was just heard. */
function heardFacts(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
  from: EpochMs,
  to: EpochMs = from,
): EquipmentState {
  const facts = equipmentOf(state, path);
  hear(facts.contact, from, to, plantIndex(config).equipment.get(path)?.config.silentAfterMs ?? null);
  facts.newestAt = Math.max(facts.newestAt ?? to, to);
  return facts;
}

type CountEvent = Extract<FactoryEvent, { type: 'productChanged' | 'counted' | 'counterRead' }>;

function applyCount(state: EngineState, config: PlantConfig, event: CountEvent): void {
  const byPerson = 'author' in event && event.author !== undefined;
  const facts = byPerson
    ? equipmentOf(state, event.equipment)
    : heardFacts(state, config, event.equipment, event.at);
  switch (event.type) {
    case 'productChanged':
      insertProductFact(facts.products, { at: event.at, product: event.product });
      return;
    case 'counted':
      insertCountFact(facts.counts, event.at, event);
      if (event.rejectsGiven === true) facts.rejectsKnown = true;
      return;
    case 'counterRead':
      insertReading(event.counter === 'produced' ? facts.produced : facts.rejected, event.at, event.total);
  }
}

type DowntimeEvent = Extract<
  FactoryEvent,
  { type: 'downtimeStarted' | 'downtimeEnded' | 'downtimeWithdrawn' | 'downtimeClassified' }
>;

function applyDowntime(state: EngineState, config: PlantConfig, event: DowntimeEvent): void {
  if (event.type === 'downtimeClassified') {
    classify(state, event);
    return;
  }
  const path = plantIndex(config).equipment.get(event.equipment)?.config.line;
  const line = lineOf(state, path ?? event.equipment);
  const { downtimes } = line;
  const from = event.type === 'downtimeEnded' ? event.from : event.at;
  const position = downtimes.findLastIndex((downtime) => downtime.from <= from);
  const known = downtimes[position]?.from === from ? downtimes[position] : undefined;
  if (event.type === 'downtimeStarted') {
    const started: Downtime = {
      id: event.downtimeId,
      equipment: event.equipment,
      from,
      to: null,
      state: event.state,
      machineReason: event.reason ?? null,
      minor: false,
      classified: known?.classified ?? null,
    };
    if (line.withdrawn !== undefined)
      line.withdrawn = line.withdrawn.filter(({ id }) => id !== event.downtimeId);
    if (known === undefined) downtimes.splice(position + 1, 0, started);
    else downtimes[position] = started;
  } else if (known !== undefined) {
    if (event.type === 'downtimeWithdrawn') {
      downtimes.splice(position, 1);
      const { id, to } = known;
      line.withdrawn = [...(line.withdrawn ?? []), { id, from, to }].slice(-WITHDRAWN_KEPT);
    } else downtimes[position] = { ...known, to: event.at, minor: event.minor };
  }
}

function classify(state: EngineState, event: Extract<DowntimeEvent, { type: 'downtimeClassified' }>): void {
  const { reason, author, at } = event;
  for (const { downtimes } of Object.values(state.lines)) {
    const index = downtimes.findLastIndex(({ id }) => id === event.downtimeId);
    const known = downtimes[index];
    if (known !== undefined) downtimes[index] = { ...known, classified: { reason, author, at } };
  }
}

type CallEvent = Extract<
  FactoryEvent,
  { type: 'callRaised' | 'callDisplayed' | 'callAcknowledged' | 'callResolved' | 'callCancelled' }
>;

const ACT_OF = { callAcknowledged: 'acknowledge', callResolved: 'resolve', callCancelled: 'cancel' } as const;

function applyCall(state: EngineState, event: CallEvent): void {
  if (event.type === 'callRaised') {
    const { callId: id, line, equipment, callType: type, priority, note, author, at, receivedAt } = event;
    state.lastCall += 1;
    state.calls.push({
      id,
      line,
      ...(equipment === undefined ? null : { equipment }),
      type,
      priority,
      ...(note === undefined ? null : { note }),
      raisedBy: author,
      raisedAt: at,
      receivedAt,
      status: 'raised',
    });
    return;
  }
  const note = 'note' in event && event.note !== undefined ? { note: event.note } : null;
  const done: Act = { at: event.at, by: event.author, ...note };
  const index = state.calls.findIndex(({ id }) => id === event.callId);
  const call = state.calls[index];
  if (call === undefined) return;
  const act: CallAct | null = event.type === 'callDisplayed' ? null : ACT_OF[event.type];
  state.calls[index] = act === null ? { displayed: done, ...call } : afterAct(call, act, done);
}

type WorkEvent = Extract<
  FactoryEvent,
  { type: 'jobStarted' | 'jobCompleted' | 'changeoverStarted' | 'changeoverCompleted' }
>;

function applyWork(state: EngineState, event: WorkEvent): void {
  const { jobs, changeovers } = lineOf(state, event.line);
  const { line, at } = event;
  switch (event.type) {
    case 'jobStarted': {
      const { jobId: id, workOrder, product, targetCount } = event;
      state.lastJob += 1;
      const begun = { startedAt: at, completedAt: null, carriedGood: 0, carriedTo: at };
      jobs.push({ id, line, workOrder, product, targetCount, ...begun });
      return;
    }
    case 'jobCompleted': {
      const index = jobs.findLastIndex(({ id }) => id === event.jobId);
      const job = jobs[index];
      if (job !== undefined) jobs[index] = { ...job, completedAt: at };
      return;
    }
    case 'changeoverStarted': {
      const { changeoverId: id, fromProduct, toProduct } = event;
      state.lastChangeover += 1;
      changeovers.push({ id, line, fromProduct, toProduct, startedAt: at, completedAt: null });
      return;
    }
    case 'changeoverCompleted': {
      const index = changeovers.findLastIndex(({ id }) => id === event.changeoverId);
      const changeover = changeovers[index];
      if (changeover !== undefined) changeovers[index] = { ...changeover, completedAt: at };
    }
  }
}

function advanceTime(state: EngineState, config: PlantConfig, now: EpochMs): void {
  const due =
    state.now === null ||
    Math.floor(now / RETENTION_INTERVAL_MS) > Math.floor(state.now / RETENTION_INTERVAL_MS);
  state.begunAt ??= now;
  state.now = Math.max(state.now ?? now, now);
  if (due) dropOld(state, config, now);
}
