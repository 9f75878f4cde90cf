import { describe, expect, it } from 'vitest';
import { CATALOGUE, pickLanguage } from './languages.ts';

const PARAGRAPH = /^\s*$/u;

function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

describe('pickLanguage', () => {
  it('prefers what was chosen, then what the browser prefers, then English', () => {
    expect(pickLanguage('de', ['en-US'])).toBe('de');
    expect(pickLanguage('xx', ['fr-FR', 'de-AT'])).toBe('de');
    expect(pickLanguage(null, ['fr-FR'])).toBe('en');
  });
});

describe('catalogue', () => {
  it('has the same entries in every language, none of them empty', () => {
    const english = leaves(CATALOGUE.en.text, '').map(([path]) => path);
    const german = leaves(CATALOGUE.de.text, '');
    expect(german.map(([path]) => path).sort()).toEqual([...english].sort());
    expect(german.filter(([, text]) => typeof text === 'string' && PARAGRAPH.test(text))).toEqual([]);
  });
});
