import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  openWebhookStore,
  webhookStoreFile,
  type DeadLetter,
  type WebhookStore,
} from '../plugins/webhook/store.ts';
import { CliError } from './cli-error.ts';
import { pluginsDirectory } from './plugin-options.ts';
import type { DeadLetterOptions, ResendOptions } from './program.ts';

/** Prints the dead letters, oldest first. */
export function deadLetters({ data, endpoint, json }: DeadLetterOptions): void {
  withStore(data, (store) => {
    const letters = store.deadLetters(endpoint);
    const text = json === true ? JSON.stringify(letters, null, 2) : table(letters);
    process.stdout.write(`${text}\n`);
  });
}

/** Marks dead letters to be sent again. */
export function resend(messages: readonly string[], { data, endpoint, all }: ResendOptions): void {
  if ((all === true) === messages.length > 0) {
    throw new CliError('Say which dead letters to send again: their ids, or --all.', [
      'ms5 webhook dead-letters lists them.',
    ]);
  }
  withStore(data, (store) => {
    const count = store.markDue(all === true ? 'all' : messages, endpoint);
    if (count < messages.length) {
      throw new CliError(
        `Of ${messages.length} messages ${count} are dead letters; the others are not known.`,
        ['ms5 webhook dead-letters lists them.'],
      );
    }
    process.stdout.write(`${count} to be sent again\n`);
  });
}

function withStore(data: string, use: (store: WebhookStore) => void): void {
  const file = webhookStoreFile(pluginsDirectory(data));
  if (!existsSync(file)) {
    throw new CliError(`The webhook plugin has never run on the data directory ${data}.`, [
      'Name another with --data DIR.',
    ]);
  }
  const store = openWebhookStore(dirname(file));
  try {
    use(store);
  } finally {
    store.close();
  }
}

function table(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'no dead letters';
  const rows = letters.map(({ id, endpoint, type, at, deadAt, attempts, reason, state }) =>
    [
      id,
      endpoint,
      type,
      `of ${new Date(at).toISOString()}`,
      `given up ${new Date(deadAt).toISOString()} after ${attempts} attempt(s)`,
      reason,
      ...(state === 'due' ? ['to be sent again'] : []),
    ].join('  '),
  );
  return rows.join('\n');
}
