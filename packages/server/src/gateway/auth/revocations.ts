import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { firstOfRenewal, MAX_TOKEN_LIFETIME_MS, type VerifiedToken } from './token.ts';

/** Users and tokens whose access is withdrawn. */
export interface Revocation {
  readonly userIds: readonly string[];
  readonly tokenIds: readonly string[];
}

export interface Revocations {
  /** Of a user, the tokens issued until the revocation. */
  isRevoked(token: Pick<VerifiedToken, 'userId' | 'tokenId' | 'firstTokenId' | 'issuedAt'>): boolean;
  /** In force when it returns; resolves when it is durable. */
  revoke(revocation: Revocation, nowMs: number): Promise<void>;
}

/**
 * The same, with the first token of each that is a renewal: a renewal knows the first token and not those between, so
 * withdrawing one of them withdraws the whole login.
 */
export function withFirstTokens({ userIds, tokenIds }: Revocation): Revocation {
  const first = tokenIds.flatMap((id) => firstOfRenewal(id) ?? []);
  return { userIds, tokenIds: [...new Set([...tokenIds, ...first])] };
}

/** The file cannot be used; the message says why. Forgetting what was revoked would be worse than not starting. */
export class RevocationsError extends Error {
  override readonly name = 'RevocationsError';
}

export function revocationsFileIn(dataDir: string): string {
  return join(dataDir, 'revocations.json');
}

/** Ids, and when each was revoked, ms since the epoch. */
const StoredIds = z.array(z.tuple([z.string(), z.number()]));
const Stored = z.object({ version: z.literal(1), users: StoredIds, tokens: StoredIds });

/**
 * What is revoked, kept in a file until every token it can concern has expired. `file` omitted: in memory only.
 * Rejects with a `RevocationsError`.
 */
export async function openRevocations(file: string | undefined, nowMs: number): Promise<Revocations> {
  const { users, tokens } = file === undefined ? nothing() : await read(file);
  forgetOld(users, nowMs);
  forgetOld(tokens, nowMs);
  let written: Promise<void> = Promise.resolve();

  const store = (): Promise<void> => {
    if (file === undefined) return Promise.resolve();
    const attempt = (): Promise<void> => replaceFile(file, contentOf(users, tokens));
    // In turn; whoever waits for this one is told of its own failure only.
    written = written.then(attempt, attempt);
    return written;
  };

  return {
    isRevoked({ userId, tokenId, firstTokenId, issuedAt }) {
      if (issuedAt <= (users.get(userId) ?? -Infinity)) return true;
      return [tokenId, firstTokenId].some((id) => id !== undefined && tokens.has(id));
    },
    revoke({ userIds, tokenIds }, now) {
      forgetOld(users, now);
      forgetOld(tokens, now);
      for (const id of userIds) users.set(id, now);
      for (const id of tokenIds) tokens.set(id, now);
      return store();
    },
  };
}

interface Known {
  readonly users: Map<string, number>;
  readonly tokens: Map<string, number>;
}
const nothing = (): Known => ({ users: new Map(), tokens: new Map() });

function forgetOld(revoked: Map<string, number>, nowMs: number): void {
  for (const [id, at] of revoked) if (at + MAX_TOKEN_LIFETIME_MS < nowMs) revoked.delete(id);
}

async function read(file: string): Promise<Known> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing();
    throw new RevocationsError(`The file ${file} cannot be read (${messageOf(error)}).`);
  }
  const stored = parse(text);
  if (stored === undefined)
    throw new RevocationsError(
      `The file ${file} is damaged. Restore it from a backup, or delete it to let every token count again.`,
    );
  return { users: new Map(stored.users), tokens: new Map(stored.tokens) };
}

function parse(text: string): z.infer<typeof Stored> | undefined {
  try {
    return Stored.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function contentOf(users: Known['users'], tokens: Known['tokens']): string {
  const content: z.infer<typeof Stored> = { version: 1, users: [...users], tokens: [...tokens] };
  return `${JSON.stringify(content)}\n`;
}

/** The old file or the new one is there, whole, whenever the power fails. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const directory = await open(dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
