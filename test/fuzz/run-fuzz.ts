import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSeededRandom, type SeededRandom } from '@ms5/testkit';
import { issueToken } from '../../packages/server/src/gateway/auth/token.ts';
import { bundlePrograms } from '../faults/bundle.ts';
import { startServerProcess, type ServerProcess } from '../faults/server-process.ts';
import { sleep, systemClock } from '../faults/system-clock.ts';
import { PLANT_TEXT } from '../simulation/plant.ts';
import { temporaryDirectory, writePlant } from '../support/plant.ts';
import { until } from '../support/until.ts';
import { attackHttp, attackWebSocket, type AttackReport } from './attacker.ts';
import { BYSTANDER_TOPIC, openBystanders, type Bystander } from './bystanders.ts';
import { collectedHeapBytes } from './inspector.ts';
import { ENDPOINTS } from './messages.ts';

export interface FuzzOptions {
  readonly frames: number;
  readonly seed: number;
  readonly onProgress?: (sent: number) => void;
}

export interface FuzzReport {
  readonly faults: readonly string[];
  /** Frames and requests sent, by endpoint. */
  readonly sent: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly seconds: number;
  /** WebSocket messages that the server took from clients; the rest was refused before it was one. */
  readonly messagesTaken: number;
  /** How the server ended sessions, by close code. */
  readonly closeCodes: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly bystanders: Readonly<Record<string, { readonly received: number; readonly p99Ms: number }>>;
  /** After the first tenth and at the end, when all attackers had gone. */
  readonly heapMb: readonly [number, number];
  readonly residentMb: readonly [number, number];
}

/** `http`: all addresses, Server-Sent Events among them. */
const ATTACKED = [...ENDPOINTS, 'http'] as const;
type Attacked = (typeof ATTACKED)[number];

const SECRET = 'a secret for tests that is long enough for signing';
const tokenKey = new TextEncoder().encode(SECRET);
const ATTACKERS = 24;
const USERS = 40;
/** Few enough that most are read before too many were malformed (rule X2). */
const FRAMES_PER_CONNECTION = [8, 28] as const;
const PUBLISH_MS = 60;
/** In a row, of one publication. */
const MAX_FAILURES = 5;
const SETTLE_MS = 30_000;
/** Growth of what is left when all attackers have gone that counts as a leak. */
const HEAP_GROWTH_BYTES = 24_000_000;
const RESIDENT_GROWTH_BYTES = 160_000_000;
const MEGABYTE = 1_000_000;

async function tokenOf(userId: string, role: string): Promise<string> {
  const subject = { userId, name: userId, roles: [role] };
  return (await issueToken(tokenKey, subject, systemClock.now(), 24 * 3_600_000)).token;
}

/** Sends so many hostile frames to every endpoint of a real server process, and watches what becomes of it. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const programs = await bundlePrograms();
  const directory = await temporaryDirectory('fuzz');
  const plantFile = await writePlant(directory, PLANT_TEXT);
  const server = await startServerProcess({
    program: programs.ms5,
    plantFile,
    dataDir: join(directory, 'data'),
    secret: SECRET,
    nodeParameters: ['--inspect=127.0.0.1:0'],
    parameters: ['--compress'],
  });
  try {
    return await fuzz(server, options);
  } finally {
    await server.kill();
    await rm(directory, { recursive: true, force: true });
    await programs.remove();
  }
}

async function fuzz(server: ServerProcess, { frames, seed, onProgress }: FuzzOptions): Promise<FuzzReport> {
  const startedAt = systemClock.now();
  const { port } = server;
  const faults: string[] = [];
  const admin = await tokenOf('watch', 'admin');
  const publishing = startPublishing(port, admin, faults);
  await publishing.published(1);
  const bystanders = await openBystanders({ port, token: admin, now: () => systemClock.now() });
  const tally = createTally();
  const tokens = await Promise.all(
    Array.from({ length: USERS }, (_, index) => tokenOf(`fuzz-${index}`, 'engineer')),
  );

  const attackUntil = async (total: number): Promise<void> => {
    const work = async (lane: number): Promise<void> => {
      const random = createSeededRandom(seed * 1_000_003 + lane * 7_919 + total);
      while (tally.total() < total && server.isRunning()) {
        const endpoint = tally.fewest();
        tally.add(endpoint, await attack(port, random, tokens, endpoint));
        onProgress?.(tally.total());
      }
    };
    await Promise.all(Array.from({ length: ATTACKERS }, (_, lane) => work(lane)));
  };
  const settled = async (): Promise<readonly [heap: number, resident: number]> => {
    await until('only bystanders are left', () => onlyLeft(port, bystanders.length), SETTLE_MS);
    const heap = await collectedHeapBytes(server.inspectorUrl());
    await sleep(200);
    return [await smaller(heap, server), server.residentBytes()];
  };

  await attackUntil(Math.ceil(frames / 10));
  const before = await settled();
  await attackUntil(frames);
  const after = server.isRunning() ? await settled() : before;
  const last = await publishing.stop();
  if (server.isRunning())
    await until(
      'bystanders have it all',
      () => bystanders.every((each) => each.last() === last) || undefined,
    ).catch((error: unknown) => faults.push(String(error)));
  else faults.push(`the server ended: ${server.output().slice(-2_000)}`);
  const metrics = server.isRunning() ? await metricsOf(port) : new Map<string, number>();
  for (const bystander of bystanders) {
    faults.push(...bystander.faults);
    bystander.close();
  }
  if (after[0] - before[0] > HEAP_GROWTH_BYTES) faults.push(`the heap grew from ${before[0]} to ${after[0]}`);
  if (after[1] - before[1] > RESIDENT_GROWTH_BYTES)
    faults.push(`memory grew from ${before[1]} to ${after[1]}`);
  if (tally.closeCodes()['4005'] !== undefined) faults.push('sessions failed inside the server');
  for (const [name, value] of metrics)
    if (value > 0 && (name.includes('code="4005"') || name.includes('code="internal"')))
      faults.push(`${name} is ${value}`);
  const logged = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  if (logged.length > 0) faults.push(`the server logged an error: ${logged[0]?.slice(0, 500)}`);
  return {
    faults,
    sent: tally.sent(),
    connections: tally.connections(),
    seconds: (systemClock.now() - startedAt) / 1_000,
    messagesTaken: sum(metrics, 'ms5_received_messages_total'),
    closeCodes: tally.closeCodes(),
    answers: tally.answers(),
    bystanders: Object.fromEntries(bystanders.map((each) => [each.name, figuresOf(each)])),
    heapMb: [Math.round(before[0] / MEGABYTE), Math.round(after[0] / MEGABYTE)],
    residentMb: [Math.round(before[1] / MEGABYTE), Math.round(after[1] / MEGABYTE)],
  };
}

/** Collected twice: what the first collection only finalized is gone after the second. */
async function smaller(heap: number, server: ServerProcess): Promise<number> {
  return Math.min(heap, await collectedHeapBytes(server.inspectorUrl()));
}

