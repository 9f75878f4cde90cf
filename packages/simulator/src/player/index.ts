export { parseRecording, type Entry, type EntryKind, type Recording, type Segment } from './recording.ts';
export { createPlayer, type Player, type PlayerEvent, type PlayerOptions } from './player.ts';
