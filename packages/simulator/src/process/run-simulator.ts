import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock/clock.ts';
import { createApi } from '../delivery/api.ts';
import { createTokens } from '../delivery/tokens.ts';
import { demoPlant } from '../plant/demo/demo-plant.ts';
import { runPlant } from '../plant/plant-runner.ts';
import { createPlayer, type Player } from '../player/player.ts';
import { parseRecording } from '../player/recording.ts';
import type { Parent } from './parent.ts';
import type { PlayerSettings, Settings } from './settings.ts';
import type { TokenSet } from './token-set.ts';

/** Names under which tokens without a user id are kept; no user id holds a blank. */
const DEVICE = 'the device';
const OPERATOR = 'the operator';
/** Recorded silences, such as those between the four parts of the Okuma's recording, are shortened to this. */
const MAX_GAP_MS = 45_000;

/** Runs what the settings ask for until the parent ends it. Rejects when the player cannot start. */
export async function runSimulator(settings: Settings, parent: Parent, clock: Clock): Promise<void> {
  const player = settings.player === null ? null : await startPlayer(settings.player, parent, clock);
  const plant = runVirtualPlant(settings, parent, clock);
  await ended(parent.ending);
  await Promise.all([player?.close(), plant]);
}

async function startPlayer(settings: PlayerSettings, parent: Parent, clock: Clock): Promise<Player> {
  const { file, ...options } = settings;
  const recording = parseRecording(await readFile(file, 'utf8'));
  const player = await createPlayer({
    ...options,
    recording,
    clock,
    maxGapMs: MAX_GAP_MS,
    // A machine that looks live makes its parts in the order in which it made them.
    segments: settings.timestamps === 'shifted' ? 'cyclic' : 'recorded',
  });
  parent.say({ type: 'listening', port: player.port });
  player.onEvent((event) => parent.say(event));
  return player;
}

async function runVirtualPlant(settings: Settings, parent: Parent, clock: Clock): Promise<void> {
  const tokens = createTokens();
  let url: string | undefined;
  let hasAddress = () => {};
  const take = (given: TokenSet) => {
    url ??= given.url;
    tokens.put({
      ...given.people,
      ...(given.device === undefined ? {} : { [DEVICE]: given.device }),
      ...(given.operator === undefined ? {} : { [OPERATOR]: given.operator }),
    });
    if (url !== undefined) hasAddress();
  };
  parent.onTokens(take);
  take(settings.tokens);
  if (url === undefined) {
    const address = new Promise<void>((resolve) => {
      hasAddress = resolve;
    });
    await Promise.race([address, ended(parent.ending)]);
  }
  await tokens.other(DEVICE, undefined, parent.ending);
  if (url === undefined || parent.ending.aborted) return;
  const api = createApi(url, clock);
  const signal = parent.ending;
  await Promise.all([
    tokens.keepFresh(api, clock, signal),
    runPlant({
      spec: demoPlant,
      seed: settings.seed,
      url,
      api,
      tokens,
      deviceUser: DEVICE,
      operatorUser: OPERATOR,
      clock,
      history: settings.history,
      signal,
      onEvent: (event) => {
        if (event.type !== 'outcome') parent.say(event);
      },
    }),
  ]);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
