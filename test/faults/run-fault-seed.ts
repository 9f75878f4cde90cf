import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createCounts,
  createFaultProxy,
  createSeededRandom,
  judgeCommands,
  judgeRest,
  judgeSightings,
  performOne,
  type SeededRandom,
  type Act,
  type AskedCommand,
  type Rest,
  type Sighting,
  type SimulationReport,
} from '@ms5/testkit';
import { openByWebSocket, type Socket, type SocketEvents } from '@ms5/client';
import type { Json } from '@ms5/wire';
import { issueToken } from '../../packages/server/src/gateway/auth/token.ts';
import { createBasicViewer } from '../simulation/basic-viewer.ts';
import { LINES, PLANT_TEXT, simulatedPlant } from '../simulation/plant.ts';
import { createPoster, type PostingTarget } from '../simulation/poster.ts';
import { temporaryDirectory, writePlant } from '../support/plant.ts';
import type { Programs } from './bundle.ts';
import type { ClientHandle } from './client-handle.ts';
import type { Answer } from './client-orders.ts';
import { createHttpTarget } from './http-target.ts';
import { calmLinks, linkActs } from './links.ts';
import { createPackedObserver } from './packed-observer.ts';
import { readDirectory } from './read-directory.ts';
import { createServerLife } from './server-life.ts';
import { createSseObserver } from './sse-observer.ts';
import { sleep, systemClock } from './system-clock.ts';

/** What stays between seeds: programs, and processes of clients. */
export interface FaultBench {
  readonly programs: Programs;
  readonly clients: readonly ClientHandle[];
}

export interface FaultOptions {
  readonly seed: number;
  readonly trace?: ((line: string) => void) | undefined;
}

export interface FaultReport extends SimulationReport {
  readonly tookMs: number;
  readonly peakResidentBytes: number;
}

const SECRET = 'a secret for tests that is long enough for signing';
const tokenKey = new TextEncoder().encode(SECRET);
const STEPS = 55;
const CALL_TYPES = ['material', 'maintenance', 'quality', 'process', 'safety', 'other'];
/** From the end of the faults; a machine that is busy with other things needs some of it. */
const CONVERGENCE_MS = 20_000;
const ROUND_MS = 80;
const MARK_ROUNDS = 8;
const LEAK_MS = 10_000;
/** A server of this plant, with all its clients stalled. */
const RESIDENT_BOUND_BYTES = 420_000_000;

interface ScriptRandom {
  readonly random: SeededRandom;
  readonly beginStep: (step: number) => void;
}

function createScriptRandom(seed: number): ScriptRandom {
  let present = createSeededRandom(seed);
  return {
    random: {
      next: () => present.next(),
      int: (min, max) => present.int(min, max),
      pick: (items) => present.pick(items),
      chance: (probability) => present.chance(probability),
      shuffle: (items) => present.shuffle(items),
    },
    beginStep(step) {
      present = createSeededRandom(seed * 4_099 + step + 1);
    },
  };
}

