import { sleep, type Clock } from '../clock/clock.ts';
import { createActSender, type ActEvent } from '../delivery/act-sender.ts';
import type { Api } from '../delivery/api.ts';
import { createObservationSender, type DeliveryEvent } from '../delivery/observation-sender.ts';
import type { Tokens } from '../delivery/tokens.ts';
import { createRandom } from '../random/random.ts';
import { createPlant, type PlantPost, type PlantSpec } from './plant.ts';
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
  const { clock, signal, spec, onEvent } = options;
  const history = options.history && (await shiftIsEmpty(options));
  if (signal.aborted) return;
  const liveFromMs = clock.now();
  const fromMs = history ? spec.calendar.shiftStart(liveFromMs) : liveFromMs - WARM_UP_MS;
  const run = `${options.seed}:${liveFromMs.toString(36)}`;
  const ending = new AbortController();
  const sending = AbortSignal.any([signal, ending.signal]);
  const random = createRandom(run);
  const common = { api: options.api, tokens: options.tokens, clock, random, onEvent, signal: sending };
  const observations = createObservationSender({ ...common, user: options.deviceUser });
  const acts = createActSender({ ...common, fallbackUser: options.operatorUser, run });
  const plant = createPlant({ spec, seed: options.seed, fromMs, liveFromMs });
  const post = (posts: readonly PlantPost[]) => {
    observations.offer(
      posts.flatMap((said) =>
        said.kind === 'observation' && (said.live || history) ? [said.observation] : [],
      ),
    );
    acts.offer(posts.filter((said) => said.kind === 'act'));
  };

  onEvent({ type: 'plantStarted', liveFromMs, history });
  let atMs = fromMs;
  let told = 0;
  for (; atMs < liveFromMs && !signal.aborted; atMs = Math.min(liveFromMs, atMs + HISTORY_SLICE_MS)) {
    const posts = plant.advance(Math.min(liveFromMs - 1, atMs + HISTORY_SLICE_MS));
    told += posts.length;
    post(posts);
    await observations.delivered();
  }
  if (history) onEvent({ type: 'historyDelivered', observations: told, tookMs: clock.now() - liveFromMs });
  for (let lookedAtMs = clock.now(); !signal.aborted;) {
    const nowMs = clock.now();
    if (nowMs > lookedAtMs + MAX_JUMP_MS) break;
    lookedAtMs = nowMs;
    // A clock that was set back is waited for: the machines do not do twice what they have done.
    if (nowMs > atMs) {
      post(plant.advance(nowMs));
      atMs = nowMs;
    }
    await sleep(clock, POST_EVERY_MS - (nowMs % POST_EVERY_MS), signal);
  }
  ending.abort();
  await Promise.all([observations.ended, acts.ended]);
}
