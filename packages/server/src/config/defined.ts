type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops fields that are `undefined`, which `exactOptionalPropertyTypes` tells from absent ones. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}
