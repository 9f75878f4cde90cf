/** A value that is not known, and why; never a default. */
export interface Unknown {
  readonly unknown: string;
}

/** A figure, or why there is none. Ratios are 0–1; performance may exceed 1. */
export type Figure = number | Unknown;

export function unknown(reason: string): Unknown {
  return { unknown: reason };
}

export function isKnown(figure: Figure): figure is number {
  return typeof figure === 'number';
}

/** Whether both are known and equal, or unknown for the same reason. */
export function isSameFigure(a: Figure, b: Figure): boolean {
  return isKnown(a) || isKnown(b) ? a === b : a.unknown === b.unknown;
}

/** The product of figures; the first unknown one otherwise. A known zero makes it zero: nothing was made. */
export function product(...figures: readonly Figure[]): Figure {
  if (figures.includes(0)) return 0;
  let result = 1;
  for (const figure of figures) {
    if (!isKnown(figure)) return figure;
    result *= figure;
  }
  return result;
}

/** The quotient; unknown for `reason` where there is nothing to divide by. */
export function ratio(part: number, whole: number, reason: string): Figure {
  return whole > 0 ? part / whole : unknown(reason);
}
