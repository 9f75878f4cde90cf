import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  coversFilter,
  intersectFilters,
  matchesTopic,
  parseTopicFilter,
  permitFilter,
  type TopicFilter,
} from './topic-filter.ts';

const LEVELS = ['a', 'b', 'ab'];
const level = fc.constantFrom(...LEVELS);
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filterText = fc
  .tuple(fc.array(fc.constantFrom(...LEVELS, '+'), { minLength: 0, maxLength: 4 }), fc.boolean())
  .filter(([levels, isOpen]) => levels.length > 0 || isOpen)
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));
const filter = filterText.map(parse);

function parse(text: string): TopicFilter {
  const parsed = parseTopicFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  return parsed.filter;
}

/** MQTT 5, section 4.7, by a regular expression. */
function matchesNaively(text: string, name: string): boolean {
  const pattern = text
    .replace(/(^|\/)#$/, (_, slash: string) => (slash === '' ? '.*' : '(/.*)?'))
    .replaceAll('+', '[^/]+');
  return new RegExp(`^${pattern}$`).test(name);
}

test('T2: filters are read, or refused with the reason', () => {
  const faults = {
    '': 'must not be empty',
    'a/#/b': '"#" must be the whole last level',
    'a#': '"#" must be the whole last level',
    'a/b+': '"+" must be a whole level',
    'a//#': 'must not have an empty level',
  };
  for (const [text, error] of Object.entries(faults))
    expect([text, parseTopicFilter(text)]).toEqual([text, { ok: false, error }]);
  expect(parse('a/+/#')).toEqual({ text: 'a/+/#', levels: ['a', '+'], isOpen: true });
  expect(matchesTopic(parse('a/#'), 'a')).toBe(true);
  expect(matchesTopic(parse('+'), 'a/b')).toBe(false);
  expect(matchesTopic(parse('#'), 'a/b/c')).toBe(true);
});

test('T2: matching agrees with the naive model', () => {
  fc.assert(
    fc.property(filterText, topic, (text, name) => {
      expect(matchesTopic(parse(text), name)).toBe(matchesNaively(text, name));
    }),
    { numRuns: 2_000 },
  );
});

test('A5: an intersection matches exactly what both match', () => {
  fc.assert(
    fc.property(filter, filter, topic, (a, b, name) => {
      const common = intersectFilters(a, b);
      const isCommon = common !== null && matchesTopic(common, name);
      expect(isCommon).toBe(matchesTopic(a, name) && matchesTopic(b, name));
      expect(intersectFilters(b, a)?.text).toBe(common?.text);
      if (common !== null) expect(parse(common.text)).toEqual(common);
    }),
    { numRuns: 2_000 },
  );
});

test('A5: what is permitted is all that both sides match, and nothing twice', () => {
  fc.assert(
    fc.property(filter, fc.array(filter, { maxLength: 4 }), topic, (requested, permissions, name) => {
      const permitted = permitFilter(requested, permissions);
      const isPermitted = permissions.some((permission) => matchesTopic(permission, name));
      expect(permitted.some((one) => matchesTopic(one, name))).toBe(
        isPermitted && matchesTopic(requested, name),
      );
      for (const one of permitted)
        expect(permitted.filter((other) => other !== one && coversFilter(other, one))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
