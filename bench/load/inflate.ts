import { constants, inflateRawSync } from 'node:zlib';

/** Messages remembered; a server that compresses once sends the same bytes to everybody at about the same time. */
const REMEMBERED = 32;

/**
 * The payloads of compressed messages (RFC 7692, without context takeover). Each is inflated once: the same bytes on
 * another connection are known by comparison, so that one load process can take what a thousand clients would inflate.
 */
export function createInflater(): (payload: Buffer) => Buffer {
  const known: { readonly payload: Buffer; readonly message: Buffer }[] = [];
  let next = 0;
  return (payload) => {
    for (const one of known) if (one.payload.equals(payload)) return one.message;
    // Without the end of a flush, which the sender leaves out (7.2.1), the last block is told to be incomplete.
    const message = inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
    known[next] = { payload: Buffer.from(payload), message };
    next = (next + 1) % REMEMBERED;
    return message;
  };
}
