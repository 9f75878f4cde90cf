import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { decodeEngineState, encodeEngineState, type PlantConfig } from '@ms5/domain';
import type { LogImage } from '@ms5/hub';
import type { LogSnapshot } from '../log/event-log.ts';
import { isAppTopic } from '../projections/app-topics.ts';
import { createProjector, PROJECTION_VERSION } from '../projections/projector.ts';
import { createByteReader } from '../thread/byte-reader.ts';
import { createByteWriter, type ByteWriter } from '../thread/byte-writer.ts';
import { decodeImage, writeImage } from '../thread/changes-codec.ts';
import type { Memory } from './group.ts';

/** Form of the snapshot's bytes. */
const SNAPSHOT_VERSION = 'snapshot-4';
/** As the present form, not compressed. */
const UNCOMPRESSED = 'snapshot-3';
/** As that, without single changes. */
const WITHOUT_SINGLES = 'snapshot-2';

/** Snapshots have some MB, which would come and go in a thousand pieces of the usual length. */
const IN_CHUNKS = { chunkSize: 256 * 1024 };
/** What streams tell repeats itself: compressing it takes less than writing it would. */
const COMPRESSION = { ...IN_CHUNKS, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function imageOf(memory: Memory, site: string, logId: string): LogImage {
  return { ...imageHead(memory, site, logId), topics: memory.projector.images() };
}

function imageHead(memory: Memory, site: string, logId: string): Omit<LogImage, 'topics'> {
  return {
    log: site,
    epoch: epochOf(logId),
    offset: memory.offset,
    ...memory.projector.removals(),
  };
}

/** A log emptied and begun again, or topics that changed their meaning, must void every offset a client holds. */
function epochOf(logId: string): string {
  return `${logId}.${PROJECTION_VERSION}`;
}

/** Encodes the snapshots of one memory, each about as long as the one before: its buffer need not grow for it. */
export function createSnapshotEncoder(memory: Memory, logId: string): () => LogSnapshot {
  let likelyBytes = 1024 * 1024;
  return () => {
    const writer = createByteWriter(likelyBytes);
    writeSnapshot(writer, memory, logId);
    const written = writer.view();
    likelyBytes = Math.ceil(written.byteLength * 1.1);
    const data = zstdCompressSync(written, COMPRESSION);
    return { offset: memory.offset, at: memory.at, version: SNAPSHOT_VERSION, data };
  };
}

export function encodeSnapshot(memory: Memory, logId: string): LogSnapshot {
  return createSnapshotEncoder(memory, logId)();
}

function writeSnapshot(writer: ByteWriter, memory: Memory, logId: string): void {
  writer.text(JSON.stringify(memory.config));
  writer.text(JSON.stringify([...memory.pendingLines]));
  writer.text(encodeEngineState(memory.state));
  const image = { ...imageHead(memory, memory.config.site.id, logId), topics: memory.projector.textImages() };
  writer.block(() => writeImage(writer, image));
}

export interface RestoredSnapshot {
  readonly memory: Memory;
  /** False: the topics are of another projection, and `memory.projector` has those of other programs only. */
  readonly hasTopics: boolean;
}

/** `undefined`: of another version, or unreadable; the log is then read from its start. */
export function decodeSnapshot(snapshot: LogSnapshot, logId: string): RestoredSnapshot | undefined {
  const { version } = snapshot;
  if (version !== SNAPSHOT_VERSION && version !== UNCOMPRESSED && version !== WITHOUT_SINGLES)
    return undefined;
  const withSingles = version !== WITHOUT_SINGLES;
  try {
    const data = version === SNAPSHOT_VERSION ? zstdDecompressSync(snapshot.data, IN_CHUNKS) : snapshot.data;
    const reader = createByteReader(data);
    const config = JSON.parse(reader.text()) as PlantConfig;
    const pendingLines = new Set(JSON.parse(reader.text()) as string[]);
    const decoded = decodeEngineState(reader.text());
    if (decoded.status !== 'decoded') return undefined;
    const image = decodeImage(reader.bytes(), withSingles);
    const hasTopics = image.epoch === epochOf(logId);
    const { offset, at } = snapshot;
    const projector = hasTopics
      ? createProjector(image.topics, image)
      : createProjector(image.topics.filter(({ topic }) => isAppTopic(topic)));
    return {
      memory: { state: decoded.state, config, projector, pendingLines, projectedLines: 0, offset, at },
      hasTopics,
    };
  } catch {
    return undefined;
  }
}
