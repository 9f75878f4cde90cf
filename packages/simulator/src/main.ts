/**
 * The simulator's process: the player of recorded machine data, the virtual plant, or both. It speaks to a
 * server only as machines and people do: SHDR, `POST /api/v1/observations`, `POST /api/v1/commands`.
 *
 * Environment:
 *   MS5_PLAYER_FILE       recording to serve as an MTConnect adapter; unset: no player
 *   MS5_PLAYER_PORT       its port on 127.0.0.1; 0 or unset: any free one
 *   MS5_SPEED             recorded seconds per second for the player, or `max`; default 1
 *   MS5_PLAYER_TIMESTAMPS `shifted` (default: events look live) or `original`
 *   MS5_PLAYER_LOOP       `0`: play once; default: again and again
 *   MS5_URL               server of the virtual plant, such as http://127.0.0.1:8080; unset: no plant unless
 *                         a `tokens` message brings one
 *   MS5_DEVICE_TOKEN      token that may post observations
 *   MS5_OPERATOR_TOKEN    token that may command; acts for people who have none of their own
 *   MS5_PEOPLE_TOKENS     JSON object, user id -> token; the people are those of plants/demo.yaml
 *   MS5_SEED              seed of the virtual plant; default `demo`
 *   MS5_HISTORY           `0`: do not deliver the present shift's history to a server that has nothing of it
 *
 * With an IPC channel (`child_process.fork`) it sends, else it prints as JSON lines on standard output:
 *   {type: 'listening', port}            the player's port; sent before anything else, needs no server
 *   {type: 'plantStarted' | 'historyDelivered' | 'waiting' | 'resumed' | 'dropped' | 'rejected' | 'nobody', …}
 *   {type: 'segmentStarted' | 'gap' | …} what the player does
 *   {type: 'failed', message}            it ends, exit code 1; wrong environment: exit code 2
 * and takes
 *   {type: 'tokens', url?, device?, operator?, people?}   fresh tokens at any time; the plant starts when it
 *                                        has a URL and a device token
 * Tokens are also renewed by themselves with `POST /api/v1/token` at half of their life.
 *
 * Ends, exit code 0, when the IPC channel closes, on SIGTERM and on SIGINT.
 */
import { systemClock } from './clock/system-clock.ts';
import { connectParent } from './process/parent.ts';
import { readSettings } from './process/settings.ts';
import { runSimulator } from './process/run-simulator.ts';

const parent = connectParent(process);
const settings = readSettings(process.env);
if (settings.ok) {
  try {
    await runSimulator(settings.settings, parent, systemClock);
    await parent.leave(0);
  } catch (error) {
    parent.say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    await parent.leave(1);
  }
} else {
  parent.say({ type: 'failed', message: settings.message });
  await parent.leave(2);
}
