import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const SOURCE = import.meta.dirname;

/** Ids of rules, for example `EQ3`. */
const RULE = /^- \*\*([A-Z]{2}\d+)\*\* /gm;
const TEST_NAME = /\bit(?:\.each\([^`]*?\]\))?\(\s*['"`]([^'"`]*)/g;

function rules(): ReadonlySet<string> {
  const spec = readFileSync(join(SOURCE, '..', 'SPEC.md'), 'utf8');
  const ids = [...spec.matchAll(RULE)].map((match) => match[1] ?? '');
  expect(new Set(ids).size).toBe(ids.length);
  return new Set(ids);
}

function testNames(): readonly string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && file !== 'spec.test.ts')
    .flatMap((file) => Array.from(readFileSync(join(SOURCE, file), 'utf8').matchAll(TEST_NAME)))
    .map((match) => match[1] ?? '');
}

describe('SPEC.md', () => {
  it('has a test for every rule, and every test names a rule', () => {
    const known = rules();
    const named = testNames().map((name) => /^([A-Z]{2}\d+): /.exec(name)?.[1] ?? name);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
    const tested = new Set(named);
    expect([...known].filter((id) => !tested.has(id))).toEqual([]);
  });
});
