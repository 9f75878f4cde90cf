import { decodeServerMessages, type ClientMessage, type DecodedServerMessages } from '@ms5/wire';

/** How protocol messages are written in WebSocket messages. */
export interface Encoding {
  /** Asks the server for it. */
  readonly subprotocol: string;
  /** For one connection: what an encoding remembers begins anew with each. */
  open(): Codec;
}

export interface Codec {
  encode(message: ClientMessage): string | Uint8Array;
  decode(data: string | Uint8Array): DecodedServerMessages;
}

const codec: Codec = {
  encode: (message) => JSON.stringify(message),
  decode: (data) =>
    typeof data === 'string'
      ? decodeServerMessages(data)
      : { ok: false, error: 'a binary message where texts were agreed on' },
};

export const json: Encoding = { subprotocol: 'ms5.v1.json', open: () => codec };

/** Payload, as the server counts it: by characters, an ack would come late where they are not ASCII. */
export function byteLengthOf(data: string | Uint8Array): number {
  if (typeof data !== 'string') return data.byteLength;
  let bytes = data.length;
  for (let index = 0; index < data.length; index += 1) {
    const unit = data.charCodeAt(index);
    // A surrogate is half of a character of four bytes.
    if (unit > 0x7f) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
