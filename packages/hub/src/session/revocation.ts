import type { Identity } from '../ports.ts';

/** Users and tokens whose access is withdrawn. */
export interface Revocation {
  readonly userIds: readonly string[];
  readonly tokenIds: readonly string[];
}

export function isRevokedBy(
  { userIds, tokenIds }: Revocation,
  { userId, tokenId, firstTokenId }: Identity,
): boolean {
  const isToken = (id: string | undefined): boolean => id !== undefined && tokenIds.includes(id);
  return userIds.includes(userId) || isToken(tokenId) || isToken(firstTokenId);
}
