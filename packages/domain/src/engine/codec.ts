import type { EngineState } from './engine-state.ts';
import { packLists, unpackLists } from './packed-lists.ts';

/** Raised when the saved form changes; older versions are then not read, and the log is replayed. */
const VERSION = 6;

export type DecodedEngineState =
  | { readonly status: 'decoded'; readonly state: EngineState }
  | { readonly status: 'unreadable'; readonly message: string };

/** The state as text, with the version of its form. */
export function encodeEngineState(state: EngineState): string {
  return JSON.stringify({ version: VERSION, state: packLists(state) });
}

/** Answers `unreadable` for text of another version or none; the caller then replays from the log's start. */
export function decodeEngineState(text: string): DecodedEngineState {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { status: 'unreadable', message: 'the saved engine state is not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed) || !('state' in parsed))
    return { status: 'unreadable', message: 'the saved engine state has no version' };
  if (parsed.version !== VERSION)
    return {
      status: 'unreadable',
      message: `the saved engine state has version ${String(parsed.version)}, this engine reads ${VERSION}`,
    };
  return { status: 'decoded', state: unpackLists(parsed.state) as EngineState };
}
