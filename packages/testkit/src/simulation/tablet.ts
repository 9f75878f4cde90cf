import { topicMatcher, type ServerMessage } from '@ms5/wire';
import { createReferenceClient, type ReferenceClient } from '../reference-client.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PairSocketEvents } from '../socket-pair.ts';
import { createGuestLink, type Guest } from './guest.ts';
import { createReferenceRecorder } from './reference-recorder.ts';
import { restOf } from './reference-rest.ts';
import {
  digestOfValue,
  type AnsweredPublication,
  type AskedAct,
  type Seat,
  type Sighting,
} from './sightings.ts';

/** A tablet that two people share: they sign out and in on one connection, publish, command, read what is critical. */
export interface Tablet extends Guest {
  readonly asked: readonly AskedAct[];
  readonly published: readonly AnsweredPublication[];
  readonly seats: readonly Seat[];
}

export interface TabletParts {
  readonly random: SeededRandom;
  readonly sightings: Sighting[];
  readonly trace: ((line: string) => void) | undefined;
  readonly note: (what: string) => void;
}

const USERS = ['ann', 'bob'] as const;
type User = (typeof USERS)[number];
/** They have nothing in common. */
export const TABLET_FILTERS: Readonly<Record<User, readonly string[]>> = {
  ann: ['s/a/l1/andon', 's/a/l1/events', 'app/ann/#'],
  bob: ['s/a/l2/andon', 's/a/l2/events', 'app/bob/#'],
};
const ANDON: Readonly<Record<User, string>> = { ann: 's/a/l1/andon', bob: 's/a/l2/andon' };
const other = (user: User): User => (user === 'ann' ? 'bob' : 'ann');
/** Above those that reference clients give their own requests. */
const FIRST_ID = 100_000;

interface Sitting {
  readonly user: User;
  readonly client: ReferenceClient;
  events: PairSocketEvents;
  readonly asked: Set<number>;
  readonly answered: number[];
  readonly topics: Set<string>;
  readonly welcomed: Set<string>;
  isWelcome: boolean;
}

interface Outgoing {
  readonly topic: string;
  readonly data: { readonly user: User; readonly number: number };
  readonly key: string;
}

