import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { subscribePerFrame } from './frame-system.ts';

/** What can be read and tells when it changed. `get` gives the same object until then. */
export interface Readable<V> {
  readonly get: () => V;
  readonly subscribe: (listener: () => void) => () => void;
  /** What a server renders, and a browser while it takes over. */
  readonly getOnServer: () => V;
}

export type IsEqual<S> = (a: S, b: S) => boolean;

/** The same, or objects (not maps or sets) with the same values under the same keys. */
export function isShallowEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * What `select` makes of the readable's value. The component renders again only when that changed by `isEqual`.
 * `select` may be a new function each time.
 */
export function useSelected<V, S>(
  readable: Readable<V>,
  select: (value: V) => S,
  isEqual: IsEqual<S> = isShallowEqual,
): S {
  const renderedRef = useRef<{ readonly selection: S } | null>(null);
  const [read, readOnServer] = useMemo(() => {
    const reader = (get: () => V): (() => S) => {
      let last: { readonly value: V; readonly selection: S } | null = null;
      return () => {
        const value = get();
        if (last !== null && Object.is(last.value, value)) return last.selection;
        const selection = select(value);
        const known = last ?? renderedRef.current;
        const isSame = known !== null && isEqual(known.selection, selection);
        last = { value, selection: isSame ? known.selection : selection };
        return last.selection;
      };
    };
    return [reader(readable.get), reader(readable.getOnServer)];
  }, [readable, select, isEqual, renderedRef]);

  const subscribe = useCallback(
    (listener: () => void) => subscribePerFrame(readable.subscribe, listener),
    [readable],
  );
  const selection = useSyncExternalStore(subscribe, read, readOnServer);
  useEffect(() => {
    renderedRef.current = { selection };
  }, [selection, renderedRef]);
  return selection;
}

export const identity = <V>(value: V): V => value;
