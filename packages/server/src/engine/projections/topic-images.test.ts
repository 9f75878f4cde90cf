import type { TopicChange } from '@ms5/hub';
import { describe, expect, it } from 'vitest';
import { IMAGE_LIMITS } from './kept-topic.ts';
import { createTopicImages } from './topic-images.ts';

const record = { kind: 'record', lane: 'high' } as const;
const collection = { kind: 'collection', lane: 'critical' } as const;
const stream = { kind: 'stream', lane: 'normal' } as const;
const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

function told(change: TopicChange | null): unknown {
  if (change === null || change.kind === 'removed') return change;
  if (change.kind === 'stream') return decode(change.entry);
  return {
    set: Object.fromEntries(change.set.map(([key, value]) => [key, decode(value)])),
    remove: change.remove,
  };
}

describe('a record', () => {
  it('tells only the fields that changed, each with its own offset', () => {
    const images = createTopicImages();
    expect(told(images.record('t', record, 1, 1_000, { a: 1, b: { c: [1] } }))).toEqual({
      set: { a: 1, b: { c: [1] } },
      remove: [],
    });
    expect(images.record('t', record, 2, 1_000, { a: 1, b: { c: [1] } })).toBe(null);
    expect(told(images.record('t', record, 3, 1_000, { a: 1, b: { c: [2] } }))).toEqual({
      set: { b: { c: [2] } },
      remove: [],
    });
    expect(images.images()[0]?.keys.map(({ key, offset }) => [key, offset])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });
});

describe('a collection', () => {
  it('leaves a tombstone for what is gone, until it is back', () => {
    const images = createTopicImages();
    images.collection('t', collection, 1, 1_000, [
      ['x', { v: 1 }],
      ['y', { v: 1 }],
    ]);
    expect(told(images.collection('t', collection, 2, 1_000, [['y', { v: 2 }]]))).toEqual({
      set: { y: { v: 2 } },
      remove: ['x'],
    });
    expect(images.images()[0]?.tombstones).toEqual([{ key: 'x', offset: 2 }]);
    expect(told(images.collection('t', collection, 3, 1_000, [['x', { v: 1 }]]))).toEqual({
      set: { x: { v: 1 } },
      remove: ['y'],
    });
    expect(images.images()[0]?.tombstones).toEqual([{ key: 'y', offset: 3 }]);
  });

  it('forgets old tombstones, and says below which offset', () => {
    const images = createTopicImages();
    for (let offset = 1; offset <= IMAGE_LIMITS.tombstones + 3; offset += 1) {
      images.collection('t', collection, offset, 1_000, [[`k${offset}`, {}]]);
    }
    const [image] = images.images();
    expect(image?.tombstones).toHaveLength(IMAGE_LIMITS.tombstones);
    expect(image?.tombstoneHorizon).toBe(3);
    expect(image?.tombstones[0]?.offset).toBe(4);
  });
});

describe('a stream', () => {
  it('keeps its entries within time and number', () => {
    const images = createTopicImages();
    images.append('t', stream, 5, 1000, [1]);
    images.append('t', stream, 6, 2000, [2]);
    expect(images.images()[0]).toMatchObject({ historyFrom: 4 });
    images.append('t', stream, 7, 1001 + IMAGE_LIMITS.ageMs, [3]);
    const [image] = images.images();
    expect(image?.historyFrom).toBe(5);
    expect(image?.entries.map(({ offset }) => offset)).toEqual([6, 7]);
    for (let offset = 8; offset < 8 + IMAGE_LIMITS.entries; offset += 1) {
      images.append('t', stream, offset, 1002 + IMAGE_LIMITS.ageMs, [offset]);
    }
    expect(images.images()[0]?.entries).toHaveLength(IMAGE_LIMITS.entries);
    expect(images.images()[0]?.historyFrom).toBe(7);
  });
});

it('a stream of long entries is kept short', () => {
  const images = createTopicImages();
  const long = ['x'.repeat(IMAGE_LIMITS.historyLength / 4)];
  for (let offset = 1; offset <= 10; offset += 1) images.append('t', stream, offset, 1000, long);
  expect(images.images()[0]).toMatchObject({ historyFrom: 7 });
  images.append('t', stream, 11, 1000, ['x'.repeat(2 * IMAGE_LIMITS.historyLength)]);
  expect(images.images()[0]?.entries.map(({ offset }) => offset)).toEqual([11]);
});

it('images restored are the images saved, and go on the same way', () => {
  const images = createTopicImages();
  images.record('r', record, 1, 1_000, { a: 1 });
  images.collection('c', collection, 2, 1_000, [['x', {}]]);
  images.collection('c', collection, 3, 1_000, []);
  images.append('s', stream, 4, 1000, ['ä']);
  images.declare('empty', stream, 4);
  images.declare('gone', stream, 4);
  images.retain((topic) => topic !== 'gone', 5);
  const restored = createTopicImages(images.images(), images.removals());
  expect(restored.images()).toEqual(images.images());
  expect(restored.removals()).toEqual(images.removals());
  expect(restored.record('r', record, 5, 1_000, { a: 1 })).toBe(null);
  restored.append('s', stream, 6, 2000, [2]);
  images.append('s', stream, 6, 2000, [2]);
  expect(restored.images()).toEqual(images.images());
});

it('topics that are no longer wanted are removed', () => {
  const images = createTopicImages();
  images.record('a', record, 1, 1_000, { v: 1 });
  images.record('b', record, 1, 1_000, { v: 1 });
  expect(images.retain((topic) => topic === 'b', 2)).toEqual([{ kind: 'removed', topic: 'a' }]);
  expect(images.images().map(({ topic }) => topic)).toEqual(['b']);
});

it('removed topics are remembered, until they are back or too many', () => {
  const images = createTopicImages();
  images.record('a', collection, 1, 1_000, { v: 1 });
  images.retain(() => false, 2);
  expect(images.removals()).toEqual({
    removed: [{ topic: 'a', lane: 'critical', offset: 2 }],
    removalHorizon: 0,
  });
  images.declare('a', collection, 3);
  expect(images.removals().removed).toEqual([]);
  const count = IMAGE_LIMITS.removedTopics + 2;
  for (let index = 0; index < count; index += 1) images.declare(`t${index}`, stream, 4);
  images.retain((topic) => topic === 'a', 5);
  expect(images.removals().removed).toHaveLength(IMAGE_LIMITS.removedTopics);
  expect(images.removals().removalHorizon).toBe(5);
});

it('a topic has the time of its newest change, and none before its first', () => {
  const images = createTopicImages();
  images.declare('r', record, 1);
  expect(images.images()[0]?.at).toBe(0);
  images.record('r', record, 2, 2_000, { a: 1 });
  images.record('r', record, 3, 3_000, { a: 1 });
  expect(images.images()[0]?.at).toBe(2_000);
});
