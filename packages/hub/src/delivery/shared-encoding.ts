import type { DataEncoding } from './encoding.ts';

export interface SharedEncoding {
  readonly encoding: DataEncoding;
  /** Forgets what was put together. */
  readonly forget: () => void;
}

/** What is remembered: what sessions that stand at the same place are due one after the other. */
const SERIES = 16;
const MAX_BYTES = 8_388_608;

interface Joined {
  readonly messages: readonly Uint8Array[];
  readonly joined: readonly Uint8Array[];
}

/**
 * The encoding, but that the same messages joined again, and the same mark, give the same buffers: sessions that
 * go step by step share them too, and so does whoever frames them.
 */
export function shareEncoding(encoding: DataEncoding): SharedEncoding {
  /** The newest last. */
  let recent: Joined[] = [];
  let bytes = 0;
  const marks = new Map<string, readonly Uint8Array[]>();

  function forget(): void {
    recent = [];
    bytes = 0;
    marks.clear();
  }

  function remember(entry: Joined): void {
    for (const { byteLength } of entry.joined) bytes += byteLength;
    if (bytes > MAX_BYTES) forget();
    recent.push(entry);
    if (recent.length > SERIES) recent.shift();
  }

  return {
    encoding: {
      ...encoding,
      join(messages) {
        if (messages.length < 2) return messages;
        const known = recent.findLast((entry) => isSame(entry.messages, messages));
        if (known !== undefined) return known.joined;
        const joined = encoding.join(messages);
        remember({ messages, joined });
        return joined;
      },
      mark(log, lane, offset) {
        const key = `${log.index} ${log.epoch} ${lane} ${offset}`;
        let mark = marks.get(key);
        if (mark === undefined) {
          mark = encoding.mark(log, lane, offset);
          if (marks.size >= SERIES) marks.clear();
          marks.set(key, mark);
        }
        return mark;
      },
    },
    forget,
  };
}

/** From the end, where series that begin at the same place differ. */
function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = a.length - 1; index >= 0; index -= 1) if (a[index] !== b[index]) return false;
  return true;
}
