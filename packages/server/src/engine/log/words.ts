import type { Database } from 'better-sqlite3';

/**
 * What the rows of a log say again and again, each written once for the whole log and named by number from then on: a
 * text, or the shape of an object. A word never changes and is never taken back.
 */
type Word = string | Shape;

/** The members of an object in their order. */
type Shape = readonly Member[];

/** The first character tells how the values are written; a value that is part of the shape stands beside its name. */
export type Member = string | readonly [name: string, value: Constant];

export type Constant = string | boolean | null;

/** How a value is written. */
export type Kind = typeof TEXT | typeof NUMBER | typeof INSTANT | typeof OTHER;

/** A text: the number of its word, or the text itself. */
export const TEXT = 0;
/** A number as it is. */
export const NUMBER = 1;
/** An instant: a whole number of ms, less the instant written before it. */
export const INSTANT = 2;
/** Anything else, as JSON. */
export const OTHER = 3;

const SIGNS = '$#@=';

export function memberOf(name: string, kind: Kind): Member {
  return SIGNS.charAt(kind) + name;
}

/** How a member is read. */
export interface Part {
  /** `null`: the value is part of the shape. */
  readonly kind: Kind | null;
  readonly name: string;
  readonly value: Constant;
}

export function partOf(member: Member): Part {
  if (typeof member !== 'string') return { kind: null, name: member[0], value: member[1] };
  return { kind: SIGNS.indexOf(member.charAt(0)) as Kind, name: member.slice(1), value: null };
}

/** Words by their numbers. Both throw a `RangeError` when there is no such word. */
export interface KnownWords {
  text(id: number): string;
  shape(id: number): readonly Part[];
}

export interface NumberedWord {
  readonly id: number;
  readonly word: Word;
}

/** The words of a log; `wordsFrom` is asked for more when a row names one that is not known yet. */
export function createKnownWords(wordsFrom: (id: number) => readonly NumberedWord[]): KnownWords {
  const texts: (string | undefined)[] = [];
  const shapes: (readonly Part[] | undefined)[] = [];
  const load = (): void => {
    for (const { id, word } of wordsFrom(texts.length)) {
      texts[id] = typeof word === 'string' ? word : undefined;
      shapes[id] = typeof word === 'string' ? undefined : word.map(partOf);
    }
  };
  /** Another process may have written it since. */
  const loaded = <Value>(of: readonly (Value | undefined)[], id: number): Value => {
    load();
    const known = of[id];
    if (known === undefined) throw new RangeError(`no word ${id}`);
    return known;
  };
  return {
    text: (id) => texts[id] ?? loaded(texts, id),
    shape: (id) => shapes[id] ?? loaded(shapes, id),
  };
}

/** Words of the log in `database` numbered `from` and above, in order. */
export function wordsFrom(database: Database, from: number): readonly NumberedWord[] {
  return database
    .prepare<[number], { id: number; word: string }>('SELECT id, word FROM words WHERE id >= ? ORDER BY id')
    .all(from)
    .map(({ id, word }) => ({ id, word: JSON.parse(word) as Word }));
}
