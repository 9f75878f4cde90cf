import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { hashPassword } from '../gateway/auth/password.ts';
import { CliError } from './cli-error.ts';

export async function password(): Promise<void> {
  const secret = process.stdin.isTTY ? await askTwice() : (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') {
    throw new CliError('No password was given.', [
      'Type one, or pipe one in: printf %s "$PASSWORD" | ms5 password',
    ]);
  }
  if (secret.length > 256) throw new CliError('The password is longer than 256 characters.');
  process.stdout.write(`${await hashPassword(secret)}\n`);
}

/** The echo of the terminal goes nowhere; the questions go to standard error, so that the hash can be piped. */
async function askTwice(): Promise<string> {
  const nowhere = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    const first = await ask(terminal, 'Password: ');
    const second = await ask(terminal, 'Again: ');
    if (first !== second) throw new CliError('The two passwords differ.');
    return first;
  } finally {
    terminal.close();
  }
}

async function ask(terminal: ReturnType<typeof createInterface>, question: string): Promise<string> {
  process.stderr.write(question);
  const answer = await terminal.question('');
  process.stderr.write('\n');
  return answer;
}
