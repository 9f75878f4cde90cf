import type { Unknown } from '@ms5/client';

/** True for a value the server does not know; what it does not know, it says why. */
export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && typeof (value as Unknown).unknown === 'string';
}

/** A value, or the code of the reason why there is none. `notReceived`: the screen has not been told yet. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export function known<T>(value: T | Unknown | undefined): Known<T> {
  if (value === undefined) return { known: false, why: 'notReceived' };
  if (isUnknown(value)) return { known: false, why: value.unknown };
  return { known: true, value };
}
