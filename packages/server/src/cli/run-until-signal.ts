import type { RunningServer } from '../gateway/server.ts';
import { CliError, EXIT } from './cli-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface RunOptions {
  /** Says that the server runs. From then on a signal is followed by a clean end, however soon it comes. */
  readonly announce?: () => void;
  readonly beforeDrain?: () => Promise<void> | void;
}

/**
 * Resolves once a signal has been followed by a clean end; a second signal ends the process at once.
 * Rejects when the engine ends by itself, after closing what is left.
 */
export async function runUntilSignal(
  server: RunningServer,
  { announce, beforeDrain }: RunOptions = {},
): Promise<void> {
  const { promise: signalled, resolve } = Promise.withResolvers<'signal'>();
  let count = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count === 1) {
      process.stderr.write(`\n${signal}: finishing what was accepted; again to stop at once\n`);
      resolve('signal');
    } else {
      process.exit(EXIT.failed);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  let reason: 'signal' | Error;
  try {
    announce?.();
    reason = await Promise.race([signalled, server.failed]);
    await beforeDrain?.();
    if (reason === 'signal') await server.drain();
    else await server.close();
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  if (reason === 'signal') return;
  throw new CliError(
    `The engine has stopped: ${reason.message}`,
    ['Everything acknowledged is in the log of the data directory. Repair the cause and start again.'],
    EXIT.failed,
  );
}
