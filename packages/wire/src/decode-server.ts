import type { ServerMessage } from './messages.ts';

const KNOWN: Readonly<Record<ServerMessage['type'], true>> = {
  welcome: true,
  subscribed: true,
  synced: true,
  unsubscribed: true,
  snapshot: true,
  delta: true,
  entries: true,
  signal: true,
  mark: true,
  window: true,
  gone: true,
  outcome: true,
  published: true,
  signedOut: true,
  names: true,
  ping: true,
  probed: true,
  refreshed: true,
  expiring: true,
  drain: true,
  error: true,
};

export type DecodedServerMessages =
  | { readonly ok: true; readonly messages: readonly ServerMessage[] }
  /** Not JSON, or not a message or array of messages: the other side does not speak this protocol. */
  | { readonly ok: false; readonly error: string };

/**
 * Decodes one WebSocket message of `ms5.v1.json`: one protocol message, or an array of them, in order.
 * Types that are not known are left out. Fields are trusted: the server is.
 */
export function decodeServerMessages(text: string): DecodedServerMessages {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, error: 'not JSON' };
  }
  return decodeServerValue(value);
}

/** The same of a value that was decoded already. */
export function decodeServerValue(value: unknown): DecodedServerMessages {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const messages: ServerMessage[] = [];
  for (const item of list) {
    if (typeof item !== 'object' || item === null || !('type' in item) || typeof item.type !== 'string')
      return { ok: false, error: 'not a message: an object with a string "type"' };
    if (Object.hasOwn(KNOWN, item.type)) messages.push(item as ServerMessage);
  }
  return { ok: true, messages };
}
