import { readFileSync } from 'node:fs';
import type { Json, ServerMessage } from '@ms5/wire';
import { expect, test } from 'vitest';
import { createReferenceTopics } from './reference-topics.ts';

interface Step {
  readonly message: ServerMessage;
  readonly applied: 'changed' | 'unchanged' | 'gap';
  readonly position: number;
  readonly values?: Readonly<Record<string, Json>>;
  readonly entries?: readonly number[];
}
interface Sequence {
  readonly name: string;
  readonly topic: string;
  readonly steps: readonly Step[];
}

const { sequences } = JSON.parse(
  readFileSync(new URL('../../wire/vectors/merging.json', import.meta.url), 'utf8'),
) as { readonly sequences: readonly Sequence[] };

// What a server must not send (a repetition, a gap) the reference client notes, and goes on.
test.each(sequences)('$name', ({ topic: name, steps }) => {
  const violations: string[] = [];
  const topics = createReferenceTopics(violations);
  for (const { message, applied, position, values, entries } of steps) {
    const before = violations.length;
    topics.take(message);
    if (applied === 'gap') {
      expect(violations.length).toBe(before + 1);
      return;
    }
    const topic = topics.get(name);
    expect(topic?.position).toBe(position);
    if (values !== undefined) expect(Object.fromEntries(topic?.values ?? [])).toEqual(values);
    if (entries !== undefined) expect(topic?.entries.map(({ offset }) => offset)).toEqual(entries);
  }
});
