/** Many small objects of few shapes, each name and text once an entry: what version 2 of entries held. */
export interface PackedRows {
  /** Members of each shape in their order; the first character tells how their values are written. */
  readonly shapes: readonly (readonly string[])[];
  /** Every text once. */
  readonly texts: readonly string[];
  /** Object by object: the number of its shape, then a value per member, as JSON unless its sign says otherwise. */
  readonly rows: readonly unknown[];
}

/** A text, by its place among the texts. */
const TEXT = '$';
/** An instant: a whole number of ms, less the instant written before it. */
const INSTANT = '@';

/** The objects as they were, their members in the same order. */
export function unpackRows({ shapes, texts, rows }: PackedRows): readonly object[] {
  const members = shapes.map((shape) =>
    shape.map((member) => ({ kind: member.charAt(0), name: member.slice(1) })),
  );
  const items: object[] = [];
  let instant = 0;
  for (let place = 0; place < rows.length;) {
    const shape = members[rows[place] as number];
    if (shape === undefined) throw new RangeError(`no shape ${String(rows[place])}`);
    place += 1;
    const item: Record<string, unknown> = {};
    for (const { kind, name } of shape) {
      const value = rows[place];
      place += 1;
      if (kind === INSTANT) item[name] = instant += value as number;
      else item[name] = kind === TEXT ? texts[value as number] : value;
    }
    items.push(item);
  }
  return items;
}
