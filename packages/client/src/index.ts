export type * from './types.ts';

// Types a screen needs beside the client's own: topic documents, commands, REST bodies.
export type * from '@ms5/wire/factory';
export type { CommandKey, Json, OutcomeStatus, Unknown } from '@ms5/wire';
