import { LANES } from './lane.ts';
import type { Mark } from './position.ts';

/** What `Last-Event-ID` says, if it can be used. */
export type DecodedEventId =
  | { readonly ok: true; readonly marks: readonly Mark[] }
  | { readonly ok: false; readonly error: 'malformed' | 'otherVersion' | 'otherFilters' };

/**
 * Event ids of Server-Sent Events: the marks of a connection, for the filters in force on it. Clients give them back
 * as they are.
 *
 *     1 ; filters ; log , epoch , offset per lane … ; … ; check
 *
 * without the blanks: version, checksum of the filters, per log its percent-encoded name and epoch with one offset
 * per lane (empty: none), checksum of everything before.
 */
const VERSION = '1';

/** FNV-1a, 32 bits, over UTF-16 units, in two runs: 64 bits as 16 hexadecimal digits. */
function checksum(text: string): string {
  return [0x811c9dc5, 0x050c5d1f]
    .map((start) => {
      let hash = start;
      for (let index = 0; index < text.length; index += 1)
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}

/** The order and repetition of filters does not matter. */
function checksumOf(filters: readonly string[]): string {
  return checksum([...new Set(filters)].sort().join('\n'));
}

function encodeLog(marks: readonly Mark[]): string {
  const [first] = marks;
  const offsets = LANES.map((lane) => marks.find((mark) => mark.lane === lane)?.offset ?? '');
  return [encodeURIComponent(first?.log ?? ''), encodeURIComponent(first?.epoch ?? ''), ...offsets].join(',');
}

/** `filters`: those in force. One epoch per log. */
export function encodeEventId(marks: readonly Mark[], filters: readonly string[]): string {
  const logs = [...Map.groupBy(marks, ({ log }) => log).values()].map(encodeLog);
  const content = [VERSION, checksumOf(filters), ...logs].join(';');
  return `${content};${checksum(content)}`;
}

function decodeLog(text: string): readonly Mark[] | null {
  const [log = '', epoch = '', ...offsets] = text.split(',');
  if (offsets.length !== LANES.length) return null;
  const marks: Mark[] = [];
  for (const [index, digits] of offsets.entries()) {
    const lane = LANES[index];
    if (digits === '' || lane === undefined) continue;
    const offset = Number(digits);
    if (!/^\d+$/.test(digits) || !Number.isSafeInteger(offset)) return null;
    marks.push({ lane, log: decodeURIComponent(log), epoch: decodeURIComponent(epoch), offset });
  }
  return marks;
}

/** Reads an event id; `filters`: those in force now. */
export function decodeEventId(text: string, filters: readonly string[]): DecodedEventId {
  if (!text.startsWith(`${VERSION};`))
    return { ok: false, error: /^\d+;/.test(text) ? 'otherVersion' : 'malformed' };
  const end = text.lastIndexOf(';');
  const content = text.slice(0, end);
  if (checksum(content) !== text.slice(end + 1)) return { ok: false, error: 'malformed' };
  const [, filtersSum, ...logs] = content.split(';');
  if (filtersSum !== checksumOf(filters)) return { ok: false, error: 'otherFilters' };
  const marks: Mark[] = [];
  for (const log of logs) {
    const decoded = decodeLog(log);
    if (decoded === null) return { ok: false, error: 'malformed' };
    marks.push(...decoded);
  }
  return { ok: true, marks };
}
