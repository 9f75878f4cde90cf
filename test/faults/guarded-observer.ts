import { createReferenceClient, createReferenceRecorder, restOf, type Sighting } from '@ms5/testkit';
import { CLOSE_CODES, type ServerMessage } from '@ms5/wire';
import { until } from '../support/until.ts';
import { OBSERVED, OBSERVER_RETRY_MS, type Observer } from './observer.ts';
import { systemClock } from './system-clock.ts';

/** Somebody whose access is withdrawn or narrowed while connected, and given back. */
export interface GuardedObserver extends Observer {
  /** The user's tokens are revoked. */
  revoke(): void;
  /** The live session gets a token that may not read the site. */
  narrow(): void;
  /** Asks for a token that may read the site, and comes back with it. */
  restore(): void;
  /** At rest: resolves when the user's tokens are revoked and the server has ended the session. */
  conclude(): Promise<void>;
}

export interface GuardedObserverParts {
  readonly name: string;
  /** `ws://…` */
  readonly url: string;
  /** `http://…` */
  readonly httpUrl: string;
  readonly adminToken: string;
  readonly tokenFor: (role: 'viewer' | 'device') => Promise<string>;
  readonly sightings: Sighting[];
}

const REFRESH_ID = 900_000;
const REVOKE_TIMEOUT_MS = 2_000;

/** What a connection may tell. */
interface Access {
  readonly token: string;
  /** It was told that the site is closed to it. */
  isNarrow: boolean;
  isWelcome: boolean;
  /** How its connection ended; `null`: it has not. */
  closeCode: number | null;
}

const accessWith = (token: string): Access => ({
  token,
  isNarrow: false,
  isWelcome: false,
  closeCode: null,
});

/** The reference client on `ms5.v1.json`, over the platform's WebSocket. */
export function createGuardedObserver(parts: GuardedObserverParts): GuardedObserver {
  const { name, sightings } = parts;
  const faults: string[] = [];
  /** By token: since when it is known to be revoked, ms since the epoch. */
  const revoked = new Map<string, number>();
  let token = '';
  let socket: WebSocket | null = null;
  let access = accessWith(token);
  let isClosed = false;
  const client = createReferenceClient({
    clientId: name,
    get token() {
      return token;
    },
    observe(message, apply) {
      record(message, apply);
      guard(message);
    },
  });
  const record = createReferenceRecorder(name, () => client.topics, sightings);
  client.subscribe(OBSERVED);

  /** What was committed or said later is not for the present connection any more, ms since the epoch. */
  const revokedAt = (): number => revoked.get(access.token) ?? Infinity;

  function guard(message: ServerMessage): void {
    // What was said before the revocation may come after the answer to it, over another connection.
    if (message.type === 'welcome' && message.server.timeMs > revokedAt())
      faults.push(`${name}: welcomed with a token that was revoked`);
    if (message.type === 'welcome') access.isWelcome = true;
    if (message.type === 'refreshed' && message.id === REFRESH_ID) access.isNarrow = true;
    if (message.type !== 'snapshot' && message.type !== 'delta' && message.type !== 'entries') return;
    if (access.isNarrow) faults.push(`${name}: ${message.type} of ${message.topic} without the permission`);
    const newest = message.type === 'entries' ? message.entries.at(-1)?.at : undefined;
    const at = message.type === 'delta' ? message.at : newest;
    if (at !== undefined && at > revokedAt())
      faults.push(`${name}: ${message.topic} ${at - revokedAt()} ms after the revocation`);
  }

  function connect(): void {
    if (isClosed) return;
    const opened = new WebSocket(parts.url, ['ms5.v1.json']);
    socket = opened;
    const opening = accessWith(token);
    access = opening;
    const events = client.attach((message) => {
      if (opened.readyState === WebSocket.OPEN) opened.send(String(message));
    });
    const whileCurrent = (task: () => void): void => {
      if (socket === opened) task();
    };
    opened.addEventListener('open', () => whileCurrent(() => events.opened()));
    opened.addEventListener('message', ({ data }: MessageEvent<string>) =>
      whileCurrent(() => events.message(data)),
    );
    opened.addEventListener('error', () => undefined);
    opened.addEventListener('close', ({ code, reason }) =>
      whileCurrent(() => {
        socket = null;
        opening.closeCode = code;
        events.closed(code, reason);
        systemClock.after(OBSERVER_RETRY_MS, () => void again());
      }),
    );
  }

  /** With the token it has, if that was good enough for the connection before: it may be revoked. Else with another. */
  async function again(): Promise<void> {
    if (socket !== null || isClosed) return;
    if (!access.isWelcome) token = await parts.tokenFor('viewer');
    if (socket === null) connect();
  }

  function drop(): void {
    const present = socket;
    socket = null;
    present?.close();
  }

  /** Whether it is known to be in force. */
  async function revoke(): Promise<boolean> {
    const withdrawn = [token, access.token];
    try {
      const response = await fetch(`${parts.httpUrl}/api/v1/revocations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${parts.adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ userIds: [name] }),
        signal: AbortSignal.timeout(REVOKE_TIMEOUT_MS),
      });
      if (!response.ok) return false;
      const now = systemClock.now();
      for (const each of withdrawn) if (!revoked.has(each)) revoked.set(each, now);
      return true;
    } catch {
      return false;
    }
  }

  async function conclude(): Promise<void> {
    await until(`${name}: welcome`, () => (socket !== null && access.isWelcome ? true : undefined));
    const concerned = access;
    await until(`${name}: revoked`, async () => ((await revoke()) ? true : undefined));
    const code = await until(`${name}: the end of a revoked session`, () => concerned.closeCode ?? undefined);
    if (code !== CLOSE_CODES.revoked.code) faults.push(`${name}: a revoked session ended with ${code}`);
  }

  /** It is the server that ends what was revoked. */
  async function restore(): Promise<void> {
    if (socket !== null && revokedAt() < Infinity) return;
    token = await parts.tokenFor('viewer');
    drop();
    connect();
  }

  async function narrow(): Promise<void> {
    const present = socket;
    const narrower = await parts.tokenFor('device');
    if (socket !== present || present?.readyState !== WebSocket.OPEN) return;
    client.send({ type: 'refresh', id: REFRESH_ID, token: narrower });
  }

  void restore();
  return {
    name,
    revoke: () => void revoke(),
    narrow: () => void narrow(),
    restore: () => void restore(),
    conclude: () => conclude().catch((error: unknown) => void faults.push(String(error))),
    reconnect() {
      drop();
      connect();
    },
    rest: () => restOf(name, [OBSERVED], client.topics),
    faults: () => [...faults, ...client.violations.map((violation) => `${name}: ${violation}`)],
    close() {
      isClosed = true;
      drop();
    },
  };
}
