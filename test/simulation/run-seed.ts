import type { SimulationReport } from '@ms5/testkit';
import { simulateDeliveryTier } from './simulate-delivery.ts';
import { simulateSystemTier } from './simulate-system.ts';
import type { TierOptions } from './tiers.ts';

export const TIERS = ['delivery', 'system'] as const;
export type Tier = (typeof TIERS)[number];

const SIMULATIONS: Readonly<Record<Tier, (options: TierOptions) => Promise<SimulationReport>>> = {
  delivery: simulateDeliveryTier,
  system: simulateSystemTier,
};

/** Runs one seed. What throws is a fault like any other. */
export async function runSeed(tier: Tier, options: TierOptions): Promise<SimulationReport> {
  try {
    return await SIMULATIONS[tier](options);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed: options.seed, faults: [`threw ${text.split('\n').slice(0, 3).join(' ')}`], counts: {} };
  }
}

/** The command that runs a seed again. */
export function reproduction(tier: Tier, seed: number, steps?: number): string {
  const only = steps === undefined ? '' : ` --steps ${steps}`;
  return `npm run simulate -- --tier ${tier} --from ${seed} --seeds 1${only} --trace`;
}

/** Runs seeds one after another; one line for each that fails. */
export async function failuresOf(tier: Tier, from: number, count: number): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { faults } = await runSeed(tier, { seed });
    if (faults.length > 0) failed.push(`${faults.slice(0, 3).join('; ')}\n  ${reproduction(tier, seed)}`);
  }
  return failed;
}
