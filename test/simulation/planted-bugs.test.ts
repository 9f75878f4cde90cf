import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.ts';

const root = new URL('../../', import.meta.url);

test.each(PLANTED_BUGS)('the planted bug still applies: $name', (bug) => {
  for (const { file, find, replace } of [bug, ...(bug.also === undefined ? [] : [bug.also])]) {
    const source = readFileSync(new URL(file, root), 'utf8');
    expect(source.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  }
});