function attack(
  port: number,
  random: SeededRandom,
  tokens: readonly string[],
  endpoint: Attacked,
): Promise<AttackReport> {
  const parts = { port, random, token: random.pick(tokens) };
  return endpoint === 'http'
    ? attackHttp(parts, random.int(1, 12))
    : attackWebSocket(parts, endpoint, random.int(...FRAMES_PER_CONNECTION));
}

function figuresOf({ latenciesMs }: Bystander): { readonly received: number; readonly p99Ms: number } {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return { received: sorted.length, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
}

interface Tally {
  add(endpoint: string, report: AttackReport): void;
  total(): number;
  /** The endpoint that the least was sent to so far. */
  fewest(): Attacked;
  connections(): number;
  sent(): Readonly<Record<string, number>>;
  closeCodes(): Readonly<Record<string, number>>;
  answers(): Readonly<Record<string, number>>;
}

function createTally(): Tally {
  const sent = new Map<string, number>();
  const closeCodes = new Map<string, number>();
  const answers = new Map<string, number>();
  let total = 0;
  let connections = 0;
  const raise = (counts: Map<string, number>, name: string, by = 1): void =>
    void counts.set(name, (counts.get(name) ?? 0) + by);
  const sorted = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
    Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    add(endpoint, report) {
      connections += 1;
      total += report.sent;
      raise(sent, endpoint, report.sent);
      if (report.closeCode !== null) raise(closeCodes, String(report.closeCode));
      raise(answers, report.answer.slice(0, 12));
    },
    total: () => total,
    fewest: () =>
      ATTACKED.reduce((least, each) => ((sent.get(each) ?? 0) < (sent.get(least) ?? 0) ? each : least)),
    connections: () => connections,
    sent: () => sorted(sent),
    closeCodes: () => sorted(closeCodes),
    answers: () => sorted(answers),
  };
}

/** Publishes numbers, one after the other, each again until it is answered. */
function startPublishing(
  port: number,
  token: string,
  faults: string[],
): { readonly published: (number: number) => Promise<true>; readonly stop: () => Promise<number> } {
  let number = 0;
  let isStopped = false;
  /** The publication under way, or the last one. */
  let present = Promise.resolve();

  async function publish(): Promise<void> {
    const body = {
      topic: BYSTANDER_TOPIC,
      data: { number: number + 1, at: systemClock.now() },
      key: `n${number + 1}`,
    };
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    if (response.ok) number += 1;
    else faults.push(`publishing was answered ${response.status}`);
  }
  const publishOn = async (): Promise<void> => {
    await publish();
    systemClock.after(PUBLISH_MS, () => {
      if (!isStopped) go();
    });
  };
  // A kept connection may end just when it is used again; the key makes it safe to repeat.
  let failures = 0;
  const go = (): void => {
    present = publishOn().then(
      () => void (failures = 0),
      (error: unknown) => {
        failures += 1;
        if (failures < MAX_FAILURES && !isStopped) systemClock.after(PUBLISH_MS, go);
        else if (!isStopped) faults.push(`publishing failed: ${String(error)}`);
      },
    );
  };
  go();
  return {
    published: (wanted) => until('published', () => (number >= wanted ? true : undefined)),
    async stop() {
      isStopped = true;
      await present;
      return number;
    },
  };
}

async function metricsOf(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

function sum(metrics: ReadonlyMap<string, number>, name: string): number {
  let total = 0;
  for (const [each, value] of metrics) if (each.startsWith(name)) total += value;
  return total;
}

async function onlyLeft(port: number, bystanders: number): Promise<true | undefined> {
  const metrics = await metricsOf(port);
  const left = Math.max(sum(metrics, 'ms5_sessions{'), sum(metrics, 'ms5_connections'));
  return left <= bystanders ? true : undefined;
}
