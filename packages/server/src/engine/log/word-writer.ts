import { memberOf, partOf, type Constant, type Kind, type Member, type NumberedWord } from './words.ts';

/** A text becomes a word when it is written so often: most of those that name one moment never are. */
const WORD_FROM = 8;
/** Longer texts are none. */
const WORD_LENGTH = 200;
/** Texts counted at a time; then counting begins anew. */
const COUNTED_TEXTS = 10_000;
/** Far more than a plant has names; what a log's words take in memory stays bounded. */
const MOST_WORDS = 20_000;
/** The rest is left to shapes. */
const MOST_TEXTS = 16_000;

/** The members of an object so far; its next one branches off. */
export interface Branch {
  readonly members: readonly Member[];
  /** Number of the shape; −1: it has none yet. */
  shape: number;
  /** By the name of the next member, then by how its value is written, or by the value that is part of the shape. */
  readonly next: Map<string, Map<Kind | Constant, Branch>>;
  /** The branch taken last, which is mostly taken again. */
  last: { readonly name: string; readonly by: Kind | Constant; readonly branch: Branch } | null;
}

/** The words a log is written with: those it has, and those it gets with the rows that name them first. */
export interface WordWriter {
  /** No members. */
  readonly root: Branch;
  /** `by`: how the value is written, or the value that is part of the shape. `undefined`: no room for more shapes. */
  follow(from: Branch, name: string, by: Kind | Constant): Branch | undefined;
  /** `undefined`: no room for more shapes. */
  shape(branch: Branch): number | undefined;
  /** The number of a word, or the text itself. */
  text(text: string): number | string;
  /**
   * Words given since they were last kept or dropped: to be written in one transaction with the rows that name them.
   */
  fresh(): readonly NumberedWord[];
  keep(): void;
  /** The rows were not written: their numbers are given again. */
  drop(): void;
}

export function createWordWriter(known: readonly NumberedWord[]): WordWriter {
  const root = newBranch([]);
  const texts = new Map<string, number>();
  const counted = new Map<string, number>();
  let fresh: { readonly word: NumberedWord; readonly forget: () => void }[] = [];
  let size = 0;

  const give = (word: NumberedWord['word'], forget: () => void): number => {
    const id = size;
    size += 1;
    fresh.push({ word: { id, word }, forget });
    return id;
  };

  const follow = (from: Branch, name: string, by: Kind | Constant): Branch | undefined => {
    const { last } = from;
    if (last !== null && last.name === name && last.by === by) return last.branch;
    let own = from.next.get(name);
    let branch = own?.get(by);
    if (branch === undefined) {
      if (size >= MOST_WORDS) return undefined;
      const member: Member = typeof by === 'number' ? memberOf(name, by) : [name, by];
      branch = newBranch([...from.members, member]);
      own ??= new Map();
      own.set(by, branch);
      from.next.set(name, own);
    }
    from.last = { name, by, branch };
    return branch;
  };

  const shape = (branch: Branch): number | undefined => {
    if (branch.shape >= 0) return branch.shape;
    if (size >= MOST_WORDS) return undefined;
    branch.shape = give(branch.members, () => {
      branch.shape = -1;
    });
    return branch.shape;
  };

  for (const { id, word } of known) {
    if (typeof word === 'string') texts.set(word, id);
    else {
      let branch: Branch | undefined = root;
      for (const member of word) {
        const { kind, name, value } = partOf(member);
        branch &&= follow(branch, name, kind ?? value);
      }
      if (branch !== undefined) branch.shape = id;
    }
    size = id + 1;
  }

  return {
    root,
    follow,
    shape,
    text: (text) => {
      const id = texts.get(text);
      if (id !== undefined) return id;
      if (size >= MOST_TEXTS || text.length > WORD_LENGTH) return text;
      const times = (counted.get(text) ?? 0) + 1;
      if (times < WORD_FROM) {
        if (counted.size >= COUNTED_TEXTS) counted.clear();
        counted.set(text, times);
        return text;
      }
      counted.delete(text);
      const given = give(text, () => texts.delete(text));
      texts.set(text, given);
      return given;
    },
    fresh: () => fresh.map(({ word }) => word),
    keep: () => {
      fresh = [];
    },
    drop: () => {
      size -= fresh.length;
      for (const { forget } of fresh) forget();
      fresh = [];
    },
  };
}

function newBranch(members: readonly Member[]): Branch {
  return { members, shape: -1, next: new Map(), last: null };
}
