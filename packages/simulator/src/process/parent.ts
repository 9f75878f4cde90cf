import type { PlantEvent } from '../plant/plant-runner.ts';
import type { PlayerEvent } from '../player/player.ts';
import { readTokensMessage, type TokenSet } from './token-set.ts';

type Said =
  | { readonly type: 'listening'; readonly port: number }
  | PlayerEvent
  | PlantEvent
  | { readonly type: 'failed'; readonly message: string };

/** Whoever started this process: over IPC where there is a channel, else over standard output and signals. */
export interface Parent {
  say(message: Said): void;
  /** Called with each `tokens` message. */
  onTokens(listener: (tokens: TokenSet) => void): void;
  /** Aborts when the process is to end. */
  readonly ending: AbortSignal;
  /** Ends the process as soon as what was said has left it; idle connections are not waited for. */
  leave(exitCode: number): Promise<void>;
}

export function connectParent(process: NodeJS.Process): Parent {
  const ending = new AbortController();
  const listeners = new Set<(tokens: TokenSet) => void>();
  const hasChannel = process.send !== undefined;
  process.on('SIGTERM', () => ending.abort());
  process.on('SIGINT', () => ending.abort());
  if (hasChannel) {
    process.on('disconnect', () => ending.abort());
    process.on('message', (message) => {
      const tokens = readTokensMessage(message);
      if (tokens !== null) for (const listener of listeners) listener(tokens);
    });
  } else {
    // Whoever read our output has gone: nobody is left to run for.
    process.stdout.on('error', () => ending.abort());
  }
  let allSaid: Promise<unknown> = Promise.resolve();
  const say = (message: Said): Promise<void> =>
    new Promise((resolve) => {
      // A channel that closes meanwhile is the parent's end, not a failure.
      if (!hasChannel) process.stdout.write(`${JSON.stringify(message)}\n`, () => resolve());
      else if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
      else resolve();
    });
  return {
    say(message) {
      allSaid = Promise.all([allSaid, say(message)]);
    },
    onTokens(listener) {
      listeners.add(listener);
    },
    ending: ending.signal,
    async leave(exitCode) {
      await allSaid;
      process.exit(exitCode);
    },
  };
}
