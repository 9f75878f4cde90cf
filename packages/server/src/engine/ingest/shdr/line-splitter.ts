/** A line over this many bytes is not SHDR: the peer is something else, and is cut off. */
export const MAX_LINE_BYTES = 1024 * 1024;

export interface LineSplitter {
  /** Complete lines, without `\n` or `\r\n`. After `overflow` nothing more is to be pushed. */
  push(chunk: Uint8Array): { readonly lines: readonly string[]; readonly overflow: boolean };
  /** What is left without an end-of-line: an unfinished line. */
  rest(): string;
}

const LINE_FEED = 0x0a;

/** Bytes to lines, over any chunk borders. Invalid UTF-8 becomes U+FFFD. Keeps at most one unfinished line. */
export function createLineSplitter(maxLineBytes = MAX_LINE_BYTES): LineSplitter {
  let parts: Buffer[] = [];
  let heldBytes = 0;

  const complete = (end: Buffer): string => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    heldBytes = 0;
    const text = bytes.toString('utf8');
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };

  return {
    push: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const lines: string[] = [];
      let from = 0;
      for (;;) {
        const end = bytes.indexOf(LINE_FEED, from);
        const lineBytes = heldBytes + (end === -1 ? bytes.length : end) - from;
        if (lineBytes > maxLineBytes) return { lines, overflow: true };
        if (end === -1) break;
        lines.push(complete(bytes.subarray(from, end)));
        from = end + 1;
      }
      if (from < bytes.length) {
        // A copy: the chunk belongs to the socket.
        parts.push(Buffer.from(bytes.subarray(from)));
        heldBytes += bytes.length - from;
      }
      return { lines, overflow: false };
    },
    rest: () => Buffer.concat(parts).toString('utf8'),
  };
}
