import { isOpen } from '../andon/call.ts';
import { applyEvent } from '../engine/apply-event.ts';
import { createEngineState } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { escalate, nextEscalationDue } from './escalate.ts';
import { followCalls } from './follow-calls.ts';
import type { PolicyReport } from './policy-report.ts';
import { policyReport } from './policy-report.ts';

/** What people did to calls at one instant, as it was recorded together. */
export interface PastEntry {
  readonly at: EpochMs;
  readonly events: readonly FactoryEvent[];
}

const BY_PEOPLE: ReadonlySet<FactoryEvent['type']> = new Set([
  'callRaised',
  'callConfirmationAsked',
  'callConfirmed',
  'callDisplayed',
  'callAcknowledged',
  'callStarted',
  'callResolved',
  'callCancelled',
  'escalationSnoozed',
]);

/**
 * Past calls under another plant: what people did then happens again, and what the plant's policies make of it is
 * told. Only calls received in `[from, to)` count; those still open are followed until `to`.
 */
export function simulatePolicy(
  config: PlantConfig,
  past: Iterable<PastEntry>,
  from: EpochMs,
  to: EpochMs,
): PolicyReport {
  const state = createEngineState(config);
  const lines = new Set(config.lines.map(({ path }) => path));
  const known = new Set<string>();
  const events: FactoryEvent[] = [];
  let unknownLines = 0;

  const liveUntil = (at: EpochMs): void => {
    for (let due = nextEscalationDue(state, config); due !== null && due <= at;) {
      events.push(...escalate(state, config, due));
      due = nextEscalationDue(state, config);
    }
  };

  for (const entry of past) {
    if (entry.at >= to) break;
    const own: FactoryEvent[] = [];
    for (const event of entry.events) {
      if (!BY_PEOPLE.has(event.type) || !('callId' in event)) continue;
      if (event.type === 'callRaised' && event.receivedAt >= from) {
        if (lines.has(event.line)) known.add(event.callId);
        else unknownLines += 1;
      }
      if (known.has(event.callId)) own.push(event);
    }
    if (own.length === 0) continue;
    liveUntil(entry.at);
    for (const event of own) applyEvent(state, config, event);
    events.push(...own, ...followCalls(state, config, own, entry.at));
    // The engine keeps closed calls for people to see; here nobody looks.
    state.calls = state.calls.filter(isOpen);
  }
  liveUntil(to - 1);
  return policyReport(config, events, { from, to, unknownLines });
}
