import { expect, test } from 'vitest';
import { findTopicFault, isTopic } from './topic.ts';

test('T1: levels, length and characters of a topic', () => {
  const faults = {
    '': 'must not be empty',
    'a//b': 'must not have an empty level',
    '/a': 'must not have an empty level',
    'a/': 'must not have an empty level',
    'a/+/b': 'must not contain "+" or "#"',
    'a/b#': 'must not contain "+" or "#"',
    $SYS: 'must not start with "$"',
    'a\nb': 'must not contain control characters',
    'a\u0085': 'must not contain control characters',
    'a\ud800': 'must not contain control characters',
    [Array.from({ length: 17 }, () => 'x').join('/')]: 'must have at most 16 levels',
    ['é'.repeat(129)]: 'must have at most 256 bytes',
    ['x'.repeat(257)]: 'must have at most 256 bytes',
  };
  for (const [topic, fault] of Object.entries(faults))
    expect([topic, findTopicFault(topic)]).toEqual([topic, fault]);
  const valid = [
    'a',
    'site/area/line/status',
    'a/$b',
    'Größe/Länge',
    '🏭'.repeat(64),
    'é'.repeat(128),
    'a b/c.d-e_f',
  ];
  for (const topic of valid) expect([topic, isTopic(topic)]).toEqual([topic, true]);
});
