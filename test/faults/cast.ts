import { openByWebSocket, type Socket, type SocketEvents } from '@ms5/client';
import {
  createSeededRandom,
  type Act,
  type AskedCommand,
  type Rest,
  type SeededRandom,
  type Sighting,
} from '@ms5/testkit';
import { issueToken } from '../../packages/server/src/gateway/auth/token.ts';
import { createBasicViewer, type BasicViewer } from '../simulation/basic-viewer.ts';
import { LINES } from '../simulation/plant.ts';
import { createPoster, type Poster, type PostingTarget } from '../simulation/poster.ts';
import type { ClientHandle } from './client-handle.ts';
import type { Answer } from './client-orders.ts';
import { createGuardedObserver } from './guarded-observer.ts';
import { createHttpTarget } from './http-target.ts';
import type { Observer } from './observer.ts';
import { createPackedObserver } from './packed-observer.ts';
import type { ServerLife } from './server-life.ts';
import { createSseObserver } from './sse-observer.ts';
import { systemClock } from './system-clock.ts';

/** Everybody who talks to the server in a run, through the proxy. */
export interface Cast {
  /** What they do by chance. */
  readonly acts: readonly Act[];
  /** From now on nobody is frozen, and what is sent is not given up. */
  calm(): void;
  /** Somebody gives up a connection for a new one; clients that wait to come back do so at once. */
  nudge(): void;
  /** Sees to it that every stream has an entry that whoever listens must see. */
  mark(): void;
  /** Where everybody stands, and what is still under way. */
  rests(epoch: string): Promise<{ readonly rests: readonly Rest[]; readonly left: readonly string[] }>;
  /** At rest: who is to be sent away must be. */
  conclude(): Promise<void>;
  /** Closes all; resolves when everything they saw is in the record. */
  end(): Promise<void>;
  readonly sightings: readonly Sighting[];
  faults(): readonly string[];
  asked(): readonly AskedCommand[];
  readonly poster: Poster;
}

export interface CastParts {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly clients: readonly ClientHandle[];
  readonly server: ServerLife;
  /** Of the proxy. */
  readonly port: number;
  readonly tokenKey: Uint8Array;
  readonly note: (what: string) => void;
  readonly trace: (line: string) => void;
}

const TOKEN_LIFE_MS = 3_600_000;
/** Expires so soon that it is renewed within the run: it is announced 60 s before. */
const SHORT_TOKEN_LIFE_MS = 62_000;
const POST_RETRY_MS = 400;
const CALL_TYPES = ['material', 'maintenance', 'quality', 'process', 'safety', 'other'];