export function createTablet({ random, sightings, trace, note }: TabletParts): Tablet {
  const link = createGuestLink({ name: 'tablet', trace });
  const asked: AskedAct[] = [];
  const published: AnsweredPublication[] = [];
  const seats: Seat[] = [];
  /** Publications without an answer, by user: whoever comes back sends them again. */
  const outbox: Readonly<Record<User, Map<string, Outgoing>>> = { ann: new Map(), bob: new Map() };
  /** Of this connection. */
  let received = 0;
  let nextId = FIRST_ID;
  let isLeaving = false;
  let isCalm = false;
  const keysById = new Map<number, string>();
  let sitting = sitDown(random.pick(USERS));

  function sitDown(user: User): Sitting {
    const session = `tablet-${user}-${seats.length}`;
    const client: ReferenceClient = createReferenceClient({
      clientId: session,
      token: user,
      acknowledges: false,
      observe: (message, apply) => {
        record(message, apply);
        notice(message);
      },
    });
    const record = createReferenceRecorder(session, () => client.topics, sightings);
    client.subscribe(...TABLET_FILTERS[user]);
    const begun: Sitting = {
      user,
      client,
      events: attach(client),
      asked: new Set(),
      answered: [],
      topics: new Set(),
      welcomed: new Set(),
      isWelcome: false,
    };
    seats.push({ session, isPermitted: topicMatcher(TABLET_FILTERS[user]), ...begun });
    return begun;
  }

  function attach(client: ReferenceClient): PairSocketEvents {
    return client.attach((message) => link.send(JSON.parse(String(message)) as object));
  }

  function notice(message: ServerMessage): void {
    if ('topic' in message) sitting.topics.add(message.topic);
    if (message.type === 'welcome') {
      sitting.welcomed.add(message.user.id);
      sitting.isWelcome = true;
      for (const outgoing of outbox[sitting.user].values()) sendPublication(outgoing);
    }
    const id = 'id' in message && typeof message.id === 'number' ? message.id : 0;
    if (id >= FIRST_ID) sitting.answered.push(id);
    if (message.type === 'published') noteAnswer(id, message.offset ?? -1);
    if (message.type === 'signedOut') {
      isLeaving = false;
      sitting = sitDown(other(sitting.user));
      sitting.events.opened();
    }
  }

  function noteAnswer(id: number, offset: number): void {
    const key = keysById.get(id) ?? '';
    const outgoing = outbox[sitting.user].get(key);
    if (outgoing === undefined) return;
    outbox[sitting.user].delete(key);
    published.push({ topic: outgoing.topic, digest: digestOfValue(outgoing.data), offset });
  }

  /** An id of this sitting alone. */
  function askId(): number {
    const id = nextId;
    nextId += 1;
    sitting.asked.add(id);
    return id;
  }

  function sendPublication({ topic, data, key }: Outgoing): void {
    const id = askId();
    keysById.set(id, key);
    link.send({ type: 'publish', id, topic, data, key });
  }

  function publish(): void {
    note('publish');
    const { user } = sitting;
    const outgoing: Outgoing = {
      topic: `app/${user}/notes`,
      data: { user, number: asked.length },
      key: `${asked.length}`,
    };
    outbox[user].set(outgoing.key, outgoing);
    const subject = digestOfValue(outgoing.data);
    asked.push({ kind: 'publication', subject, user, expected: 'atMostOnce' });
    sendPublication(outgoing);
  }

  function command(): void {
    const { user, client } = sitting;
    const key = { clientId: seats.at(-1)?.session ?? '', counter: asked.length };
    asked.push({ kind: 'command', subject: `${key.clientId} ${key.counter}`, user, expected: 'atMostOnce' });
    client.send({ type: 'command', id: askId(), command: 'raiseCall', data: {}, key });
  }

  /** Of one's own line it counts; of the other's it does not. */
  function readReceipt(isOwn: boolean, expected: AskedAct['expected']): void {
    const { user, client } = sitting;
    const held = client.topics.get(ANDON[user]);
    if (held === undefined || held.named !== null) return;
    note('receipt');
    const key = `receipt ${asked.length}`;
    asked.push({ kind: 'receipt', subject: key, user, expected: isOwn ? expected : 'never' });
    const topic = ANDON[isOwn ? user : other(user)];
    client.send({ type: 'displayed', topic, key, offset: isOwn ? held.position : 1 });
  }

  function signOut(): void {
    note('signOut');
    isLeaving = true;
    link.send({ type: 'signOut', id: askId() });
  }

  return {
    name: 'tablet',
    isOpen: () => link.isOpen(),
    connect(hub) {
      received = 0;
      // Whether the sign-out arrived is not known: the next comes all the same.
      if (isLeaving) sitting = sitDown(other(sitting.user));
      else sitting.events = attach(sitting.client);
      sitting.isWelcome = false;
      isLeaving = false;
      link.open((transport) => hub.connect('ms5.v1.json', transport), {
        opened: () => sitting.events.opened(),
        message(text) {
          received += 1;
          sitting.events.message(text);
          link.send({ type: 'ack', received });
        },
      });
    },
    drop: () => link.drop(),
    deliver: (count) => link.deliver(count),
    act() {
      if (isLeaving || !sitting.isWelcome || !link.isOpen()) return;
      if (isCalm) return outbox[sitting.user].forEach(sendPublication);
      const draw = random.next();
      if (draw < 0.35) publish();
      else if (draw < 0.55) command();
      else if (draw < 0.8) readReceipt(random.chance(0.7), 'atMostOnce');
      else {
        command();
        if (random.chance(0.5)) publish();
        signOut();
      }
    },
    calm() {
      isCalm = true;
    },
    conclude: () => readReceipt(true, 'once'),
    rest: () => restOf(seats.at(-1)?.session ?? '', TABLET_FILTERS[sitting.user], sitting.client.topics),
    faults: () =>
      [
        ...sitting.client.violations,
        ...[...outbox[sitting.user].keys()].map((key) => `publication ${key}: no answer`),
      ].map((fault) => `tablet ${fault}`),
    asked,
    published,
    seats,
  };
}
