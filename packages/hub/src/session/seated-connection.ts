import type { HubCore } from '../hub-core.ts';
import type { Connection } from '../ports.ts';
import { receive } from './inbound.ts';
import { dispatch } from './lifecycle.ts';
import { pongArrived } from './outbound.ts';
import type { Seat, Session } from './session.ts';

/** A connection and whoever has it at the time. One object: there is one for every client, for hours. */
export class SeatedConnection implements Connection, Seat {
  session: Session | null = null;
  readonly #core: HubCore;

  constructor(core: HubCore) {
    this.#core = core;
  }

  receive(message: string | Uint8Array): void {
    if (this.session !== null) receive(this.#core, this.session, message);
  }

  closed(code: number): void {
    if (this.session !== null) dispatch(this.#core, this.session, { type: 'peerClosed', code });
  }

  ponged(): void {
    const { session } = this;
    if (session !== null) this.#core.contained(session, () => pongArrived(this.#core, session));
  }
}
