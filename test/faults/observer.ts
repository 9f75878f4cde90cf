import type { Rest } from '@ms5/testkit';

/** A client that is not the SDK: it sees everything of the site and asks for nothing. */
export interface Observer {
  readonly name: string;
  /** Gives up the connection, if there is one, and opens another. */
  reconnect(): void;
  rest(): Rest;
  /** What the server must not have done. */
  faults(): readonly string[];
  close(): void;
}

/** How soon a lost connection is opened again, ms. */
export const OBSERVER_RETRY_MS = 150;
/** Everything of the site. */
export const OBSERVED = 'works/#';
