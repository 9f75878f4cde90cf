import type { Observation } from '@ms5/domain';
import type { ObservationResult } from '@ms5/wire/factory';
import { readAlarm } from './alarm-in-observation.ts';

export const OBSERVATION_LIMITS = {
  items: 10_000,
  bytes: 10 * 1024 * 1024,
  /** Characters of `state`, `reason`, `mode`, `product`, `source`, `key`, and of a telemetry name. */
  textLength: 256,
  telemetryNames: 100,
} as const;

/** A well-formed item, not decided yet. */
export interface ParsedObservation {
  readonly index: number;
  readonly observation: Observation;
  /** Scope of `key`. */
  readonly source: string;
  readonly key?: string;
  /** False: stamped on arrival. */
  readonly hasOwnTime: boolean;
  readonly telemetry: readonly (readonly [name: string, value: number | string | boolean])[];
}

export type ParsedBody =
  | {
      readonly status: 'parsed';
      readonly items: readonly ParsedObservation[];
      readonly rejected: readonly ObservationResult[];
    }
  | { readonly status: 'malformed'; readonly message: string; readonly path?: string };

/** Reads the body of `POST /api/v1/observations`. Malformed items are rejected one by one; the good ones are kept. */
export function parseObservations(body: Uint8Array, user: string, receivedAt: number): ParsedBody {
  if (body.byteLength > OBSERVATION_LIMITS.bytes) {
    return malformed(`at most ${OBSERVATION_LIMITS.bytes} bytes are taken at once, found ${body.byteLength}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    return malformed(`expected JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(value)) return malformed(`expected an array of observations, found ${describe(value)}`);
  if (value.length > OBSERVATION_LIMITS.items) {
    return malformed(`at most ${OBSERVATION_LIMITS.items} items are taken at once, found ${value.length}`);
  }
  const items: ParsedObservation[] = [];
  const rejected: ObservationResult[] = [];
  const context = createContext(user, receivedAt);
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const parsed = parseItem(item, index, context);
    if ('fault' in parsed) {
      const { path, message } = parsed.fault;
      rejected.push({ index, status: 'rejected', path, message });
    } else items.push(parsed);
  }
  return { status: 'parsed', items, rejected };
}

