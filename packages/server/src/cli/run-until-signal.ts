import type { RunningServer } from '../gateway/server.ts';
import { CliError, EXIT } from './cli-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves once a signal has been followed by a clean end; a second signal ends the process at once.
 * Rejects when the engine ends by itself, after closing what is left.
 */
export async function runUntilSignal(
  server: RunningServer,
  beforeDrain: () => Promise<void> | void = () => undefined,
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
  const reason = await Promise.race([signalled, server.failed]);
  try {
    await beforeDrain();
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
