/**
 * Long lists of alike objects, as JSON by columns: names once, whole numbers as steps from the one before, repetitions
 * counted. Facts of machines are most of a state, and written out they are mostly names and instants.
 */
interface PackedList {
  /** Members of each shape, in their order. */
  readonly '~shapes': readonly (readonly string[])[];
  /** Number of the shape of each object. */
  readonly order: Column;
  /** Per shape, a column per member. */
  readonly columns: readonly (readonly Column[])[];
}

type Column =
  /** Whole numbers, each less the one before (the first: less 0). */
  | { readonly steps: readonly number[] }
  /** The same, as step, how often, step, how often, and so on. */
  | { readonly runs: readonly number[] }
  | { readonly values: readonly unknown[] };

/** Shorter lists are left as they are. */
const PACKED_FROM = 16;
/** Lists of more shapes are no facts. */
const MAX_SHAPES = 8;

/** The same value with its long lists packed; made for `JSON.stringify`. */
export function packLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return packList(value) ?? value.map(packLists);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, packLists(member)]));
}

/** What `packLists` was given, out of what `JSON.parse` answers. */
export function unpackLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unpackLists);
  if ('~shapes' in value) return unpackList(value as PackedList);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unpackLists(member)]));
}

/** `null`: it is no long list of few shapes. */
function packList(items: readonly unknown[]): PackedList | null {
  if (items.length < PACKED_FROM) return null;
  const shapes: Shape[] = [];
  const order = createColumnWriter();
  let shape = 0;
  for (const item of items) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
    if (shapes[shape]?.write(item) !== true) {
      shape = shapes.findIndex((each) => each.write(item));
      if (shape < 0) {
        if (shapes.length === MAX_SHAPES || Object.keys(item).length === 0) return null;
        shape = shapes.push(createShape(item)) - 1;
        shapes[shape]?.write(item);
      }
    }
    order.write(shape);
  }
  return {
    '~shapes': shapes.map(({ names }) => names),
    order: order.finish(),
    columns: shapes.map(({ columns }) => columns.map((column) => column.finish())),
  };
}

interface Shape {
  readonly names: readonly string[];
  readonly columns: readonly ColumnWriter[];
  /** False: the object is of another shape. */
  write(item: object): boolean;
}

/** Members that are `undefined` are left out, as JSON leaves them out. */
function createShape(of: object): Shape {
  const names = Object.entries(of).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const columns = names.map(createColumnWriter);
  const values: unknown[] = names.map(() => undefined);
  return {
    names,
    columns,
    write(item) {
      let member = 0;
      for (const name in item) {
        const value = (item as Readonly<Record<string, unknown>>)[name];
        if (value === undefined) continue;
        if (names[member] !== name) return false;
        values[member] = value;
        member += 1;
      }
      if (member !== names.length) return false;
      for (let place = 0; place < member; place += 1) columns[place]?.write(values[place]);
      return true;
    },
  };
}

interface ColumnWriter {
  write(value: unknown): void;
  finish(): Column;
}

/** Half of the largest safe number, so that every step between two of them is exact. */
const MAX_STEP = Number.MAX_SAFE_INTEGER / 2;

function createColumnWriter(): ColumnWriter {
  const runs: number[] = [];
  let before = 0;
  let count = 0;
  let step = 0;
  let repeated = 0;
  /** From the first value on that is no whole number. */
  let values: unknown[] | null = null;
  const endRun = (): void => {
    if (repeated > 0) runs.push(step, repeated);
    repeated = 0;
  };
  return {
    write(value) {
      if (values !== null) {
        values.push(value);
      } else if (Number.isInteger(value) && Math.abs(value as number) <= MAX_STEP) {
        const next = (value as number) - before;
        before = value as number;
        if (next !== step) endRun();
        step = next;
        repeated += 1;
        count += 1;
      } else {
        endRun();
        values = [...unpackColumn({ runs }), value];
      }
    },
    finish() {
      if (values !== null) return { values: values.map(packLists) };
      endRun();
      return runs.length < count ? { runs } : { steps: stepsOf(runs) };
    },
  };
}

function stepsOf(runs: readonly number[]): readonly number[] {
  const steps: number[] = [];
  for (let place = 0; place < runs.length; place += 2)
    for (let left = runs[place + 1] ?? 0; left > 0; left -= 1) steps.push(runs[place] ?? 0);
  return steps;
}

function unpackList({ '~shapes': shapes, order, columns }: PackedList): readonly unknown[] {
  const lists = shapes.map((names, shape) => objectsOf(names, (columns[shape] ?? []).map(unpackColumn)));
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  const places = shapes.map(() => 0);
  return Array.from(unpackColumn(order) as Float64Array, (shape) => {
    const place = places[shape] ?? 0;
    places[shape] = place + 1;
    return lists[shape]?.[place];
  });
}

/** Values of a column by place; typed where they are numbers, so that millions leave nothing to collect. */
type Values = Float64Array | readonly unknown[];

function objectsOf(names: readonly string[], columns: readonly Values[]): readonly object[] {
  const length = columns[0]?.length ?? 0;
  const objects: object[] = [];
  for (let place = 0; place < length; place += 1) {
    const item: Record<string, unknown> = {};
    for (let member = 0; member < names.length; member += 1)
      item[names[member] as string] = columns[member]?.[place];
    objects.push(item);
  }
  return objects;
}

function unpackColumn(column: Column): Values {
  if ('values' in column) return column.values.map(unpackLists);
  let value = 0;
  if ('steps' in column) return Float64Array.from(column.steps, (step) => (value += step));
  const { runs } = column;
  let length = 0;
  for (let place = 1; place < runs.length; place += 2) length += runs[place] ?? 0;
  const values = new Float64Array(length);
  let next = 0;
  for (let place = 0; place < runs.length; place += 2) {
    const step = runs[place] ?? 0;
    const end = next + (runs[place + 1] ?? 0);
    for (; next < end; next += 1) values[next] = value += step;
  }
  return values;
}
