import type { Observation } from '@ms5/domain';
import type { ShdrConnectorConfig } from '../../../config/index.ts';
import type { Telemetry } from '../connector.ts';
import { alarmOfCondition } from './condition-alarm.ts';
import { createHeardSpans } from './heard-spans.ts';
import type { ShdrData, ShdrItem } from './shdr-line.ts';

/**
 * A connection is live if the newest data line on it was stamped this close to its arrival. Only then a sign of life
 * without a timestamp (PONG, `*` line) is evidence of the machine being heard at its time of arrival.
 */
const LIVE_SKEW_MS = 30_000;
/** Widest gap between heard instants joined on the way in. */
const MAX_MERGE_MS = 5000;

/** A value that stands where a number is expected. */
interface BadValue {
  readonly message: string;
}

/**
 * Turns one connection's items into observations.
 *
 * Two clocks meet here and are kept apart. A line's own timestamp says when a fact held and when the machine was
 * heard. The time of arrival says nothing about the machine unless the connection is live: a recording played with
 * its original timestamps is heard in its own time, never in today's. So on a connection that is not live, signs of
 * life without a timestamp are ignored, and its end is placed at the newest instant it told of.
 * Assets carry the time they were last changed, often hours ago, and are evidence of nothing.
 */
export interface ShdrMapper {
  /** The observation of an item that states a fact; other data is collected for `takeHeard` and `takeTelemetry`. */
  take(item: ShdrItem, receivedAt: number): Observation | null;
  /** Instants at which the machine was merely heard since the last call. */
  takeHeard(receivedAt: number): Observation | null;
  /** Latest telemetry values since the last call. */
  takeTelemetry(): readonly Telemetry[];
  takeBadValues(): readonly BadValue[];
  /**
   * The connection ended: silent from then on; `null` if it never told of the machine. Starts anew for the next one.
   */
  disconnected(receivedAt: number): Observation | null;
}

export interface ShdrMapperOptions {
  readonly connector: ShdrConnectorConfig;
  /** As configured for the equipment; `null`: never silent. */
  readonly silentAfterMs: number | null;
}

interface Contact {
  /** Newest stamp of a data line on this connection. */
  newestAt: number | null;
  live: boolean;
}

type Fact = Pick<Observation, 'state' | 'mode' | 'product' | 'counter' | 'rejectCounter'>;

export function createShdrMapper({ connector, silentAfterMs }: ShdrMapperOptions): ShdrMapper {
  const { equipment } = connector;
  const heard = createHeardSpans(Math.min(silentAfterMs ?? MAX_MERGE_MS, MAX_MERGE_MS));
  const telemetry = new Map<string, Telemetry>();
  const readers = createReaders(connector);
  let contact: Contact = { newestAt: null, live: false };

  /** The instant of a line; the newest line of the connection decides whether it is live. */
  const dataAt = (at: number | null, receivedAt: number): number => {
    const stamp = at ?? receivedAt;
    if (contact.newestAt === null || stamp >= contact.newestAt) {
      contact = { newestAt: stamp, live: Math.abs(receivedAt - stamp) <= LIVE_SKEW_MS };
    }
    return stamp;
  };

  const takeData = (item: ShdrData, receivedAt: number): Observation | null => {
    const at = dataAt(item.at, receivedAt);
    const fact = readers.facts(item);
    readers.collectTelemetry(item, at, telemetry);
    if (fact !== null) return { equipment, at, receivedAt, ...fact };
    heard.add(at);
    return null;
  };

  return {
    take: (item, receivedAt) => {
      if (item.kind === 'data') return takeData(item, receivedAt);
      if (item.kind === 'condition') {
        const alarm = alarmOfCondition(item, withoutDevice(item.key));
        return { equipment, at: dataAt(item.at, receivedAt), receivedAt, alarm };
      }
      const isSignOfLife = item.kind === 'pong' || item.kind === 'comment';
      if (isSignOfLife && contact.live) heard.add(receivedAt);
      return null;
    },
    takeHeard: (receivedAt) => {
      const spans = heard.take();
      const last = spans.at(-1);
      return last === undefined ? null : { equipment, at: last[1], receivedAt, heard: spans };
    },
    takeTelemetry: () => {
      const values = [...telemetry.values()];
      telemetry.clear();
      return values;
    },
    takeBadValues: () => readers.takeBadValues(),
    disconnected: (receivedAt) => {
      const { newestAt, live } = contact;
      contact = { newestAt: null, live: false };
      readers.reset();
      if (newestAt === null) return null;
      return { equipment, at: live ? Math.max(receivedAt, newestAt) : newestAt, receivedAt, lost: true };
    },
  };
}