/** Runs one seed. Ids within it count on over all clients: what is done twice shows. */
export async function runFaultSeed(
  { programs, clients }: FaultBench,
  { seed, trace }: FaultOptions,
): Promise<FaultReport> {
  const startedAt = systemClock.now();
  // Each step draws from a beginning of its own: what runs beside the script and how long things take change nothing in
  // what the script does.
  const { random, beginStep } = createScriptRandom(seed);
  const counts = createCounts();
  const note = (what: string): void => {
    trace?.(`${systemClock.now() - startedAt} ${what}`);
    counts.note(what);
  };
  const directory = await temporaryDirectory('faults');
  const plant = simulatedPlant();
  const plantFile = await writePlant(directory, PLANT_TEXT);
  const dataDir = join(directory, 'data');
  const proxy = await createFaultProxy({ targetPort: 9, seed });
  const server = createServerLife(proxy, { program: programs.ms5, plantFile, dataDir, secret: SECRET });
  await server.serving();

  const url = `http://127.0.0.1:${proxy.port}`;
  const webSocketUrl = `ws://127.0.0.1:${proxy.port}/ws`;
  const tokenLifeMs = random.chance(0.2) ? 62_000 : 3_600_000;
  const tokenOf = async (userId: string): Promise<string> => {
    const subject = { userId, name: userId, roles: ['admin'] };
    return (await issueToken(tokenKey, subject, systemClock.now(), 3_600_000)).token;
  };
  const tokens = { basic: await tokenOf('basic'), observer: await tokenOf('observer') };
  const serviceToken = await tokenOf('service');

  const faults: string[] = [];
  const sightings: Sighting[] = [];
  const answers = new Map<string, Answer[]>();
  const deadlines = new Map<string, number | null>();
  let isCalm = false;
  const noteAnswer = (about: string, answer: Answer): void => {
    trace?.(`${systemClock.now() - startedAt} outcome of ${about}: ${answer.status} ${answer.offset}`);
    answers.set(about, [...(answers.get(about) ?? []), answer]);
  };

  for (const [index, client] of clients.entries())
    client.begin({
      name: `d${index}`,
      url: webSocketUrl,
      seed: seed * 31 + index,
      skewMs: random.chance(0.3) ? random.int(-600_000, 600_000) : 0,
      isDurable: random.chance(0.8),
      tokenKey,
      tokenLifeMs,
    });
  const openSocket = openByWebSocket();
  /** What is sent before it is open is lost; the viewer says it again. */
  const openByHand = (events: SocketEvents): Socket => {
    let isOpen = false;
    const opened = (): void => {
      isOpen = true;
      events.opened();
    };
    const socket = openSocket(webSocketUrl, [], { ...events, opened });
    return { ...socket, send: (text) => (isOpen ? socket.send(text) : undefined) };
  };
  const viewer = createBasicViewer({
    name: 'basic',
    clock: systemClock,
    sightings,
    open: (events) => openByHand(events),
    token: () => tokens.basic,
    onOutcome: (about, status, offset) => noteAnswer(about, { status: status as Answer['status'], offset }),
  });
  viewer.connect();
  const observers = [
    createPackedObserver({ name: 'packed', url: webSocketUrl, token: tokens.observer, sightings }),
    createSseObserver({ name: 'sse', url, token: tokens.observer, sightings }),
  ];
  let target: { readonly life: number; readonly target: PostingTarget } | null = null;
  let lastHttp = '';
  const noteHttp = (answer: string): void => {
    trace?.(`${systemClock.now() - startedAt} ${answer}`);
    lastHttp = answer;
  };
  const posting = (): PostingTarget | null => {
    if (server.process() === null) return null;
    if (target?.life !== server.life())
      target = { life: server.life(), target: createHttpTarget(url, serviceToken, noteHttp) };
    return target.target;
  };
  const poster = createPoster({
    clock: systemClock,
    random: createSeededRandom(seed + 1_000_000),
    server: posting,
    isCalm: () => isCalm,
    retryMs: 400,
  });

  let notes = 0;
  function command(client: ClientHandle, line: string, isCall: boolean): void {
    notes += 1;
    const about = isCall ? `call ${notes}` : `count ${notes}`;
    const deadline = !isCalm && random.chance(0.3) ? systemClock.now() + random.int(-50, 1_500) : null;
    deadlines.set(about, deadline);
    const data: Json = isCall
      ? { line, callType: random.pick(CALL_TYPES), priority: 'high', note: about }
      : { line, good: notes };
    client.command(isCall ? 'raiseCall' : 'enterCount', data, deadline);
  }
  function commandByHand(): void {
    notes += 1;
    const about = `count ${notes}`;
    deadlines.set(about, null);
    viewer.command(about, 'enterCount', { line: random.pick(LINES), good: notes });
  }
  function endCall(client: ClientHandle): void {
    const name = random.pick(['acknowledgeCall', 'resolveCall', 'cancelCall']);
    client.command(name, { callId: `call-${random.int(1, Math.max(1, notes))}` }, null);
  }
  const someone = (): ClientHandle => random.pick(clients);
  const clientFault = (what: string, perform: (client: ClientHandle) => void) => () => {
    note(what);
    perform(someone());
  };
  const serverFault = (what: string, perform: () => Promise<void>) => () => {
    if (server.process() === null) return;
    note(what);
    perform().catch((error: unknown) => faults.push(`the server did not come back: ${String(error)}`));
  };

  const acts: readonly Act[] = [
    [14, () => command(someone(), random.pick(LINES), random.chance(0.5))],
    [8, () => endCall(someone())],
    [3, commandByHand],
    [12, () => poster.observe()],
    [5, () => poster.publish()],
    [3, () => burst(() => poster.observe())],
    ...linkActs(proxy, random, { ...counts, note }),
    [2, clientFault('freezeClient', (client) => client.freeze())],
    [3, () => someone().thaw()],
    [1, clientFault('duplicateClient', (client) => client.tell('reopen'))],
    [1, clientFault('relisten', (client) => client.tell('relisten'))],
    [1, clientFault('nudge', (client) => client.tell('nudge'))],
    [1, () => random.pick(observers).reconnect()],
    [1, () => viewer.connect()],
    [1.5, serverFault('kill', () => server.crash())],
    [0.5, serverFault('drain', () => server.drainAndRestart())],
  ];

  /** So that something waits at links that are slow. */
  function burst(act: () => void): void {
    for (let left = random.int(5, 20); left > 0; left -= 1) act();
  }

  async function restsNow(epoch: string): Promise<{ rests: readonly Rest[]; left: readonly string[] }> {
    const left = [...viewer.pending(), ...poster.pending()];
    const rests: Rest[] = [viewer.rest(epoch), ...observers.map((observer) => observer.rest())];
    for (const [index, client] of clients.entries()) {
      const answer = await client.rest();
      if (answer === null) left.push(`d${index}: its process does not answer`);
      else {
        rests.push(answer.rest);
        if (!answer.isSettled) left.push(`d${index}: not live, or commands are pending`);
      }
    }
    return { rests, left };
  }

  async function whatIsMissing(): Promise<readonly string[]> {
    const { truth } = readDirectory(dataDir, plant);
    const { rests, left } = await restsNow(truth.epoch());
    return [...left, ...rests.flatMap((rest) => judgeRest(truth, rest))];
  }

  async function comeToRest(): Promise<void> {
    isCalm = true;
    beginStep(STEPS);
    for (const client of clients) client.thaw();
    if (random.chance(0.3)) {
      note('kill');
      await server.crash();
    }
    await server.serving();
    calmLinks(proxy);
    viewer.connect();
    const endAt = systemClock.now() + CONVERGENCE_MS;
    let left: readonly string[] = ['not looked yet'];
    for (let round = 0; left.length > 0 && systemClock.now() < endAt; round += 1) {
      // Again, for streams that were subscribed to after the entry before. Nobody waits out a long retreat.
      if (round % MARK_ROUNDS === 0) {
        for (const client of clients) client.tell('nudge');
        mark();
      }
      await sleep(ROUND_MS);
      calmLinks(proxy);
      left = await whatIsMissing();
    }
    faults.push(...left.map((fault) => `not at rest: ${fault}`));
    if (left.length > 0) faults.push(`the last answer over HTTP: ${lastHttp}`);
  }

  /** So that every stream has an entry that whoever listens must see. */
  function mark(): void {
    for (const line of LINES) for (const client of clients) command(client, line, false);
    poster.publish();
  }

  async function sessionsLeft(): Promise<number> {
    const { port } = await server.serving();
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/system/sessions?limit=1`, {
      headers: { authorization: `Bearer ${serviceToken}` },
    });
    return ((await response.json()) as { readonly total: number }).total;
  }

  async function endClients(): Promise<void> {
    viewer.close();
    for (const observer of observers) {
      faults.push(...observer.faults());
      observer.close();
    }
    for (const ended of await Promise.all(clients.map((client) => client.end()))) {
      sightings.push(...ended.sightings);
      faults.push(...ended.faults);
      for (const [about, answer] of ended.answers) noteAnswer(about, answer);
    }
    proxy.resetAll();
    const endAt = systemClock.now() + LEAK_MS;
    let left = await sessionsLeft();
    while (left > 0 && systemClock.now() < endAt) {
      await sleep(20);
      left = await sessionsLeft();
    }
    if (left > 0) faults.push(`${left} sessions left`);
  }

  try {
    for (let step = 0; step < STEPS; step += 1) {
      beginStep(step);
      const pauseMs = random.chance(0.1) ? random.int(50, 150) : random.int(0, 25);
      await performOne(random, acts);
      await sleep(pauseMs);
    }
    await comeToRest();
    await endClients();
    await server.stop(random.chance(0.2) ? 'drain' : 'kill');
    const { truth, commands, counted, published } = readDirectory(dataDir, plant);
    const asked = [...deadlines].map(([about, deadlineMs]): AskedCommand => ({
      key: { clientId: about, counter: 0 },
      deadlineMs,
      answers: answers.get(about) ?? [],
    }));
    faults.push(...judgeSightings(truth, sightings), ...judgeCommands(asked, [commands]));
    faults.push(...poster.judge(counted, published), ...server.faults());
    const peakResidentBytes = server.peakResidentBytes();
    if (peakResidentBytes > RESIDENT_BOUND_BYTES)
      faults.push(`the server held ${Math.round(peakResidentBytes / 1e6)} MB`);
    return { seed, faults, counts: counts.read(), tookMs: systemClock.now() - startedAt, peakResidentBytes };
  } finally {
    for (const observer of observers) observer.close();
    viewer.close();
    await server.stop('kill');
    await proxy.close();
    await rm(directory, { recursive: true, force: true });
  }
}
