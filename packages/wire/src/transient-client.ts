/**
 * Beginnings of the `clientId`s that the server makes where a command came without one: of a key that is a text, of
 * a command without a key in one session, and over HTTP. Such an id comes once or for an hour, not for years, so
 * what is known of it is forgotten after a time; of any other the highest counter is kept for ever.
 */
export const TRANSIENT_CLIENT = { textKey: 'key:', session: 'session:', http: 'http:' } as const;

export function isTransientClient(clientId: string): boolean {
  return Object.values(TRANSIENT_CLIENT).some((beginning) => clientId.startsWith(beginning));
}
