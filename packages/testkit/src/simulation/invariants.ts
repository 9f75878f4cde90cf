import type {
  AnsweredPublication,
  AskedAct,
  AskedCommand,
  LoggedCommand,
  NotedAct,
  Rest,
  Seat,
  Sighting,
} from './sightings.ts';
import { stepAt, type Timeline, type Truth } from './truth.ts';

/** No client may call a state the present one for longer than this after it was superseded, ms. */
export const STALE_BOUND_MS = 75_000;
/** So long after the last fault every client must stand where the server stands, ms. */
export const CONVERGENCE_MS = 90_000;

type Of<Kind extends Sighting['kind']> = Extract<Sighting, { kind: Kind }>;

/** Everything clients observed, against everything that was committed. Empty: all is well. */
export function judgeSightings(truth: Truth, sightings: readonly Sighting[]): readonly string[] {
  const faults: string[] = [];
  const known: Known = { streams: new Map(), heads: new Map() };
  for (const sighting of sightings) {
    if (sighting.kind === 'committed') {
      known.heads.set(sighting.epoch, sighting.offset);
      continue;
    }
    const fault = judge(truth, known, sighting);
    if (fault !== null) faults.push(`${sighting.client} ${sighting.topic}: ${fault}`);
  }
  return faults;
}

/** What the sightings so far say. */
interface Known {
  readonly streams: Map<string, StreamReader>;
  /** By epoch: where the log ended. */
  readonly heads: Map<string, number>;
}

/** How far a client has read a stream. */
interface StreamReader {
  readonly timeline: Timeline | null;
  /** Index of the step read last; -1: those before the first. */
  readonly index: number;
}

function judge(
  truth: Truth,
  { streams, heads }: Known,
  sighting: Exclude<Sighting, { kind: 'committed' }>,
): string | null {
  const reader = `${sighting.client} ${sighting.topic}`;
  switch (sighting.kind) {
    case 'start':
      return judgeStart(truth, streams, reader, sighting);
    case 'entry':
      return judgeEntry(truth, streams, reader, sighting);
    case 'loss':
    case 'end':
      streams.delete(reader);
      return null;
    case 'change':
      return judgeChange(truth, sighting);
    case 'state':
      return judgeState(truth, sighting, heads.get(sighting.epoch) ?? Infinity);
    case 'live':
      return judgeLive(truth, sighting);
    default:
      return null;
  }
}

function judgeStart(
  truth: Truth,
  streams: Map<string, StreamReader>,
  reader: string,
  { epoch, topic, offset, heldOffset, isVoid, isLossTold }: Of<'start'>,
): string | null {
  if (offset > truth.head(epoch)) return `announced at ${offset}, the log ends at ${truth.head(epoch)}`;
  const timeline = truth.find(epoch, topic);
  if (timeline === undefined) return null;
  const index = stepAt(timeline, offset);
  if (timeline.kind === 'stream') streams.set(reader, { timeline, index });
  const mustContinue = timeline.kind === 'stream' || timeline.lane === 'critical';
  if (!mustContinue || isLossTold || heldOffset < 0 || heldOffset >= offset) return null;
  // The topic began anew when the older one was void already.
  if (isVoid && timeline.steps[index]?.isRemoval === true) return null;
  const before = stepAt(timeline, heldOffset);
  return before === index
    ? null
    : `a silent gap: ${index - before} changes between ${heldOffset} and ${offset}`;
}

function judgeEntry(
  truth: Truth,
  streams: Map<string, StreamReader>,
  reader: string,
  sighting: Of<'entry'>,
): string | null {
  const before = streams.get(reader);
  const found = findEntry(truth, before?.timeline ?? null, sighting);
  if (found === null) return `entry ${sighting.offset} (${sighting.digest}) was never committed`;
  streams.set(reader, found);
  if (before === undefined) return null;
  if (before.timeline !== found.timeline)
    return `entry ${sighting.offset} of another epoch, without a loss told`;
  const expected = nextEntry(before);
  if (found.index === expected) return null;
  return found.index > expected
    ? `a silent gap: ${found.index - expected} entries before ${sighting.offset}`
    : `entry ${sighting.offset} again or out of order`;
}

