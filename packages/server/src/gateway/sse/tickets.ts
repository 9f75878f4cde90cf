import { randomBytes } from 'node:crypto';

interface Ticket {
  readonly ticket: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** Stands for a token in an address, once and briefly: what logs keep of it is of no use. */
export interface Tickets {
  issue(token: string, nowMs: number): Ticket;
  /** The token it was issued for; `undefined`: unknown, used or expired. */
  take(ticket: string, nowMs: number): string | undefined;
}

const LIFETIME_MS = 30_000;
/** Past it the oldest is forgotten, so memory is bounded. */
const MAX_TICKETS = 10_000;

export function createTickets(): Tickets {
  /** In order of their expiry. */
  const tokens = new Map<string, { readonly token: string; readonly expiresAt: number }>();

  function forgetOld(nowMs: number): void {
    for (const [ticket, { expiresAt }] of tokens) {
      if (expiresAt > nowMs && tokens.size <= MAX_TICKETS) return;
      tokens.delete(ticket);
    }
  }

  return {
    issue(token, nowMs) {
      const ticket = randomBytes(24).toString('base64url');
      const expiresAt = nowMs + LIFETIME_MS;
      tokens.set(ticket, { token, expiresAt });
      forgetOld(nowMs);
      return { ticket, expiresAt };
    },
    take(ticket, nowMs) {
      const known = tokens.get(ticket);
      tokens.delete(ticket);
      return known !== undefined && known.expiresAt > nowMs ? known.token : undefined;
    },
  };
}
