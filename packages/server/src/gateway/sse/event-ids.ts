import {
  encodeEventId,
  LANES,
  type LogId,
  type Mark,
  type MarkMessage,
  type SubscribedMessage,
  type SyncedMessage,
} from '@ms5/wire';

/** Gives the marks of one stream as event ids, so that its client can come back to where it stands. */
export interface EventIds {
  /** The message itself, or with the id that holds once it is applied. */
  stamp(message: Uint8Array): Uint8Array;
}

const PREFIX = 'event: ';
const LINE_FEED = 0x0a;
/** Messages that move marks, or let them count. */
const STAMPED: ReadonlySet<string> = new Set(['mark', 'subscribed', 'synced']);

/** `resumed`: the marks the client gave and which are used; `null`: it starts anew. */
export function createEventIds(resumed: readonly Mark[] | null): EventIds {
  const marks = new Map<string, Mark>();
  let filters: readonly string[] = [];
  // Marks count once all their topics were brought to their heads (rule R3), and only together: what is in a lane
  // without one would be taken for unknown. The last lane's mark comes behind `synced`.
  let isSynced = resumed !== null;
  for (const mark of resumed ?? []) set(mark);

  function set({ lane, log, epoch, offset }: Mark): void {
    marks.set(`${log} ${lane}`, { lane, log, epoch, offset });
  }
  function forget(log: LogId): void {
    for (const [key, mark] of marks) if (mark.log === log) marks.delete(key);
  }
  function isComplete(): boolean {
    const logs = new Set([...marks.values()].map(({ log }) => log));
    return isSynced && marks.size > 0 && marks.size === logs.size * LANES.length;
  }
  function apply(message: MarkMessage | SubscribedMessage | SyncedMessage): void {
    if (message.type === 'mark') return set(message);
    if (message.type === 'synced') {
      isSynced = true;
      return;
    }
    ({ filters } = message);
    for (const log of message.reset ?? []) forget(log);
    if (message.reset !== undefined) isSynced = false;
    for (const mark of message.marks) set(mark);
  }

  return {
    stamp(message) {
      const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
      const end = text.indexOf(LINE_FEED);
      const name = text.toString('latin1', PREFIX.length, end);
      if (!STAMPED.has(name)) return message;
      apply(JSON.parse(text.toString('utf8', text.indexOf('{', end))) as Parameters<typeof apply>[0]);
      if (!isComplete()) return message;
      const id = `id: ${encodeEventId([...marks.values()], filters)}\n`;
      return Buffer.concat([text.subarray(0, end + 1), Buffer.from(id), text.subarray(end + 1)]);
    },
  };
}
