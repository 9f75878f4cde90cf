import type { HarnessHub, HubHarness } from '@ms5/testkit';
import type { EndpointName, Json } from '@ms5/wire';
import { DIALECTS, type Told } from './endpoint-dialects.ts';

/** A client of any endpoint: what it was told, and what that adds up to. */
export interface EndpointClient {
  readonly told: readonly Told[];
  /** Fields, documents or the signal's value by topic and key. */
  readonly state: ReadonlyMap<string, ReadonlyMap<string, Json>>;
  readonly entries: ReadonlyMap<string, readonly Json[]>;
  bytes(): number;
  closedWith(): number | null;
  send(message: string | Uint8Array): Promise<void>;
  /** Acknowledges whatever comes until nothing more comes. */
  read(): Promise<void>;
}

type Holdings = Map<string, Map<string, Json>>;

function apply(told: Told, state: Holdings, entries: Map<string, Json[]>): void {
  if (told.what === 'gone') state.delete(told.topic);
  else if (told.what === 'entry') entries.set(told.topic, [...(entries.get(told.topic) ?? []), told.entry]);
  else if (told.what === 'whole') {
    const keep = new Set(told.keys);
    const before = [...(state.get(told.topic) ?? [])];
    state.set(told.topic, new Map(before.filter(([key]) => keep.has(key))));
  } else if (told.what === 'set') {
    const held = state.get(told.topic) ?? new Map<string, Json>();
    state.set(told.topic, held);
    for (const [key, value] of Object.entries(told.set)) held.set(key, value);
    for (const key of told.remove) held.delete(key);
  }
}

/** Connects and gives the token in the endpoint's way. */
export async function openEndpointClient(
  { hub, settle }: HubHarness<HarnessHub>,
  name: EndpointName,
  token = 'ann',
): Promise<EndpointClient> {
  const dialect = DIALECTS[name]();
  const told: Told[] = [];
  const state: Holdings = new Map();
  const entries = new Map<string, Json[]>();
  let received = 0;
  let acknowledged = 0;
  let bytes = 0;
  let pings = 0;
  let closed: number | null = null;
  const transport = {
    remoteAddress: '127.0.0.1',
    write(messages: readonly Uint8Array[]) {
      for (const message of messages) {
        received += 1;
        bytes += message.byteLength;
        for (const item of dialect.read(message)) {
          told.push(item);
          apply(item, state, entries);
        }
      }
    },
    ping() {
      pings += 1;
    },
    close(code: number) {
      closed ??= code;
    },
  };
  const first = dialect.authenticate(token);
  const connection = hub.connect(name, transport, first === null ? token : undefined);
  if (first !== null) connection.receive(first);
  await settle();

  return {
    told,
    state,
    entries,
    bytes: () => bytes,
    closedWith: () => closed,
    async send(message) {
      connection.receive(message);
      await settle();
    },
    async read() {
      while (pings > 0 || acknowledged < received) {
        const message = dialect.acknowledge(received);
        if (message === null && pings === 0) return;
        pings = 0;
        acknowledged = received;
        if (message === null) connection.ponged();
        else connection.receive(message);
        await settle();
      }
    },
  };
}