function malformed(message: string): ParsedBody {
  return { status: 'malformed', message };
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

class ItemFault extends Error {
  readonly fault: Fault;

  constructor(path: string, expected: string, found: unknown) {
    super(path);
    this.fault = { path, message: `expected ${expected}, found ${describe(found)}` };
  }
}

const VALUES = [
  'state',
  'mode',
  'product',
  'good',
  'scrap',
  'rework',
  'counter',
  'rejectCounter',
  'alarm',
  'telemetry',
];
/** Known fields, and whether each is something said. */
const FIELDS: ReadonlyMap<string, boolean> = new Map([
  ...['equipment', 'at', 'source', 'key', 'reason'].map((field) => [field, false] as const),
  ...VALUES.map((field) => [field, true] as const),
]);

/** What the items of one body have in common. */
interface BodyContext {
  readonly receivedAt: number;
  /** The scope of a source's keys: another user's are never mistaken for this one's. */
  scopeOf(source: string): string;
}

function createContext(user: string, receivedAt: number): BodyContext {
  const prefix = `${encodeURIComponent(user)}/`;
  let lastSource = '';
  let lastScope = prefix;
  return {
    receivedAt,
    // One body has few sources: the same string each time is found faster by its key.
    scopeOf: (source) => {
      if (source !== lastSource) {
        lastSource = source;
        lastScope = prefix + source;
      }
      return lastScope;
    },
  };
}

function parseItem(
  item: unknown,
  index: number,
  context: BodyContext,
): ParsedObservation | { readonly fault: Fault } {
  try {
    if (!isTable(item)) throw new ItemFault('', 'an object', item);
    return readItem(item, index, context);
  } catch (error) {
    if (error instanceof ItemFault) return { fault: error.fault };
    throw error;
  }
}

const COUNTS = ['good', 'scrap', 'rework', 'counter', 'rejectCounter'] as const;

function checkFields(item: Table): void {
  let hasValue = false;
  for (const field in item) {
    const isValue = FIELDS.get(field);
    if (isValue === undefined) throw new ItemFault(field.slice(0, 64), 'a known field', item[field]);
    hasValue ||= isValue;
  }
  if (!hasValue) throw new ItemFault('', `at least one of ${VALUES.join(', ')}`, item);
}

function readItem(item: Table, index: number, context: BodyContext): ParsedObservation {
  checkFields(item);
  const { receivedAt } = context;
  const equipment = text(item, 'equipment', 'the path of an equipment, "area/line/equipment"');
  if (equipment === undefined) {
    throw new ItemFault('equipment', 'the path of an equipment, "area/line/equipment"', undefined);
  }
  const observation: Writable<Observation> = { equipment, at: instant(item, receivedAt), receivedAt };
  const state = text(item, 'state', 'a state as the machine names it');
  if (state !== undefined) observation.state = state;
  const reason = text(item, 'reason', 'a reason code');
  if (reason !== undefined) observation.reason = reason;
  const mode = text(item, 'mode', 'a mode as the machine names it');
  if (mode !== undefined) observation.mode = mode;
  const product = item['product'] === null ? null : text(item, 'product', 'a product id, or null');
  if (product !== undefined) observation.product = product;
  for (const name of COUNTS) {
    const count = countOf(item, name);
    if (count !== undefined) observation[name] = count;
  }
  const alarm = alarmOf(item);
  if (alarm !== undefined) observation.alarm = alarm;
  const source = context.scopeOf(text(item, 'source', 'the name of a source') ?? '');
  const key = text(item, 'key', 'a key, unique in its source');
  if (key !== undefined && (key.includes('\0') || !key.isWellFormed())) {
    throw new ItemFault('key', 'well-formed text without NUL', key);
  }
  const hasOwnTime = item['at'] !== undefined;
  const telemetry = telemetryOf(item);
  return key === undefined
    ? { index, observation, source, hasOwnTime, telemetry }
    : { index, observation, source, key, hasOwnTime, telemetry };
}

function alarmOf(item: Table): Observation['alarm'] {
  if (item['alarm'] === undefined) return undefined;
  const alarm = readAlarm(item['alarm']);
  if (!('fault' in alarm)) return alarm;
  const { path, expected, found } = alarm.fault;
  throw new ItemFault(path, expected, found);
}

type Table = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(item: Table, field: string, expected: string): string | undefined {
  const value = item[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new ItemFault(field, expected, value);
  if (value.length > OBSERVATION_LIMITS.textLength) {
    throw new ItemFault(field, `${expected} of at most ${OBSERVATION_LIMITS.textLength} characters`, value);
  }
  return value;
}

function countOf(item: Table, field: string): number | undefined {
  const value = item[field];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ItemFault(field, 'a number of at least 0', value);
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
/** 2000-01-01: ms before it are far more likely seconds. */
const EARLIEST_AT = 946_684_800_000;

function instant(item: Table, receivedAt: number): number {
  const value = item['at'];
  if (value === undefined) return receivedAt;
  const expected = 'an instant in ISO 8601 with its zone, or in ms since 1970';
  const at =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && ISO.test(value)
        ? Date.parse(value)
        : NaN;
  if (!Number.isFinite(at) || at < EARLIEST_AT) throw new ItemFault('at', expected, value);
  return Math.floor(at);
}

const NO_TELEMETRY: ParsedObservation['telemetry'] = [];

function telemetryOf(item: Table): ParsedObservation['telemetry'] {
  const value = item['telemetry'];
  if (value === undefined) return NO_TELEMETRY;
  if (!isTable(value)) throw new ItemFault('telemetry', 'an object of values by name', value);
  const entries = Object.entries(value);
  const { telemetryNames, textLength } = OBSERVATION_LIMITS;
  if (entries.length > telemetryNames) {
    throw new ItemFault('telemetry', `at most ${telemetryNames} values`, value);
  }
  return entries.map(([name, each]) => {
    if (name === '' || name.length > textLength) {
      throw new ItemFault('telemetry', `names of 1 to ${textLength} characters`, name);
    }
    const fits =
      (typeof each === 'number' && Number.isFinite(each)) ||
      typeof each === 'boolean' ||
      (typeof each === 'string' && each.length <= 4 * textLength);
    if (!fits) throw new ItemFault(`telemetry.${name}`, 'a number, a string or a boolean', each);
    return [name, each] as const;
  });
}

/** Short enough for a message. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…"` : shown;
}
