import { LIMITS } from './limits.ts';
import type { Json } from './messages.ts';

/** What is wrong with a message: where, what was expected, what was found. */
export interface Fault {
  /** Such as `resume.marks[0].offset`; empty: the message as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Thrown inside the parsers only; never leaves this package. */
export class FaultFound extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.expected);
    this.fault = fault;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** Names a value for people without repeating what may be long or secret. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'an object';
}

export function fail(path: string, expected: string, value: unknown): never {
  throw new FaultFound({ path, expected, found: describeValue(value) });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown, path: string): Fields {
  return isFields(value) ? value : fail(path, 'an object', value);
}

export function asArray(value: unknown, path: string, maxLength: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > maxLength)
    return fail(path, `an array of at most ${maxLength}`, value);
  return value;
}

/** A string of 1 to `maxLength` UTF-16 units. */
export function asText(value: unknown, path: string, maxLength: number = LIMITS.nameLength): string {
  if (typeof value !== 'string' || value === '' || value.length > maxLength)
    return fail(path, `a string of 1 to ${maxLength} characters`, value);
  return value;
}

/** A count, an offset, an id: an integer from 0. */
export function asCount(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    return fail(path, 'an integer from 0', value);
  return value;
}

/** Ms since the epoch, or a length of time; may be fractional. */
export function asNumber(value: unknown, path: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fail(path, 'a number', value);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.values(value).every((item) => isShallow(item, depth - 1));
}

/** Any JSON value nested at most `LIMITS.jsonDepth` deep; absent counts as `null`. */
export function asJson(value: unknown, path: string): Json {
  if (!isShallow(value, LIMITS.jsonDepth))
    return fail(path, `JSON nested at most ${LIMITS.jsonDepth} deep`, value);
  return (value ?? null) as Json;
}
