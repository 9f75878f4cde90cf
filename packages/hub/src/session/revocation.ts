import type { Identity } from '../ports.ts';

/** Users and tokens whose access is withdrawn. */
export interface Revocation {
  readonly userIds: ReadonlySet<string>;
  readonly tokenIds: ReadonlySet<string>;
}

export function isRevokedBy(
  { userIds, tokenIds }: Revocation,
  { userId, tokenId, firstTokenId }: Identity,
): boolean {
  const isToken = (id: string | undefined): boolean => id !== undefined && tokenIds.has(id);
  return userIds.has(userId) || isToken(tokenId) || isToken(firstTokenId);
}
