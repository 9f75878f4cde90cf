import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const repository = new URL('../../../../', import.meta.url);

function rulesInForce(): readonly string[] {
  const protocol = readFileSync(new URL('packages/wire/PROTOCOL.md', repository), 'utf8');
  return [...protocol.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id ?? '');
}

/** Ids at the beginning of test names, as in `test('R2, R4: …')`. */
function testedRules(): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const name of [
    'packages/wire/src/',
    'packages/hub/src/',
    'packages/client/src/',
    'packages/server/src/',
    'test/',
  ]) {
    const root = new URL(name, repository);
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.test.ts')) continue;
      const text = readFileSync(new URL(path, root), 'utf8');
      for (const [, list] of text.matchAll(/\btest\(\s*['"`]([A-Z]\d+(?:, [A-Z]\d+)*):/g))
        for (const id of (list ?? '').split(', ')) ids.add(id);
    }
  }
  return ids;
}

test('every rule of PROTOCOL.md has a test named by it, and every such name is a rule', () => {
  const rules = rulesInForce();
  expect(rules.length).toBeGreaterThan(60);
  expect(new Set(rules).size).toBe(rules.length);
  const tested = testedRules();
  expect(rules.filter((id) => !tested.has(id))).toEqual([]);
  expect([...tested].filter((id) => !rules.includes(id))).toEqual([]);
});
