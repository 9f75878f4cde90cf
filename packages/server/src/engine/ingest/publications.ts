import { findTopicFault, LIMITS, type Json, type PublishLane, type TopicKind } from '@ms5/wire';
import type { PublishRequest } from '../../engine-port.ts';
import type { TopicClass } from '../projections/topics.ts';

export const PUBLICATION_LIMITS = {
  /** UTF-8 bytes of a field, a document or an entry, encoded. */
  documentBytes: 32 * 1024,
  /** UTF-8 bytes of a whole publication, encoded. */
  bytes: 64 * 1024,
  /** UTF-16 units of a key or a field's name. */
  keyLength: 128,
} as const;

/** A well-formed change of a topic that is kept; whether it fits the topic is not decided yet. */
export interface Publication {
  readonly topic: string;
  readonly kind: TopicClass['kind'];
  readonly lane: PublishLane;
  /** `null`: the topic is removed. */
  readonly data: Json;
}

export type ParsedPublication =
  | { readonly ok: true; readonly kind: 'kept'; readonly publication: Publication }
  | { readonly ok: true; readonly kind: 'signal'; readonly topic: string; readonly value: Json }
  | { readonly ok: false; readonly message: string };

const KINDS: readonly TopicKind[] = ['stream', 'record', 'collection', 'signal'];
const PUBLISH_LANES: readonly string[] = ['high', 'normal', 'low'];

/** Checks what can be checked without knowing the topic. */
export function parsePublication({ topic, kind, lane, data, key }: PublishRequest): ParsedPublication {
  const fault = findTopicFault(topic);
  if (fault !== null) return refuse(`the topic ${fault}`);
  if (!topic.startsWith('app/')) return refuse(`others publish below app/, found ${topic}`);
  if (!KINDS.includes(kind)) return refuse(`kind: expected ${KINDS.join(', ')}, found ${kind}`);
  if (key !== undefined && (key === '' || key.length > LIMITS.nameLength)) {
    return refuse(`key: expected 1 to ${LIMITS.nameLength} characters, found ${key.length}`);
  }
  if (isDeeperThan(data, LIMITS.jsonDepth)) {
    return refuse(`data: expected JSON nested at most ${LIMITS.jsonDepth} levels deep`);
  }
  const bytes = bytesOf(data);
  if (bytes === 0) return refuse('data: expected JSON, found nothing');
  if (bytes > PUBLICATION_LIMITS.bytes) {
    return refuse(`data: expected at most ${PUBLICATION_LIMITS.bytes} bytes, found ${bytes}`);
  }
  if (kind === 'signal') return { ok: true, kind, topic, value: data };
  if (!PUBLISH_LANES.includes(lane)) {
    return refuse(`lane: expected ${PUBLISH_LANES.join(', ')}, found ${lane}`);
  }
  const unfit = data === null ? null : dataFault(kind, data);
  return unfit === null
    ? { ok: true, kind: 'kept', publication: { topic, kind, lane, data } }
    : refuse(unfit);
}

function refuse(message: string): ParsedPublication {
  return { ok: false, message };
}

function bytesOf(value: unknown): number {
  // `undefined` has no JSON.
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 0 : Buffer.byteLength(json);
}

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each: Json) => isDeeperThan(each, levels - 1));
}

type Table = { readonly [key: string]: Json };

function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataFault(kind: Publication['kind'], data: Json): string | null {
  if (kind === 'stream') return documentFault('data', data);
  if (!isTable(data)) {
    const shape = kind === 'record' ? 'an object of fields' : '{"set": {key: document}, "remove": [key]}';
    return `data: expected ${shape} for a ${kind}`;
  }
  return kind === 'record' ? tableFault('data', data) : collectionFault(data);
}

function collectionFault(data: Table): string | null {
  const { set, remove, ...others } = data;
  const [other] = Object.keys(others);
  if (other !== undefined) return `data.${other.slice(0, 64)}: expected "set" and "remove" only`;
  if (set !== undefined && !isTable(set)) return 'data.set: expected an object of documents by key';
  const fault = set === undefined ? null : tableFault('data.set', set);
  if (fault !== null || remove === undefined) return fault;
  if (!Array.isArray(remove) || remove.some((key) => typeof key !== 'string')) {
    return 'data.remove: expected an array of keys';
  }
  const both = remove.find((key) => set !== undefined && Object.hasOwn(set, key as string));
  return both === undefined ? null : `data.remove: ${JSON.stringify(both)} is set as well`;
}

function tableFault(path: string, table: Table): string | null {
  for (const [key, document] of Object.entries(table)) {
    if (key === '' || key.length > PUBLICATION_LIMITS.keyLength) {
      const found = `${JSON.stringify(key.slice(0, 32))} of ${key.length}`;
      return `${path}: expected keys of 1 to ${PUBLICATION_LIMITS.keyLength} characters, found ${found}`;
    }
    const fault = documentFault(`${path}.${key}`, document);
    if (fault !== null) return fault;
  }
  return null;
}

function documentFault(path: string, document: Json): string | null {
  const bytes = bytesOf(document);
  if (bytes <= PUBLICATION_LIMITS.documentBytes) return null;
  return `${path}: expected at most ${PUBLICATION_LIMITS.documentBytes} bytes, found ${bytes}`;
}

/** What a record or collection is to be changed by; `data` was found good. */
export function keyedData(
  kind: 'record' | 'collection',
  data: Json,
): { readonly set: readonly (readonly [string, Json])[]; readonly remove: readonly string[] } {
  if (!isTable(data)) return { set: [], remove: [] };
  if (kind === 'record') return { set: Object.entries(data), remove: [] };
  const { set, remove } = data;
  return {
    set: isTable(set) ? Object.entries(set) : [],
    remove: Array.isArray(remove) ? remove.filter((key) => typeof key === 'string') : [],
  };
}
