/**
 * Many small objects of few shapes, as JSON that says each name and text once. What machines say is most of a log, and
 * written out it is mostly names.
 */
export interface PackedRows {
  /** Members of each shape in their order; the first character tells how their values are written. */
  readonly shapes: readonly (readonly string[])[];
  /** Every text once. */
  readonly texts: readonly string[];
  /** Object by object: the number of its shape, then a value per member. */
  readonly rows: readonly unknown[];
}

/** A text, by its place among the texts. */
const TEXT = '$';
/** A number as it is. */
const NUMBER = '#';
/** An instant: a whole number of ms, less the instant written before it. */
const INSTANT = '@';
/** Anything else, as JSON. */
const OTHER = '=';

type Kind = typeof TEXT | typeof NUMBER | typeof INSTANT | typeof OTHER;

/** Whole numbers from here on are written as instants; smaller ones are short enough. */
const INSTANTS_FROM = 100_000_000_000;

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return TEXT;
  if (typeof value !== 'number' || !Number.isFinite(value)) return OTHER;
  return value >= INSTANTS_FROM && Number.isSafeInteger(value) ? INSTANT : NUMBER;
}

/** The members of a shape so far; its next ones branch off. */
interface Branch {
  readonly members: readonly string[];
  /** Place among the shapes; −1: no object ends here. */
  shape: number;
  readonly next: Map<string, Partial<Record<Kind, Branch>>>;
}

function newBranch(members: readonly string[]): Branch {
  return { members, shape: -1, next: new Map() };
}

function branchTo(from: Branch, name: string, kind: Kind): Branch {
  let byKind = from.next.get(name);
  if (byKind === undefined) {
    byKind = {};
    from.next.set(name, byKind);
  }
  return (byKind[kind] ??= newBranch([...from.members, kind + name]));
}

/** Members that are `undefined` are left out, as JSON leaves them out. */
export function packRows(items: readonly object[]): PackedRows {
  const shapes: (readonly string[])[] = [];
  const texts = new Map<string, number>();
  const rows: unknown[] = [];
  const root = newBranch([]);
  let instant = 0;
  const write = (kind: Kind, value: unknown): void => {
    if (kind === TEXT) {
      const text = value as string;
      const known = texts.get(text) ?? texts.size;
      if (known === texts.size) texts.set(text, known);
      rows.push(known);
    } else if (kind === INSTANT) {
      rows.push((value as number) - instant);
      instant = value as number;
    } else rows.push(value);
  };
  for (const item of items) {
    const start = rows.push(0) - 1;
    let branch = root;
    for (const name in item) {
      const value = (item as Readonly<Record<string, unknown>>)[name];
      if (value === undefined) continue;
      const kind = kindOf(value);
      branch = branchTo(branch, name, kind);
      write(kind, value);
    }
    if (branch.shape < 0) branch.shape = shapes.push(branch.members) - 1;
    rows[start] = branch.shape;
  }
  return { shapes, texts: [...texts.keys()], rows };
}

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
