import { sleep, type Clock } from '../clock/clock.ts';
import { createActSender, type ActEvent, type ActSender } from '../delivery/act-sender.ts';
import type { Api } from '../delivery/api.ts';
import {
  createObservationSender,
  type DeliveryEvent,
  type ObservationSender,
} from '../delivery/observation-sender.ts';
import type { Tokens } from '../delivery/tokens.ts';
import { createRandom } from '../random/random.ts';
import { readBoard } from '../delivery/read-board.ts';
import { createPlant, type Plant, type PlantPost, type PlantSpec } from './plant.ts';
import type { LeftCall } from './people.ts';
import { shiftIsEmpty } from './shift-is-empty.ts';

export type PlantEvent =
  | ActEvent
  | DeliveryEvent
  /** `history`: whether the shift so far is delivered first, because the server has nothing of it. */
  | { readonly type: 'plantStarted'; readonly liveFromMs: number; readonly history: boolean }
  | { readonly type: 'historyDelivered'; readonly observations: number; readonly tookMs: number };

export interface PlantRunnerOptions {
  readonly spec: PlantSpec;
  readonly seed: string;
  /** Of the server. */
  readonly url: string;
  readonly api: Api;
  readonly tokens: Tokens;
  /** User of the machines' gateway, and the one who acts for people without a token of their own. */
  readonly deviceUser: string;
  readonly operatorUser: string;
  readonly clock: Clock;
  /** Deliver the present shift's history to a server that has none. */
  readonly history: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PlantEvent) => void;
}

/** What machines have done since their last report is posted once a second. */
const POST_EVERY_MS = 1_000;
/** Without a history to tell, the plant works for so long unseen, so that it is not caught in its first minute. */
const WARM_UP_MS = 1_800_000;
/** The computer slept: what the machines did meanwhile is not made up. */
const MAX_JUMP_MS = 60_000;
const HISTORY_SLICE_MS = 600_000;

/**
 * Runs the virtual plant against a server until the signal aborts. Ends when nothing is under way any more;
 * what was not delivered by then is lost, as with machines that are switched off.
 */
export async function runPlant(options: PlantRunnerOptions): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) await runUntilJump(options);
}

/** One run of the plant: until the end, or until time jumped and the machines begin anew. */
async function runUntilJump(options: PlantRunnerOptions): Promise<void> {
  const [history, leftCalls] = await Promise.all([
    options.history && shiftIsEmpty(options),
    callsLeft(options),
  ]);
  if (options.signal.aborted) return;
  const run = beginRun(options, history, leftCalls);
  options.onEvent({ type: 'plantStarted', liveFromMs: run.liveFromMs, history });
  await passHistory(run, options);
  await live(run, options);
  run.ending.abort();
  await Promise.all([run.observations.ended, run.acts.ended]);
}

interface Run {
  readonly plant: Plant;
  readonly observations: ObservationSender;
  readonly acts: ActSender;
  /** Aborts when this run is over. */
  readonly ending: AbortController;
  readonly history: boolean;
  readonly fromMs: number;
  readonly liveFromMs: number;
}

function beginRun(options: PlantRunnerOptions, history: boolean, leftCalls: readonly LeftCall[]): Run {
  const { clock, spec, seed, api, tokens, onEvent } = options;
  const liveFromMs = clock.now();
  const fromMs = history ? spec.calendar.shiftStart(liveFromMs) : liveFromMs - WARM_UP_MS;
  const name = `${seed}:${liveFromMs.toString(36)}`;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const common = { api, tokens, clock, random: createRandom(name), onEvent, signal };
  const observations = createObservationSender({ ...common, user: options.deviceUser });
  const acts = createActSender({ ...common, fallbackUser: options.operatorUser, run: name });
  for (const { call } of leftCalls) acts.know(call, call);
  const plant = createPlant({ spec, seed, fromMs, liveFromMs, unseen: !history, leftCalls });
  return { plant, observations, acts, ending, history, fromMs, liveFromMs };
}

function post(run: Run, posts: readonly PlantPost[]): void {
  const told = posts.filter((said) => said.kind === 'observation' && (said.live || run.history));
  run.observations.offer(told.flatMap((said) => (said.kind === 'observation' ? [said.observation] : [])));
  run.acts.offer(posts.filter((said) => said.kind === 'act'));
}

/** Up to the present: slice by slice, each delivered before the next is made, or unseen. */
async function passHistory(run: Run, { clock, signal, onEvent }: PlantRunnerOptions): Promise<void> {
  let observations = 0;
  let atMs = run.fromMs;
  while (atMs < run.liveFromMs && !signal.aborted) {
    atMs = Math.min(run.liveFromMs, atMs + HISTORY_SLICE_MS);
    const posts = run.plant.advance(Math.min(run.liveFromMs - 1, atMs));
    observations += posts.length;
    post(run, posts);
    await run.observations.delivered();
  }
  if (run.history && !signal.aborted) {
    onEvent({ type: 'historyDelivered', observations, tookMs: clock.now() - run.liveFromMs });
  }
}

/** From the present on, until the end or until time jumps. */
async function live(run: Run, { clock, signal }: PlantRunnerOptions): Promise<void> {
  let passedMs = run.liveFromMs;
  for (let lookedAtMs = clock.now(); !signal.aborted;) {
    const nowMs = clock.now();
    if (nowMs > lookedAtMs + MAX_JUMP_MS) return;
    lookedAtMs = nowMs;
    // A clock that was set back is waited for: the machines do not do twice what they have done.
    if (nowMs > passedMs) {
      post(run, run.plant.advance(nowMs));
      passedMs = nowMs;
    }
    await sleep(clock, POST_EVERY_MS - (nowMs % POST_EVERY_MS), signal);
  }
}

/** Open calls on the board that people of this plant raised, in an earlier run. Nobody else's are touched. */
async function callsLeft(options: PlantRunnerOptions): Promise<readonly LeftCall[]> {
  const { spec, url, clock, signal } = options;
  const token = options.tokens.of(options.operatorUser);
  if (token === undefined) return [];
  const people = new Set(spec.lines.map(({ operator }) => operator));
  const calls = await readBoard({ url, token, clock, signal });
  return calls
    .filter(({ raisedBy }) => people.has(raisedBy))
    .map(({ id, line, type, priority, status }) => ({
      call: id,
      line,
      type,
      priority,
      acknowledged: status === 'acknowledged',
    }));
}
