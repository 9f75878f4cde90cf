import { parseShdrLine, rejected, type ShdrItem } from './shdr-line.ts';

/** Bounds of one multi-line block. */
export const BLOCK_LIMITS = { lines: 10_000, characters: 1024 * 1024 } as const;

export interface ShdrParser {
  /** Items of one line, in order: none inside a block; two when a line shows that a block was never ended. */
  line(text: string): readonly ShdrItem[];
  /** The input ended: an open block is reported. */
  end(): readonly ShdrItem[];
}

interface Block {
  readonly terminator: string;
  readonly head: string;
  lines: number;
  characters: number;
}

const BLOCK_START = /\|(--multiline--[^|]*)$/;
/** A line of a block is part of a document; one that begins like this is the next data line. */
const LOOKS_LIKE_DATA = /^\d{4}-\d{2}-\d{2}T[^|<>]*\|/;

/** Follows the lines of one connection or file; asset bodies (`--multiline--TAG` … `--multiline--TAG`) are skipped. */
export function createShdrParser(): ShdrParser {
  let block: Block | null = null;

  const start = (text: string): readonly ShdrItem[] => {
    if (text.trim() === '') return [];
    const terminator = text.includes('|@') ? BLOCK_START.exec(text)?.[1] : undefined;
    if (terminator === undefined) return [parseShdrLine(text)];
    block = { terminator, head: text, lines: 0, characters: 0 };
    return [];
  };

  const unterminated = (open: Block, message: string): ShdrItem => {
    block = null;
    return rejected('unterminated', `${message}; expected a line "${open.terminator}"`, open.head);
  };

  return {
    line: (text) => {
      if (block === null) return start(text);
      if (text.trimEnd() === block.terminator) {
        const { head } = block;
        block = null;
        return [parseShdrLine(head)];
      }
      if (LOOKS_LIKE_DATA.test(text)) {
        return [unterminated(block, 'an asset is followed by data before its end'), ...start(text)];
      }
      block.lines += 1;
      block.characters += text.length;
      if (block.lines > BLOCK_LIMITS.lines || block.characters > BLOCK_LIMITS.characters) {
        return [unterminated(block, `an asset is longer than ${BLOCK_LIMITS.characters} characters`)];
      }
      return [];
    },
    end: () => (block === null ? [] : [unterminated(block, 'the input ends inside an asset')]),
  };
}
