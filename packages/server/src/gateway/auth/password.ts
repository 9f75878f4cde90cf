import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** N·r·128 bytes: 32 MiB and about 80 ms per hash (OWASP's parameters for p = 1 ask for no less with r = 8). */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A hash that asks for more memory than this is not computed. */
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;

interface ScryptParameters {
  /** N: a power of two. */
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelism: number;
  readonly salt: Buffer;
}

/** A new hash as plant files hold it: `scrypt$N$r$p$<salt>$<hash>`, base64url without padding. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const parameters = { cost: COST, blockSize: BLOCK_SIZE, parallelism: PARALLELISM, salt };
  const hash = await derive(password, parameters, HASH_BYTES);
  return [
    'scrypt',
    COST,
    BLOCK_SIZE,
    PARALLELISM,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join('$');
}

/** Takes the same time whether it matches or not. A hash that cannot be read matches nothing. */
export async function passwordMatches(password: string, text: string): Promise<boolean> {
  const expected = parsePasswordHash(text);
  if (expected === undefined) return false;
  const actual = await derive(password, expected, expected.hash.byteLength);
  return timingSafeEqual(actual, expected.hash);
}

function parsePasswordHash(text: string): (ScryptParameters & { readonly hash: Buffer }) | undefined {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([A-Za-z0-9_-]{16,128})\$([A-Za-z0-9_-]{32,128})$/.exec(text);
  if (match === null) return undefined;
  const [, cost, blockSize, parallelism, salt = '', hash = ''] = match;
  const parsed = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
  const isPowerOfTwo = parsed.cost > 1 && Number.isInteger(Math.log2(parsed.cost));
  const isAffordable = memoryBytes(parsed) > 0 && memoryBytes(parsed) <= MAX_MEMORY_BYTES;
  return isPowerOfTwo && isAffordable ? parsed : undefined;
}

function memoryBytes({ cost, blockSize, parallelism }: ScryptParameters): number {
  return 128 * cost * blockSize * parallelism;
}

function derive(password: string, parameters: ScryptParameters, hashBytes: number): Promise<Buffer> {
  const options = {
    N: parameters.cost,
    r: parameters.blockSize,
    p: parameters.parallelism,
    maxmem: 2 * memoryBytes(parameters),
  };
  // The same password may reach us composed or decomposed, by the keyboard that typed it.
  const normalized = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(normalized, parameters.salt, hashBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