/** Reads the configured keys out of data lines. */
function createReaders({ keys, programs, telemetry: published }: ShdrConnectorConfig) {
  const telemetryKeys = new Set([...published, keys.program, keys.mode].filter((key) => key !== undefined));
  let badValues: BadValue[] = [];
  let execution: string | null = null;
  let available = true;

  const total = (key: string, text: string): number | undefined => {
    const value = Number(text);
    if (text !== '' && Number.isSafeInteger(value) && value >= 0) return value;
    if (text !== 'UNAVAILABLE') {
      badValues.push({ message: `${key}: expected a count, found "${text.slice(0, 40)}"` });
    }
    return undefined;
  };

  /** Availability overrules the execution on its line; when it comes back, the last execution holds again. */
  const state = (item: ShdrData): string | undefined => {
    const told = valueOf(item, keys.execution);
    if (told !== undefined) execution = told;
    const availability = valueOf(item, keys.availability);
    if (availability === undefined) return told;
    const returned = !available && availability !== 'UNAVAILABLE';
    available = availability !== 'UNAVAILABLE';
    if (!available) return 'UNAVAILABLE';
    return told ?? (returned ? (execution ?? undefined) : undefined);
  };

  const product = (item: ShdrData): string | undefined => {
    const program = valueOf(item, keys.program);
    return program !== undefined && Object.hasOwn(programs, program) ? programs[program] : undefined;
  };

  const modeOf = (item: ShdrData): string | undefined => {
    const told = valueOf(item, keys.mode);
    return told === '' ? undefined : told;
  };

  const count = (item: ShdrData, key: string | undefined): number | undefined => {
    const text = valueOf(item, key);
    return key === undefined || text === undefined ? undefined : total(key, text);
  };

  return {
    facts: (item: ShdrData): Fact | null => {
      const fact: { -readonly [K in keyof Fact]: Fact[K] | undefined } = {
        state: state(item),
        mode: modeOf(item),
        product: product(item),
        counter: count(item, keys.partCount),
        rejectCounter: count(item, keys.rejectCount),
      };
      const told = Object.entries(fact).filter(([, value]) => value !== undefined);
      return told.length === 0 ? null : (Object.fromEntries(told) as Fact);
    },
    collectTelemetry: (item: ShdrData, at: number, into: Map<string, Telemetry>): void => {
      if (telemetryKeys.size === 0) return;
      for (const [name, text] of item.pairs) {
        const key = telemetryKeys.has(name) ? name : withoutDevice(name);
        if (telemetryKeys.has(key)) into.set(key, { name: key, at, value: telemetryValue(text) });
      }
    },
    takeBadValues: (): readonly BadValue[] => {
      const taken = badValues;
      badValues = [];
      return taken;
    },
    reset: (): void => {
      execution = null;
      available = true;
    },
  };
}

/** The last value of a key on a line; adapters of several devices write `device:key`. */
function valueOf(item: ShdrData, key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  return item.pairs.findLast(([name]) => name === key || withoutDevice(name) === key)?.[1];
}

function withoutDevice(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function telemetryValue(text: string): number | string {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : text;
}
