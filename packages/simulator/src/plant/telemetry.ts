import { normal, type Random } from '../random/random.ts';
import type { TelemetrySpec } from './line-spec.ts';

/** The values `elapsedMs` later, each drawn towards its level and shaken by its noise. */
export function drift(
  specs: readonly TelemetrySpec[],
  values: readonly number[],
  runs: boolean,
  elapsedMs: number,
  random: Random,
): readonly number[] {
  const seconds = elapsedMs / 1000;
  return specs.map((spec, index) => {
    const level = runs ? spec.running : spec.standing;
    const before = values[index] ?? level;
    const reach = 1 - (1 - spec.pull) ** seconds;
    return before + (level - before) * reach + normal(random) * spec.noise * Math.sqrt(reach);
  });
}

/** What the instruments show. Nothing shown here can be below zero. */
export function readings(
  specs: readonly TelemetrySpec[],
  values: readonly number[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    specs.map(({ name, decimals }, index) => [
      name,
      Math.max(0, Number((values[index] ?? 0).toFixed(decimals))),
    ]),
  );
}