/** Removals are steps too, but no entries. */
function nextEntry({ timeline, index }: StreamReader): number {
  let next = index + 1;
  while (timeline?.steps[next]?.isRemoval === true) next += 1;
  return next;
}

function findEntry(
  truth: Truth,
  preferred: Timeline | null,
  { topic, epoch, offset, digest }: Of<'entry'>,
): StreamReader | null {
  const all = truth.ofTopic(topic);
  const candidates = preferred === null ? all : [preferred, ...all];
  for (const timeline of candidates) {
    if (epoch !== undefined && timeline.epoch !== epoch) continue;
    const index = stepAt(timeline, offset);
    const step = timeline.steps[index];
    if (step?.offset === offset && step.digest === digest) return { timeline, index };
  }
  return null;
}

/** Every critical change comes singly. */
function judgeChange(truth: Truth, { epoch, topic, from, to }: Of<'change'>): string | null {
  const timeline = truth.find(epoch, topic);
  if (timeline === undefined) return `changed in epoch ${epoch}, where it never was`;
  if (to > truth.head(epoch)) return `a change to ${to}, the log ends at ${truth.head(epoch)}`;
  if (timeline.lane !== 'critical') return null;
  const count = stepAt(timeline, to) - stepAt(timeline, from);
  return count === 1 ? null : `(${from}, ${to}] holds ${count} critical changes instead of one`;
}

/**
 * A whole state is that of its offset. Where changes are merged, a key that changed again by then may still be the
 * older one: the newer is on its way. `head`: where the log ended when the state was seen.
 */
function judgeState(truth: Truth, { epoch, topic, offset, keys }: Of<'state'>, head: number): string | null {
  if (offset > truth.head(epoch)) return `held at ${offset}, the log ends at ${truth.head(epoch)}`;
  const timeline = truth.find(epoch, topic);
  if (timeline === undefined) return keys.size === 0 ? null : `held in epoch ${epoch}, where it never was`;
  const index = stepAt(timeline, offset);
  const expected = timeline.steps[index]?.keys ?? new Map<string, string>();
  for (const key of new Set([...expected.keys(), ...keys.keys()])) {
    if (expected.get(key) === keys.get(key)) continue;
    if (timeline.lane !== 'critical' && isTouchedAfter(timeline, index, key, head)) continue;
    return `at ${offset} ${key} is ${keys.get(key) ?? 'absent'}, committed was ${expected.get(key) ?? 'none'}`;
  }
  return null;
}

function isTouchedAfter({ steps }: Timeline, index: number, key: string, head: number): boolean {
  for (let later = index + 1; later < steps.length; later += 1) {
    const step = steps[later];
    if (step === undefined || step.offset > head) return false;
    if (step.isRemoval || step.touched.includes(key)) return true;
  }
  return false;
}

function judgeLive(truth: Truth, { epoch, topic, offset, untilMs }: Of<'live'>): string | null {
  const timeline = truth.find(epoch, topic);
  const missed = timeline?.steps[stepAt(timeline, offset) + 1];
  if (missed === undefined || untilMs - missed.at <= STALE_BOUND_MS) return null;
  return `live at ${offset} for ${untilMs - missed.at} ms after ${missed.offset} was committed`;
}

/** What is wrong with where a client stands once all has come to rest. */
export function judgeRest(truth: Truth, { client, isMatched, topics }: Rest): readonly string[] {
  const faults: string[] = [];
  const present = new Set<string>();
  for (const timeline of truth.present()) {
    const { topic, epoch, steps } = timeline;
    present.add(topic);
    if (!isMatched(topic)) continue;
    const held = topics.get(topic);
    const head = steps.at(-1)?.offset ?? 0;
    if (held === undefined) faults.push(`${client} ${topic}: missing`);
    else if (held.epoch !== epoch) faults.push(`${client} ${topic}: of epoch ${held.epoch}, not ${epoch}`);
    else if (held.offset < head) faults.push(`${client} ${topic}: at ${held.offset}, head ${head}`);
    else if (!held.isCurrent) faults.push(`${client} ${topic}: not shown as live`);
  }
  for (const topic of topics.keys())
    if (isMatched(topic) && !present.has(topic) && truth.ofTopic(topic).length > 0)
      faults.push(`${client} ${topic}: was removed`);
  return faults;
}

