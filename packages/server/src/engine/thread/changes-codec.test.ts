import * as fc from 'fast-check';
import type { EntryChanges, LogImage, SignalChange, TopicChange, TopicImage } from '@ms5/hub';
import { LANES } from '@ms5/wire';
import { describe, expect, it } from 'vitest';
import { createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';
import {
  decodeChanges,
  decodeImage,
  decodeSignals,
  encodeChanges,
  encodeImage,
  encodeSignals,
  writeImage,
} from './changes-codec.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const bytes = fc.uint8Array({ maxLength: 50 });
const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const lane = fc.constantFrom(...LANES);

const change: fc.Arbitrary<TopicChange> = fc.oneof(
  fc.record({ kind: fc.constant('stream' as const), topic: text, lane, entry: bytes }),
  fc.record({
    kind: fc.constantFrom('record' as const, 'collection' as const),
    topic: text,
    lane,
    set: fc.array(fc.tuple(text, bytes)),
    remove: fc.array(text),
  }),
  fc.record({ kind: fc.constant('removed' as const), topic: text }),
);
const entry: fc.Arbitrary<EntryChanges> = fc.record({ offset, at: offset, changes: fc.array(change) });
const signal: fc.Arbitrary<SignalChange> = fc.record({ topic: text, at: offset, value: bytes });
const single = fc.record({
  offset,
  at: offset,
  set: fc.array(fc.tuple(text, bytes)),
  remove: fc.array(text),
});
const keptTopic = {
  topic: text,
  kind: fc.constantFrom('stream' as const, 'record' as const, 'collection' as const),
  lane,
  at: offset,
  keys: fc.array(fc.record({ key: text, offset, value: bytes })),
  tombstones: fc.array(fc.record({ key: text, offset })),
  tombstoneHorizon: offset,
  entries: fc.array(fc.record({ offset, at: offset, data: bytes })),
  historyFrom: offset,
};
const singles = fc.record({ from: offset, changes: fc.array(single) });
const topic: fc.Arbitrary<TopicImage> = fc.oneof(fc.record(keptTopic), fc.record({ ...keptTopic, singles }));
const image: fc.Arbitrary<LogImage> = fc.record({
  log: text,
  epoch: text,
  offset,
  topics: fc.array(topic),
  removed: fc.array(fc.record({ topic: text, lane, offset })),
  removalHorizon: offset,
});

describe('what crosses between the threads arrives as it was sent', () => {
  it('changes', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(decodeChanges(encodeChanges(entries))).toEqual(entries);
      }),
    );
  });

  it('signals', () => {
    fc.assert(
      fc.property(fc.array(signal), (signals) => {
        expect(decodeSignals(encodeSignals(signals))).toEqual(signals);
      }),
    );
  });

  it('images', () => {
    fc.assert(
      fc.property(image, (whole) => {
        expect(decodeImage(encodeImage(whole))).toEqual(whole);
      }),
    );
  });

  it('images whose values are still texts', () => {
    const json = fc.json({ maxDepth: 1 });
    fc.assert(
      fc.property(image, json, (whole, value) => {
        const withValues = <Value>(of: Value) => ({
          ...whole,
          topics: whole.topics.map((each) => ({
            ...each,
            keys: each.keys.map((key) => ({ ...key, value: of })),
            entries: each.entries.map((own) => ({ ...own, data: of })),
            singles: {
              from: 1,
              changes: [{ offset: 2, at: 3, set: [['k', of]] as const, remove: ['gone'] }],
            },
          })),
        });
        const writer = createByteWriter();
        writer.block(() => writeImage(writer, withValues(value)));
        const written = createByteReader(writer.finish());
        expect(decodeImage(written.bytes())).toEqual(withValues(new TextEncoder().encode(value)));
        expect(written.done()).toBe(true);
      }),
    );
  });

  it('values far longer than the first buffer', () => {
    const entries: EntryChanges[] = [
      {
        offset: 1,
        at: 2,
        changes: [
          { kind: 'stream', topic: 'é'.repeat(5000), lane: 'low', entry: new Uint8Array(100_000).fill(7) },
        ],
      },
    ];
    expect(decodeChanges(encodeChanges(entries))).toEqual(entries);
  });

  it('and bytes that end too soon are noticed', () => {
    const encoded = encodeSignals([{ topic: 't', at: 1, value: Uint8Array.of(1, 2, 3) }]);
    expect(() => decodeSignals(encoded.subarray(0, encoded.length - 1))).toThrow(RangeError);
  });
});
