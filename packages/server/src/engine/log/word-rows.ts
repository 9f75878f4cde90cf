import type { Branch, WordWriter } from './word-writer.ts';
import { INSTANT, NUMBER, OTHER, TEXT, type Kind, type KnownWords } from './words.ts';

/** Whole numbers from here on are written as instants; smaller ones are short enough. */
const INSTANTS_FROM = 100_000_000_000;
/** The member whose text is part of the shape: what is of one type is mostly of one shape. */
const TYPE = 'type';

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return TEXT;
  if (typeof value !== 'number' || !Number.isFinite(value)) return OTHER;
  return value >= INSTANTS_FROM && Number.isSafeInteger(value) ? INSTANT : NUMBER;
}

/**
 * Many small objects of few shapes as one list for JSON, mostly of small numbers: object by object the number of its
 * shape, then a value for each member that is not part of it. An object for which there is no room among the words
 * stands there itself. `at`: the instant before the first. Members that are `undefined` are left out, as JSON leaves
 * them out.
 */
export function packByWords(items: readonly object[], at: number, words: WordWriter): readonly unknown[] {
  const rows: unknown[] = [];
  let instant = at;
  for (const item of items) {
    const start = rows.length;
    const before = instant;
    rows.push(0);
    let branch: Branch | undefined = words.root;
    for (const name in item) {
      const value = (item as Readonly<Record<string, unknown>>)[name];
      if (value === undefined) continue;
      if (value === null || typeof value === 'boolean' || (name === TYPE && typeof value === 'string')) {
        branch = words.follow(branch, name, value);
        if (branch === undefined) break;
        continue;
      }
      const kind = kindOf(value);
      branch = words.follow(branch, name, kind);
      if (branch === undefined) break;
      if (kind === INSTANT) {
        rows.push((value as number) - instant);
        instant = value as number;
      } else rows.push(kind === TEXT ? words.text(value as string) : value);
    }
    const shape = branch === undefined ? undefined : words.shape(branch);
    if (shape !== undefined) rows[start] = shape;
    else {
      rows.length = start;
      rows.push(item);
      instant = before;
    }
  }
  return rows;
}

/** The objects as they were, their members in the same order. A list of objects comes back as it is. */
export function unpackByWords(rows: readonly unknown[], at: number, words: KnownWords): readonly object[] {
  const items: object[] = [];
  let instant = at;
  for (let place = 0; place < rows.length;) {
    const first = rows[place];
    place += 1;
    if (typeof first !== 'number') {
      items.push(first as object);
      continue;
    }
    const item: Record<string, unknown> = {};
    for (const { kind, name, value } of words.shape(first)) {
      if (kind === null) {
        item[name] = value;
        continue;
      }
      const written = rows[place];
      place += 1;
      if (kind === INSTANT) item[name] = instant += written as number;
      else item[name] = kind === TEXT && typeof written === 'number' ? words.text(written) : written;
    }
    items.push(item);
  }
  return items;
}