const idOf = ({ clientId, counter }: AskedCommand['key']): string => `${clientId} ${counter}`;

/** What the logs say of a command, and of an offset. */
function standing(logs: readonly (readonly LoggedCommand[])[], id: string, offset: number | null): string {
  const near = logs.flat().filter((logged) => idOf(logged.key) === id || logged.offset === offset);
  return `logged: ${near.map((logged) => `${idOf(logged.key)} ${logged.status} ${logged.offset}`).join(', ')}`;
}

/** Every command at most once and never after its deadline; whatever was acknowledged is in a log. */
export function judgeCommands(
  asked: readonly AskedCommand[],
  logs: readonly (readonly LoggedCommand[])[],
): readonly string[] {
  const faults: string[] = [];
  const deadlines = new Map(asked.map(({ key, deadlineMs }) => [idOf(key), deadlineMs]));
  for (const log of logs) {
    const applied = new Set<string>();
    for (const { key, status, atMs } of log) {
      if (status !== 'applied') continue;
      const id = idOf(key);
      if (applied.has(id)) faults.push(`command ${id}: applied twice`);
      applied.add(id);
      const deadlineMs = deadlines.get(id) ?? null;
      if (deadlineMs !== null && atMs > deadlineMs)
        faults.push(`command ${id}: applied ${atMs - deadlineMs} ms after its deadline`);
    }
  }
  const logged = new Set(
    logs.flat().flatMap(({ key, offset, status }) => [`${idOf(key)} ${status} ${offset}`]),
  );
  for (const { key, answers } of asked)
    for (const { status, offset } of answers) {
      if (status !== 'applied' && status !== 'duplicate') continue;
      if (!logged.has(`${idOf(key)} applied ${offset}`))
        faults.push(
          `command ${idOf(key)}: ${status} at ${offset}, which no log holds; ${standing(logs, idOf(key), offset)}`,
        );
    }
  return faults;
}

const nameOf = ({ kind, subject }: Pick<NotedAct, 'kind' | 'subject'>): string => `${kind} ${subject}`;

/** Everything that was asked for is done once at most, for who asked for it, and nothing that nobody asked for. */
export function judgeActs(asked: readonly AskedAct[], noted: readonly NotedAct[]): readonly string[] {
  const faults: string[] = [];
  const byName = new Map(asked.map((act) => [nameOf(act), act]));
  const done = new Set<string>();
  const logs = new Set<string>();
  for (const act of noted) {
    const name = nameOf(act);
    const request = byName.get(name);
    if (request === undefined) faults.push(`${name}: nobody asked for it`);
    else if (request.user !== act.user) faults.push(`${name}: asked by ${request.user}, done as ${act.user}`);
    if (logs.has(`${act.log} ${name}`)) faults.push(`${name}: done twice`);
    logs.add(`${act.log} ${name}`);
    done.add(name);
  }
  for (const act of asked) {
    if (act.expected === 'never' && done.has(nameOf(act))) faults.push(`${nameOf(act)}: must not be taken`);
    if (act.expected === 'once' && !done.has(nameOf(act))) faults.push(`${nameOf(act)}: lost`);
  }
  return faults;
}

/** What was answered as published is in a log, where the answer says. */
export function judgePublished(truth: Truth, answered: readonly AnsweredPublication[]): readonly string[] {
  return answered.flatMap(({ topic, digest, offset }) => {
    const isThere = truth.ofTopic(topic).some((timeline) => {
      const step = timeline.steps[stepAt(timeline, offset)];
      return step?.offset === offset && step.digest === digest;
    });
    return isThere ? [] : [`${topic}: published ${digest} at ${offset}, where no log holds it`];
  });
}

/** Nothing of one user's session reaches another's, though they share a connection. */
export function judgeSeats(seats: readonly Seat[]): readonly string[] {
  return seats.flatMap(({ session, user, isPermitted, asked, answered, topics, welcomed }) => [
    ...[...topics]
      .filter((topic) => !isPermitted(topic))
      .map((topic) => `${session}: ${topic} reached ${user}`),
    ...answered.filter((id) => !asked.has(id)).map((id) => `${session}: the answer ${id} of another session`),
    ...[...welcomed].filter((other) => other !== user).map((other) => `${session}: welcomed as ${other}`),
  ]);
}
