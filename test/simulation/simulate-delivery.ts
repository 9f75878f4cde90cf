import { createHub, type HubLogEntry } from '@ms5/hub';
import { simulateDelivery, type DeliveryPorts, type SimulatedHub, type SimulationReport } from '@ms5/testkit';
import { createEventIds } from '../../packages/server/src/gateway/sse/event-ids.ts';
import { createSdk } from './sdk.ts';
import type { TierOptions } from './tiers.ts';

/** Two sessions are many, and one goes in between. */
const LONG_ROUNDS = { sessions: 1, groupSize: 1, innerSessions: 1, innerEveryMs: 0 };

const SHORT_HISTORIES = { entries: 30, ageMs: 20_000, tombstones: 3, bytes: 60_000 };

/** The delivery tier: the hub alone, fed by a model of a plant. */
export async function simulateDeliveryTier({ seed, steps, trace }: TierOptions): Promise<SimulationReport> {
  const failures: string[] = [];
  const createSimulatedHub = ({
    clock,
    random,
    authenticate,
    execute,
    publish,
    displayed,
    sessions,
    hasLongRounds,
  }: DeliveryPorts): SimulatedHub =>
    createHub({
      clock,
      random,
      authenticator: { authenticate },
      commands: { execute },
      publishing: { publish },
      receipts: { displayed },
      version: 'simulated',
      limits: {
        sessions,
        history: SHORT_HISTORIES,
        ...(hasLongRounds ? { longRounds: LONG_ROUNDS } : {}),
      },
      onLog: (entry: HubLogEntry) => {
        if (entry.event === 'sessionFailed') failures.push(`session failed: ${entry.detail ?? ''}`);
      },
    });
  const report = await simulateDelivery({
    seed,
    steps,
    trace,
    createHub: createSimulatedHub,
    createEventIds,
    createSdk,
  });
  return { ...report, faults: [...report.faults, ...failures] };
}
