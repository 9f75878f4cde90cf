import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../gateway/system-clock.ts';
import { notifyStoreFile, openNotifyStore, type NotifyStore } from '../notify/store.ts';
import { CliError } from './cli-error.ts';
import { pluginsDirectory } from './plugin-options.ts';
import type { NotifyLettersOptions, NotifyResendOptions } from './program.ts';

/** Prints the notifications that could not be sent, oldest first. */
export function notifyDeadLetters({ data, json }: NotifyLettersOptions): void {
  withStore(data, (store) => {
    const letters = store.deadLetters();
    const rows = letters.map(({ id, means, person, requestedAt, attempts, reason }) =>
      [id, means, person, new Date(requestedAt).toISOString(), `${attempts} attempt(s)`, reason].join('  '),
    );
    const text = json === true ? JSON.stringify(letters, null, 2) : rows.join('\n') || 'no dead letters';
    process.stdout.write(`${text}\n`);
  });
}

export function notifyResend(ids: readonly string[], { data, all }: NotifyResendOptions): void {
  if ((all === true) === ids.length > 0) {
    throw new CliError('Say which dead letters to send again: their ids, or --all.', [
      'ms5 notify dead-letters lists them.',
    ]);
  }
  withStore(data, (store) => {
    const count = store.resend(all === true ? 'all' : ids, systemClock.now());
    process.stdout.write(`${count} to be sent again\n`);
  });
}

function withStore(data: string, use: (store: NotifyStore) => void): void {
  const file = notifyStoreFile(pluginsDirectory(data));
  if (!existsSync(file)) {
    throw new CliError(`The notify plugin has never run on the data directory ${data}.`, [
      'Name another with --data DIR.',
    ]);
  }
  const store = openNotifyStore(dirname(file));
  try {
    use(store);
  } finally {
    store.close();
  }
}
