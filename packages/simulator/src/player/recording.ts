import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** `asset`: carries the time of an asset's last change, not of its being sent, so it never drives the pace. */
export type EntryKind = 'values' | 'asset' | 'adapterCommand' | 'other';

/** One line of the recording, or the lines of one multi-line asset. */
export interface Entry {
  readonly kind: EntryKind;
  /** Number of its first line in the file, from 1. */
  readonly line: number;
  /** As sent, without the timestamp of the first line. */
  readonly text: string;
  /** `undefined`: the line has none to write (`*` lines); `null`: it is empty or unreadable, and is sent as it is. */
  readonly timestamp: Timestamp | null | undefined;
  /** The first field as written. */
  readonly stamp: string;
  /**
   * The recording's clock when this line was sent, ms since the epoch: the newest `values` timestamp of the segment so
   * far.
   */
  readonly clockMs: number;
}

/** A stretch recorded without interruption. */
export interface Segment {
  /** In the order of the file, from 0. */
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly entries: readonly Entry[];
}

export interface Recording {
  readonly segments: readonly Segment[];
}

/** A `values` line this far behind or ahead of the clock begins a new segment. */
const SEGMENT_STEP_BACK_MS = 60_000;
const SEGMENT_STEP_FORWARD_MS = 600_000;

/** Reads a recorded SHDR stream. Nothing is dropped: lines it does not understand are played as they are. */
export function parseRecording(text: string): Recording {
  const segments: { index: number; fromMs: number; toMs: number; entries: Entry[] }[] = [];
  const early: Omit<Entry, 'clockMs'>[] = [];
  for (const raw of readEntries(text.split(/\r?\n/))) {
    let current = segments.at(-1);
    if (raw.kind === 'values' && raw.timestamp) {
      const at = raw.timestamp.ms;
      const begins =
        current === undefined ||
        at < current.toMs - SEGMENT_STEP_BACK_MS ||
        at > current.toMs + SEGMENT_STEP_FORWARD_MS;
      if (begins) {
        current = { index: segments.length, fromMs: at, toMs: at, entries: [] };
        segments.push(current);
        for (const entry of early.splice(0)) current.entries.push({ ...entry, clockMs: at });
      }
      if (current !== undefined) current.toMs = Math.max(current.toMs, at);
    }
    if (current === undefined) early.push(raw);
    else current.entries.push({ ...raw, clockMs: current.toMs });
  }
  return { segments };
}

function* readEntries(lines: readonly string[]): Generator<Omit<Entry, 'clockMs'>> {
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index] ?? '';
    if (text === '') continue;
    const line = index + 1;
    const marker = /\|--multiline--(\S+)$/.exec(text)?.[1];
    if (marker === undefined) {
      yield readEntry(text, line);
      continue;
    }
    const end = lines.indexOf(`--multiline--${marker}`, index + 1);
    const last = end === -1 ? lines.length - 1 : end;
    yield readEntry(lines.slice(index, last + 1).join('\n'), line);
    index = last;
  }
}

function readEntry(text: string, line: number): Omit<Entry, 'clockMs'> {
  if (text.startsWith('*')) {
    return { kind: 'adapterCommand', line, text, timestamp: undefined, stamp: '' };
  }
  const bar = text.indexOf('|');
  if (bar === -1) return { kind: 'other', line, text, timestamp: undefined, stamp: '' };
  const stamp = text.slice(0, bar);
  const timestamp = parseTimestamp(stamp);
  const rest = text.slice(bar + 1);
  const kind = rest.startsWith('@') ? 'asset' : timestamp === null && stamp !== '' ? 'other' : 'values';
  return { kind, line, text: rest, timestamp, stamp };
}
