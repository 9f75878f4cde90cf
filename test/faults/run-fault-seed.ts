import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createCounts,
  createFaultProxy,
  judgeCommands,
  judgeRest,
  judgeSightings,
  performOne,
  type Act,
  type FaultProxy,
  type SimulationReport,
} from '@ms5/testkit';
import type { Plant } from '../../packages/server/src/config/index.ts';
import { issueToken } from '../../packages/server/src/gateway/auth/token.ts';
import { PLANT_TEXT, simulatedPlant } from '../simulation/plant.ts';
import { temporaryDirectory, writePlant } from '../support/plant.ts';
import type { Programs } from './bundle.ts';
import { openCast, type Cast } from './cast.ts';
import type { ClientHandle } from './client-handle.ts';
import { calmLinks, linkActs } from './links.ts';
import { readDirectory } from './read-directory.ts';
import { createScriptRandom, type ScriptRandom } from './script-random.ts';
import { createServerLife, type ServerLife } from './server-life.ts';
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
/** From the end of the faults. A second or two, but for a machine that is busy with other things. */
const CONVERGENCE_MS = 40_000;
const ROUND_MS = 80;
const MARK_ROUNDS = 8;
const LEAK_MS = 10_000;
/** A server of this plant, with all its clients stalled. */
const RESIDENT_BOUND_BYTES = 420_000_000;

/** One run: its server, its network, and everybody who talks over it. */
interface Run {
  readonly random: ScriptRandom;
  readonly proxy: FaultProxy;
  readonly server: ServerLife;
  readonly cast: Cast;
  readonly dataDir: string;
  readonly plant: Plant;
  readonly faults: string[];
  readonly note: (what: string) => void;
}

/** Runs one seed against real processes and sockets, lets all come to rest, and judges what was seen by the log. */
export async function runFaultSeed(
  { programs, clients }: FaultBench,
  { seed, trace }: FaultOptions,
): Promise<FaultReport> {
  const startedAt = systemClock.now();
  const random = createScriptRandom(seed);
  const counts = createCounts();
  const traceAt = (line: string): void => trace?.(`${systemClock.now() - startedAt} ${line}`);
  const note = (what: string): void => {
    traceAt(what);
    counts.note(what);
  };
  const directory = await temporaryDirectory('faults');
  const plantFile = await writePlant(directory, PLANT_TEXT);
  const dataDir = join(directory, 'data');
  const proxy = await createFaultProxy({ targetPort: 9, seed });
  const server = createServerLife(proxy, { program: programs.ms5, plantFile, dataDir, secret: SECRET });
  try {
    await server.serving();
    const { port } = proxy;
    const cast = await openCast({ seed, random, clients, server, port, tokenKey, note, trace: traceAt });
    const plant = simulatedPlant();
    const run: Run = { random, proxy, server, cast, dataDir, plant, faults: [], note };
    await performScript(run, [...cast.acts, ...linkActs(proxy, random, { ...counts, note })]);
    await comeToRest(run);
    await cast.conclude();
    await cast.end();
    await checkLeaks(run);
    await server.stop(random.chance(0.2) ? 'drain' : 'kill');
    judgeAll(run);
    const { faults } = run;
    const peakResidentBytes = server.peakResidentBytes();
    return { seed, faults, counts: counts.read(), tookMs: systemClock.now() - startedAt, peakResidentBytes };
  } finally {
    await server.stop('kill');
    await proxy.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function performScript({ random, server, faults, note }: Run, acts: readonly Act[]): Promise<void> {
  const serverFault = (what: string, perform: () => Promise<void>) => () => {
    if (server.process() === null) return;
    note(what);
    perform().catch((error: unknown) => faults.push(`the server did not come back: ${String(error)}`));
  };
  const all: readonly Act[] = [
    ...acts,
    [1.5, serverFault('kill', () => server.crash())],
    [0.5, serverFault('drain', () => server.drainAndRestart())],
  ];
  for (let step = 0; step < STEPS; step += 1) {
    random.beginStep(step);
    const pauseMs = random.chance(0.1) ? random.int(50, 150) : random.int(0, 25);
    await performOne(random, all);
    await sleep(pauseMs);
  }
}

/** The faults cease; everybody must soon stand where the log stands. */
async function comeToRest(run: Run): Promise<void> {
  const { random, server, proxy, cast, faults, note } = run;
  random.beginStep(STEPS);
  if (random.chance(0.3)) {
    note('kill');
    await server.crash();
  }
  await server.serving();
  calmLinks(proxy);
  cast.calm();
  const endAt = systemClock.now() + CONVERGENCE_MS;
  let left: readonly string[] = ['not looked yet'];
  for (let round = 0; left.length > 0 && systemClock.now() < endAt; round += 1) {
    // Again, for streams that were subscribed to after the entry before. Nobody waits out a long retreat.
    if (round % MARK_ROUNDS === 0) {
      cast.nudge();
      cast.mark();
    }
    await sleep(ROUND_MS);
    calmLinks(proxy);
    left = await whatIsMissing(run);
  }
  faults.push(...left.map((fault) => `not at rest: ${fault}`));
}

async function whatIsMissing({ cast, dataDir, plant }: Run): Promise<readonly string[]> {
  const { truth } = readDirectory(dataDir, plant);
  const { rests, left } = await cast.rests(truth.epoch());
  return [...left, ...rests.flatMap((rest) => judgeRest(truth, rest))];
}

/** With everybody gone the server keeps no session, and never held more memory than it may. */
async function checkLeaks({ proxy, server, faults }: Run): Promise<void> {
  proxy.resetAll();
  const { port } = await server.serving();
  const subject = { userId: 'watch', name: 'watch', roles: ['admin'] };
  const { token } = await issueToken(tokenKey, subject, systemClock.now(), 3_600_000);
  const sessions = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/system/sessions?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await response.json()) as { readonly total: number }).total;
  };
  const endAt = systemClock.now() + LEAK_MS;
  let left = await sessions();
  while (left > 0 && systemClock.now() < endAt) {
    await sleep(20);
    left = await sessions();
  }
  if (left > 0) faults.push(`${left} sessions left`);
  const peak = server.peakResidentBytes();
  if (peak > RESIDENT_BOUND_BYTES) faults.push(`the server held ${Math.round(peak / 1e6)} MB`);
}

function judgeAll({ cast, dataDir, plant, server, faults }: Run): void {
  const { truth, commands, counted, published } = readDirectory(dataDir, plant);
  faults.push(...judgeSightings(truth, cast.sightings), ...judgeCommands(cast.asked(), [commands]));
  faults.push(...cast.poster.judge(counted, published), ...cast.faults(), ...server.faults());
}
