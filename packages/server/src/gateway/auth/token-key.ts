import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TOKEN_KEY_FILE = 'token.key';
const TOKEN_KEY_VARIABLE = 'MS5_JWT_SECRET';
/** HS256 wants a key as long as its hash (RFC 7518, 3.2). */
const KEY_BYTES = 32;

/** The signing key cannot be used; the message says why and what to do. */
export class TokenKeyError extends Error {
  override readonly name = 'TokenKeyError';
}

/**
 * The key that signs tokens: `MS5_JWT_SECRET` where it is set, else the file `token.key` of the data
 * directory, which is made at first use and readable by its owner only.
 */
export async function loadTokenKey(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  const secret = environment[TOKEN_KEY_VARIABLE];
  if (secret !== undefined && secret !== '') {
    return checkedKey(Buffer.from(secret, 'utf8'), `The environment variable ${TOKEN_KEY_VARIABLE}`);
  }
  const text = await readOrCreateSecret(dataDir, TOKEN_KEY_FILE, () =>
    randomBytes(KEY_BYTES).toString('base64url'),
  );
  return checkedKey(Buffer.from(text, 'base64url'), `The file ${join(dataDir, TOKEN_KEY_FILE)}`);
}

/**
 * Text of a secret file of the data directory; made with mode 0600 when absent. Rejects with a `TokenKeyError`
 * when the directory cannot be used.
 */
export async function readOrCreateSecret(
  dataDir: string,
  name: string,
  create: () => string,
): Promise<string> {
  try {
    const file = join(dataDir, name);
    return (await readIfPresent(file)) ?? (await createSecret(dataDir, file, create()));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenKeyError(
      `The data directory ${dataDir} cannot be used (${reason}). Expected a directory that this user may write.`,
    );
  }
}

/**
 * Two processes that make it at the same time get the same text: the file appears whole, by a hard link, and the
 * later one reads it.
 */
async function createSecret(dataDir: string, file: string, text: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!isErrorWithCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return (await readFile(file, 'utf8')).trim();
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function checkedKey(key: Uint8Array, where: string): Uint8Array {
  if (key.byteLength < KEY_BYTES) {
    throw new TokenKeyError(
      `${where} holds a key of ${key.byteLength} bytes; signing with HS256 takes at least ${KEY_BYTES}. ` +
        'Give a longer secret, for example the output of: openssl rand -base64 48',
    );
  }
  return key;
}