export async function openCast(parts: CastParts): Promise<Cast> {
  const { seed, random, clients, note, trace } = parts;
  const url = `http://127.0.0.1:${parts.port}`;
  const webSocketUrl = `ws://127.0.0.1:${parts.port}/ws`;
  const sightings: Sighting[] = [];
  const faults: string[] = [];
  const record = createCommandRecord(trace);
  let isCalm = false;
  const tokenOf = async (userId: string, role = 'admin'): Promise<string> => {
    const subject = { userId, name: userId, roles: [role] };
    return (await issueToken(parts.tokenKey, subject, systemClock.now(), TOKEN_LIFE_MS)).token;
  };

  const tokenLifeMs = random.chance(0.2) ? SHORT_TOKEN_LIFE_MS : TOKEN_LIFE_MS;
  for (const [index, client] of clients.entries())
    client.begin({
      name: `d${index}`,
      url: webSocketUrl,
      seed: seed * 31 + index,
      skewMs: random.chance(0.3) ? random.int(-600_000, 600_000) : 0,
      isDurable: random.chance(0.8),
      tokenKey: parts.tokenKey,
      tokenLifeMs,
    });
  const basicToken = await tokenOf('basic');
  const viewer = createBasicViewer({
    name: 'basic',
    clock: systemClock,
    sightings,
    open: (events) => openByHand(webSocketUrl, events),
    token: () => basicToken,
    onOutcome: (about, status, offset) =>
      record.noteAnswer(about, { status: status as Answer['status'], offset }),
  });
  viewer.connect();
  const token = await tokenOf('observer');
  const guarded = createGuardedObserver({
    name: 'guarded',
    url: webSocketUrl,
    httpUrl: url,
    adminToken: token,
    tokenFor: (role) => tokenOf('guarded', role),
    sightings,
  });
  const observers: readonly Observer[] = [
    guarded,
    createPackedObserver({ name: 'packed', url: webSocketUrl, token, sightings }),
    createSseObserver({ name: 'sse', url, token, sightings }),
  ];
  let lastHttp = 'none';
  const noteHttp = (answer: string): void => {
    trace(answer);
    lastHttp = answer;
  };
  const poster = createPoster({
    clock: systemClock,
    random: createSeededRandom(seed + 1_000_000),
    server: targetOf(parts.server, createHttpTarget(url, await tokenOf('service'), noteHttp)),
    isCalm: () => isCalm,
    // Ever more seldom, or a machine that is slow is kept busy by that alone.
    retryMs: (attempt) => POST_RETRY_MS * 2 ** Math.min(attempt, 4),
  });

  const someone = (): ClientHandle => random.pick(clients);
  const deadline = (): number | null =>
    !isCalm && random.chance(0.3) ? systemClock.now() + random.int(-50, 1_500) : null;

  function raiseCall(client: ClientHandle, line: string): void {
    const due = deadline();
    const note = `call ${record.ask('call', due)}`;
    client.command('raiseCall', { line, callType: random.pick(CALL_TYPES), priority: 'high', note }, due);
  }
  function enterCount(client: ClientHandle, line: string): void {
    const due = deadline();
    client.command('enterCount', { line, good: record.ask('count', due) }, due);
  }
  function enterCountByHand(): void {
    const good = record.ask('count', null);
    viewer.command(`count ${good}`, 'enterCount', { line: random.pick(LINES), good });
  }
  function endCall(client: ClientHandle): void {
    const name = random.pick(['acknowledgeCall', 'resolveCall', 'cancelCall']);
    client.command(name, { callId: `call-${random.int(1, record.count() + 1)}` }, null);
  }
  /** So that something waits at links that are slow. */
  function observeMuch(): void {
    for (let left = random.int(5, 20); left > 0; left -= 1) poster.observe();
  }
  const noted = (what: string, perform: () => void) => () => {
    note(what);
    perform();
  };
  const fault = (what: string, perform: (client: ClientHandle) => void) =>
    noted(what, () => perform(someone()));

  return {
    acts: [
      [7, () => raiseCall(someone(), random.pick(LINES))],
      [7, () => enterCount(someone(), random.pick(LINES))],
      [8, () => endCall(someone())],
      [3, enterCountByHand],
      [12, () => poster.observe()],
      [5, () => poster.publish()],
      [3, observeMuch],
      [2, fault('freezeClient', (client) => client.freeze())],
      [3, () => someone().thaw()],
      [1, fault('duplicateClient', (client) => client.tell('reopen'))],
      [1, fault('relisten', (client) => client.tell('relisten'))],
      [1, fault('nudge', (client) => client.tell('nudge'))],
      [1, () => random.pick(observers).reconnect()],
      [1, () => viewer.connect()],
      [1.5, noted('revokeUser', () => guarded.revoke())],
      [1.5, noted('narrowPermissions', () => guarded.narrow())],
      [2, () => guarded.restore()],
    ],
    calm() {
      isCalm = true;
      for (const client of clients) client.thaw();
      viewer.connect();
      guarded.restore();
    },
    nudge() {
      for (const client of clients) client.tell('nudge');
    },
    mark() {
      for (const line of LINES) for (const client of clients) enterCount(client, line);
      poster.publish();
    },
    async rests(epoch) {
      const unanswered = poster.pending().map((each) => `${each} (over HTTP last: ${lastHttp})`);
      const left = [...viewer.pending(), ...unanswered];
      const rests: Rest[] = [viewer.rest(epoch), ...observers.map((observer) => observer.rest())];
      for (const [index, client] of clients.entries()) {
        const answer = await client.rest();
        if (answer !== null) rests.push(answer.rest);
        if (answer?.isSettled !== true) left.push(`d${index}: not live, or commands are pending`);
      }
      return { rests, left };
    },
    conclude: () => guarded.conclude(),
    async end() {
      closeAll(viewer, observers);
      faults.push(...observers.flatMap((observer) => observer.faults()));
      for (const ended of await Promise.all(clients.map((client) => client.end()))) {
        sightings.push(...ended.sightings);
        faults.push(...ended.faults);
        for (const [about, answer] of ended.answers) record.noteAnswer(about, answer);
      }
    },
    sightings,
    faults: () => faults,
    asked: () => record.asked(),
    poster,
  };
}

function closeAll(viewer: BasicViewer, observers: readonly Observer[]): void {
  viewer.close();
  for (const observer of observers) observer.close();
}

/** What is sent before it is open is lost; the viewer says it again. */
function openByHand(url: string, events: SocketEvents): Socket {
  let isOpen = false;
  const opened = (): void => {
    isOpen = true;
    events.opened();
  };
  const socket = openByWebSocket()(url, [], { ...events, opened });
  return { ...socket, send: (text) => (isOpen ? socket.send(text) : undefined) };
}

/** Another one after each restart, so that answers of a server that died count for nothing. */
function targetOf(server: ServerLife, target: PostingTarget): () => PostingTarget | null {
  let life = 0;
  let present = target;
  return () => {
    if (server.process() === null) return null;
    if (life !== server.life()) present = { ...target };
    life = server.life();
    return present;
  };
}

interface CommandRecord {
  /** A number for a new command of this kind, unique in the run. */
  ask(kind: 'call' | 'count', deadlineMs: number | null): number;
  count(): number;
  noteAnswer(about: string, answer: Answer): void;
  asked(): readonly AskedCommand[];
}

function createCommandRecord(trace: (line: string) => void): CommandRecord {
  const answers = new Map<string, Answer[]>();
  const deadlines = new Map<string, number | null>();
  return {
    ask(kind, deadlineMs) {
      const number = deadlines.size + 1;
      deadlines.set(`${kind} ${number}`, deadlineMs);
      return number;
    },
    count: () => deadlines.size,
    noteAnswer(about, answer) {
      trace(`outcome of ${about}: ${answer.status} ${answer.offset}`);
      answers.set(about, [...(answers.get(about) ?? []), answer]);
    },
    asked: () =>
      [...deadlines].map(([about, deadlineMs]) => ({
        key: { clientId: about, counter: 0 },
        deadlineMs,
        answers: answers.get(about) ?? [],
      })),
  };
}
