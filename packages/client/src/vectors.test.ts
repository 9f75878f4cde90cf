import { readFileSync } from 'node:fs';
import type { Json, ServerMessage, StreamEntry } from '@ms5/wire';
import { expect, test } from 'vitest';
import { advisedMs, backoffMs } from './connection/backoff.ts';
import {
  applyDelta,
  applyEntries,
  applySignal,
  applySnapshot,
  createTopic,
  type Applied,
  type Topic,
} from './topics/topic.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../wire/vectors/${name}.json`, import.meta.url), 'utf8'));

interface Step {
  readonly message: Extract<ServerMessage, { type: 'snapshot' | 'delta' | 'entries' | 'signal' }>;
  readonly applied: Applied;
  readonly position: number;
  readonly values?: Readonly<Record<string, Json>>;
  readonly entries?: readonly number[];
}
interface Sequence {
  readonly name: string;
  readonly topic: string;
  readonly steps: readonly Step[];
}

function apply(topic: Topic, message: Step['message'], entries: StreamEntry[]): Applied {
  if (message.type === 'snapshot') return applySnapshot(topic, message);
  if (message.type === 'delta') return applyDelta(topic, message, 0);
  if (message.type === 'signal') return applySignal(topic, message);
  const fresh = applyEntries(topic, message, 0);
  entries.push(...(fresh ?? []));
  if (fresh === null) return 'gap';
  return fresh.length > 0 ? 'changed' : 'unchanged';
}

test.each((read('merging') as { sequences: readonly Sequence[] }).sequences)(
  '$name',
  ({ topic: name, steps }) => {
    const topic = createTopic(name, steps[0]?.message.type === 'snapshot' ? steps[0].message.kind : 'signal');
    const entries: StreamEntry[] = [];
    for (const { message, applied, position, values, entries: offsets } of steps) {
      expect(apply(topic, message, entries)).toBe(applied);
      expect(topic.offset).toBe(position);
      const held = [...topic.values].map(([key, value]) => [key === '' ? 'value' : key, value]);
      if (values !== undefined) expect(Object.fromEntries(held)).toEqual(values);
      if (offsets !== undefined) expect(entries.map(({ offset }) => offset)).toEqual(offsets);
    }
  },
);

interface DelayVectors {
  readonly delays: readonly { readonly attempt: number; readonly random: number; readonly delayMs: number }[];
  readonly advised: readonly { readonly retryAfterMs: number; readonly delayMs: number }[];
}

test('delays before the next attempt', () => {
  const { delays, advised } = read('reconnect-delays') as DelayVectors;
  for (const { attempt, random, delayMs } of delays) expect(backoffMs(attempt, random)).toBeCloseTo(delayMs);
  for (const { retryAfterMs, delayMs } of advised) expect(advisedMs(retryAfterMs)).toBe(delayMs);
});
