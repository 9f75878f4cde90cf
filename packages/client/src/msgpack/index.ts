import { createPackedReader, pack } from '@ms5/wire/msgpack';
import type { Encoding } from '../encoding.ts';

/** Smaller messages, in binary: `createClient({ encoding: messagePack() })`. For links where bytes are dear. */
export function messagePack(): Encoding {
  return {
    subprotocol: 'ms5.v1.msgpack',
    open() {
      const read = createPackedReader();
      return {
        encode: pack,
        decode: (data) =>
          typeof data === 'string'
            ? { ok: false, error: 'a text message where binary ones were agreed on' }
            : read(data),
      };
    },
  };
}
