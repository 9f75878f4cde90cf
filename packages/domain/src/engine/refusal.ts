import type { Refusal, StepResult } from './engine-types.ts';
import { nearestName } from '../plant/nearest-name.ts';

/** Observations and commands may be this much ahead of our clock; beyond it they are refused. */
export const FUTURE_TOLERANCE_MS = 60_000;

export function refused(
  code: string,
  message: string,
  path?: string,
  status: Refusal['status'] = 'rejected',
): StepResult {
  return { events: [], refusal: { status, code, message, ...(path === undefined ? {} : { path }) } };
}

export function conflict(code: string, message: string): StepResult {
  return refused(code, message, undefined, 'conflict');
}

/** Refuses a name that is not in the plant, with the one it was probably meant to be. */
export function unknownName(
  code: string,
  kind: string,
  name: string,
  known: Iterable<string>,
  path: string,
): StepResult {
  const nearest = nearestName(name, known);
  const hint = nearest === null ? '' : `; did you mean "${nearest}"?`;
  return refused(code, `no ${kind} "${name}" in this plant${hint}`, path);
}
