import type { Refusal } from '../engine/engine-types.ts';
import type { Interval } from '../time/interval.ts';
import type { OeeInput } from './oee-input.ts';

/** What a well-shaped input still cannot mean; `null` when it can be computed. */
export function oeeInputRefusal(input: OeeInput): Refusal | null {
  if (!isStretch(input.window) || input.window.to === input.window.from)
    return refusal(
      'window',
      `the window ends at ${input.window.to}, not after it starts at ${input.window.from}`,
    );
  for (const name of ['planned', 'breaks', 'plannedDowntime'] as const)
    for (const [index, interval] of (input[name] ?? []).entries())
      if (!isStretch(interval))
        return refusal(
          `${name}[${index}]`,
          `it ends at ${interval.to}, before it starts at ${interval.from}`,
        );
  for (const name of ['minorStopMs', 'startupMs'] as const)
    if (!isCount(input[name] ?? 0)) return refusal(name, `${input[name]} is not a duration of at least 0 ms`);
  for (const [id, { idealCycleMs }] of Object.entries(input.products))
    if (idealCycleMs !== undefined && idealCycleMs !== null && !(isCount(idealCycleMs) && idealCycleMs > 0))
      return refusal(`products.${id}.idealCycleMs`, `${idealCycleMs} is not a duration above 0 ms`);
  return observationRefusal(input);
}

const NUMBERS = ['good', 'scrap', 'rework', 'counter', 'rejectCounter'] as const;

function observationRefusal({ observations }: OeeInput): Refusal | null {
  for (const [index, observation] of observations.entries()) {
    if (!Number.isFinite(observation.at))
      return refusal(`observations[${index}].at`, `${observation.at} is not an instant`);
    for (const name of NUMBERS) {
      const value = observation[name];
      if (value !== undefined && !isCount(value))
        return refusal(`observations[${index}].${name}`, `${value} is not a number of at least 0`);
    }
  }
  return null;
}

function isStretch({ from, to }: Interval): boolean {
  return Number.isFinite(from) && Number.isFinite(to) && to >= from;
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function refusal(path: string, message: string): Refusal {
  return { status: 'rejected', code: 'invalidOeeInput', message: `${path}: ${message}`, path };
}
