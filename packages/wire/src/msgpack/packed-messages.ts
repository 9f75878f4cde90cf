import { decodeServerValue, type DecodedServerMessages } from '../decode-server.ts';
import type { ClientMessage, ServerMessage } from '../messages.ts';
import { parseClientValue, type ParsedMessage } from '../parse-client.ts';
import { unpack } from './unpack.ts';

/** Reads one message of a client of `ms5.v1.msgpack`. */
export function parsePackedClientMessage(bytes: Uint8Array): ParsedMessage<ClientMessage> {
  const unpacked = unpack(bytes);
  if (unpacked.ok) return parseClientValue(unpacked.value);
  const expected = 'a MessagePack map';
  const found = `a message that cannot be read: ${unpacked.error}`;
  return { ok: false, error: { path: '', expected, found, message: `expected ${expected}, found ${found}` } };
}

/** Reads the WebSocket messages of one connection of `ms5.v1.msgpack`, in order. */
export type PackedReader = (bytes: Uint8Array) => DecodedServerMessages;

/** The reader keeps what `names` told, so every connection needs its own. Topics come out by their names. */
export function createPackedReader(): PackedReader {
  const names = new Map<number, string>();

  function named(message: ServerMessage): ServerMessage | null {
    if (!('topic' in message) || typeof message.topic === 'string') return message;
    const topic = names.get(message.topic);
    return topic === undefined ? null : { ...message, topic };
  }

  return (bytes) => {
    const unpacked = unpack(bytes);
    if (!unpacked.ok) return { ok: false, error: `not MessagePack: ${unpacked.error}` };
    const decoded = decodeServerValue(unpacked.value);
    if (!decoded.ok) return decoded;
    const messages: ServerMessage[] = [];
    for (const message of decoded.messages) {
      if (message.type === 'names') {
        for (const [name, number] of Object.entries(message.names)) names.set(number, name);
        continue;
      }
      const readable = named(message);
      if (readable === null) return { ok: false, error: 'a topic by a number that was not told' };
      messages.push(readable);
    }
    return { ok: true, messages };
  };
}
