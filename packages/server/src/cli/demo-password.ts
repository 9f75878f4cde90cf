import { randomInt } from 'node:crypto';
import { hashPassword } from '../gateway/auth/password.ts';
import type { LocalUser } from '../gateway/auth/login.ts';
import { readOrCreateSecret } from '../gateway/auth/token-key.ts';

export const DEMO_PASSWORD_FILE = 'demo.password';

/** Without letters and digits that look alike: it is typed from a terminal into a tablet. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 3;
const GROUP_LENGTH = 4;

/** The one password of a data directory's demo; made at its first start. */
export function loadDemoPassword(dataDir: string): Promise<string> {
  return readOrCreateSecret(dataDir, DEMO_PASSWORD_FILE, randomPassword);
}

/** About 59 bits. */
function randomPassword(): string {
  const group = (): string =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** Gives people without a password the demo's. Devices log in by token only. */
export async function withDemoPassword(users: readonly LocalUser[], password: string): Promise<LocalUser[]> {
  const hash = await hashPassword(password);
  return users.map((user) =>
    user.password !== undefined || user.roles.includes('device') ? user : { ...user, password: hash },
  );
}
