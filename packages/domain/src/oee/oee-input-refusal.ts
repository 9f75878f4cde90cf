import type { Refusal } from '../engine/engine-types.ts';
import type { Interval } from '../time/interval.ts';
import type { EquipmentInput, LineInput, OeeInput } from './oee-input.ts';

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
  const { minCoverage = 1 } = input;
  if (!(minCoverage >= 0 && minCoverage <= 1))
    return refusal('minCoverage', `${minCoverage} is not a share from 0 to 1`);
  for (const [id, { idealCycleMs }] of Object.entries(input.products))
    if (idealCycleMs !== undefined && idealCycleMs !== null && !(isCount(idealCycleMs) && idealCycleMs > 0))
      return refusal(`products.${id}.idealCycleMs`, `${idealCycleMs} is not a duration above 0 ms`);
  return observationRefusal(input);
}

/** What several equipment together cannot mean. */
export function equipmentRefusal(inputs: readonly EquipmentInput[]): Refusal | null {
  if (inputs.length === 0) return refusal('equipment', 'there is none; expected at least one');
  const seen = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    if (seen.has(input.equipment))
      return refusal(`[${index}].equipment`, `"${input.equipment}" was given before`);
    seen.add(input.equipment);
    const inner = oeeInputRefusal(input);
    if (inner !== null) return { ...inner, message: `[${index}] ${input.equipment}: ${inner.message}` };
  }
  return null;
}

export function lineRefusal({ line, equipment }: LineInput): Refusal | null {
  const inner = equipmentRefusal(equipment);
  if (inner !== null) return inner;
  const ids = equipment.map((item) => item.equipment);
  const named = [
    ['line.constraint', line.constraint] as const,
    ...Object.entries(line.constraintByProduct ?? {}).map(
      ([product, id]) => [`line.constraintByProduct.${product}`, id] as const,
    ),
  ];
  for (const [path, id] of named)
    if (!ids.includes(id)) return refusal(path, `there is no equipment "${id}"; there are ${ids.join(', ')}`);
  const windows = new Set(equipment.map(({ window }) => `${window.from} ${window.to}`));
  if (windows.size > 1) return refusal('equipment', 'the windows differ; a line has one');
  return null;
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
