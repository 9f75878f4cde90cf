import type { RowResult } from './result.ts';

export interface RowContext {
  /** One run of a few seconds each: to see that it works, not to quote. */
  readonly isShort: boolean;
  /** Of the product. */
  readonly version: string;
  say(text: string): void;
}

/** One row of the targets, or several that are measured together. */
export interface Row {
  readonly name: string;
  readonly what: string;
  run(context: RowContext): Promise<RowResult>;
}
