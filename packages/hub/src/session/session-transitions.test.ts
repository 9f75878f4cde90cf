import { expect, test } from 'vitest';
import type { Identity } from '../ports.ts';
import { startSession, type SessionEvent, type SessionState } from './session-state.ts';
import { transition } from './session-transitions.ts';

const identity: Identity = {
  userId: 'ann',
  name: 'Ann',
  roles: [],
  expiresAt: 100_000,
  permissions: { subscribe: [], publish: [], command: [] },
};
const client = { id: 'c', name: 'n', version: '1' };
const EVENTS: readonly SessionEvent[] = [
  { type: 'tokenGiven', token: 't', client },
  { type: 'authenticated', identity },
  { type: 'authenticationFailed', failure: { kind: 'refused', message: 'no' } },
  { type: 'refreshRequested', id: 1, token: 't' },
  { type: 'timePassed' },
  { type: 'drainRequested', retryAfterMs: 5 },
  { type: 'closeRequested', close: 'silent' },
  { type: 'peerClosed', code: 1006 },
  { type: 'signOutRequested', id: 1 },
];

/** What becomes of a session, as `state: effects`. */
function run(...events: readonly (readonly [SessionEvent, now?: number])[]): readonly string[] {
  let state: SessionState = startSession(0);
  return events.map(([event, now = 0]) => {
    const next = transition(state, event, now);
    state = next.state;
    return `${state.name}: ${next.effects.map((effect) => effect.do).join(' ')}`;
  });
}

const [given, accepted, failed, refresh, time, drain, closing, gone] = EVENTS.map(
  (event) => [event] as const,
);
if (!given || !accepted || !failed || !refresh || !time || !drain || !closing || !gone)
  throw new Error('events');

test('a session is authenticated, lives, drains and ends', () => {
  expect(run(given, accepted, drain, closing, gone)).toEqual([
    'authenticating: authenticate',
    'live: welcome',
    'draining: announceDrain',
    'closed: close end',
    'closed: ',
  ]);
});

test('expiry is announced once, and again for a refreshed token', () => {
  expect(
    run(given, accepted, [time[0], 39_999], [time[0], 40_000], [time[0], 50_000], refresh, accepted, [
      time[0],
      60_000,
    ]),
  ).toEqual([
    'authenticating: authenticate',
    'live: welcome',
    'live: ',
    'live: announceExpiry',
    'live: ',
    'live: authenticate',
    'live: adopt',
    'live: announceExpiry',
  ]);
  expect(run(given, accepted, [time[0], 125_000]).at(-1)).toBe('closed: close end');
});

test('every way through ends its resources exactly once, and nothing comes after', () => {
  const walk = (path: readonly SessionEvent[], state: SessionState, ends: number): void => {
    if (ends !== (state.name === 'closed' ? 1 : 0)) expect.fail(path.map(({ type }) => type).join(' '));
    if (path.length === 4) return;
    for (const event of EVENTS)
      for (const now of [0, 10_000, 130_000]) {
        const next = transition(state, event, now);
        const ended = next.effects.filter((effect) => effect.do === 'end').length;
        if (state.name === 'closed') expect(next).toEqual({ state, effects: [] });
        else walk([...path, event], next.state, ends + ended);
      }
  };
  walk([], startSession(0), 0);
});
