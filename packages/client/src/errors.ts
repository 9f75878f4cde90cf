/** Thrown by `getToken` when there is nobody to speak for: the client closes for good instead of retrying. */
export class UnauthorizedError extends Error {
  override readonly name = 'UnauthorizedError';
  readonly code = 'unauthorized';
}

/** By name as well: an application may carry two copies of this package. */
export function isUnauthorizedError(error: unknown): boolean {
  return error instanceof UnauthorizedError || (error instanceof Error && error.name === 'UnauthorizedError');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
