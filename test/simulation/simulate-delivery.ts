import { createHub, type HubLogEntry } from '@ms5/hub';
import { simulateDelivery, type DeliveryPorts, type SimulatedHub, type SimulationReport } from '@ms5/testkit';
import type { TierOptions } from './tiers.ts';

/** The delivery tier: the hub alone, fed by a model of a plant. */
export async function simulateDeliveryTier({ seed, steps, trace }: TierOptions): Promise<SimulationReport> {
  const failures: string[] = [];
  const createSimulatedHub = ({
    clock,
    random,
    authenticate,
    execute,
    sessions,
  }: DeliveryPorts): SimulatedHub =>
    createHub({
      clock,
      random,
      authenticator: { authenticate },
      commands: { execute },
      version: 'simulated',
      // Short histories, so that losses are frequent.
      limits: { sessions, history: { entries: 30, ageMs: 20_000, tombstones: 3, bytes: 60_000 } },
      onLog: (entry: HubLogEntry) => {
        if (entry.event === 'sessionFailed') failures.push(`session failed: ${entry.detail ?? ''}`);
      },
    });
  const report = await simulateDelivery({ seed, steps, trace, createHub: createSimulatedHub });
  return { ...report, faults: [...report.faults, ...failures] };
}
