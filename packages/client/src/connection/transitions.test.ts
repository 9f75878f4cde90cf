import { CLOSE_CODES } from '@ms5/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicState } from './public-state.ts';
import { CONNECTION_REASONS, reasonFor } from './reasons.ts';
import { TIMINGS, type ConnectionEvent, type Effect, type State, type StateName } from './states.ts';
import { nextDeadline, transition } from './transitions.ts';

const NOW = 1_000_000;
const reason = reasonFor('socketClosed');
const absence = { since: NOW, reason, wasLive: true, isLostForLong: false, isSuspended: false };
const up = { since: NOW, reason, attempt: 3, silenceMs: 35_000, notBefore: null };

const STATES: { readonly [S in StateName]: Extract<State, { readonly name: S }> } = {
  idle: { name: 'idle', reason, since: NOW },
  authorizing: { name: 'authorizing', attempt: 2, deadline: NOW + 30_000, absence },
  opening: { name: 'opening', attempt: 2, deadline: NOW + 10_000, absence },
  greeting: { name: 'greeting', attempt: 2, deadline: NOW + 15_000, notBefore: null, absence },
  live: { name: 'live', ...up },
  probing: { name: 'probing', ...up, deadline: NOW + 5_000 },
  waiting: { name: 'waiting', attempt: 3, retryAt: NOW + 2_000, notBefore: null, absence },
  signingOut: {
    name: 'signingOut',
    since: NOW,
    reason,
    deadline: NOW + 5_000,
    isNextWaiting: false,
    notBefore: null,
  },
  vacant: { name: 'vacant', since: NOW, reason, deadline: NOW + 8_000 },
  signedOut: { name: 'signedOut', reason, since: NOW },
  admitting: { name: 'admitting', deadline: NOW + 8_000, absence: { ...absence, wasLive: false } },
  closed: { name: 'closed', reason, since: NOW },
};

const EVENTS: { readonly [E in ConnectionEvent['type']]: Extract<ConnectionEvent, { readonly type: E }> } = {
  connect: { type: 'connect' },
  close: { type: 'close' },
  signOut: { type: 'signOut' },
  signIn: { type: 'signIn' },
  signedOut: { type: 'signedOut' },
  signOutFailed: { type: 'signOutFailed' },
  tokenReady: { type: 'tokenReady' },
  tokenFailed: { type: 'tokenFailed', unauthorized: false, message: 'no network' },
  opened: { type: 'opened' },
  welcomed: { type: 'welcomed', pingIntervalMs: 25_000 },
  dropped: { type: 'dropped', code: 1006, reason: '' },
  heard: { type: 'heard' },
  advised: { type: 'advised', retryAfterMs: 7_000 },
  deadlinePassed: { type: 'deadlinePassed', heardAt: NOW },
  online: { type: 'online' },
  offline: { type: 'offline' },
  foreground: { type: 'foreground' },
  violated: { type: 'violated', code: 'gapFound', message: 'a/b' },
};

const step = (state: State, event: ConnectionEvent, now = NOW) =>
  transition(state, event, { now, random: 0.5 });

type Row = readonly [
  from: StateName,
  event: ConnectionEvent['type'],
  to: StateName,
  code: keyof typeof CONNECTION_REASONS,
  effects: readonly Effect[],
];

/** Every pair that does something when nothing is overdue. */
const TABLE: readonly Row[] = [
  ['idle', 'connect', 'authorizing', 'connectCalled', ['requestToken']],
  ['authorizing', 'tokenReady', 'opening', 'tokenReady', ['openSocket']],
  ['authorizing', 'tokenFailed', 'waiting', 'tokenFailed', ['closeSocket']],
  ['opening', 'opened', 'greeting', 'socketOpened', ['greet']],
  ['opening', 'dropped', 'waiting', 'socketClosed', ['closeSocket']],
  ['greeting', 'welcomed', 'live', 'welcomed', []],
  ['greeting', 'dropped', 'waiting', 'socketClosed', ['closeSocket']],
  ['greeting', 'advised', 'greeting', 'serverAdvised', []],
  ['greeting', 'violated', 'waiting', 'gapFound', ['closeSocket']],
  ['live', 'dropped', 'waiting', 'socketClosed', ['closeSocket']],
  ['live', 'advised', 'live', 'serverAdvised', []],
  ['live', 'violated', 'waiting', 'gapFound', ['closeSocket']],
  ['live', 'online', 'probing', 'probing', ['probe']],
  ['live', 'offline', 'probing', 'probing', ['probe']],
  ['live', 'foreground', 'probing', 'probing', ['probe']],
  ['probing', 'heard', 'live', 'probeAnswered', []],
  ['probing', 'dropped', 'waiting', 'socketClosed', ['closeSocket']],
  ['probing', 'advised', 'probing', 'serverAdvised', []],
  ['probing', 'violated', 'waiting', 'gapFound', ['closeSocket']],
  ['waiting', 'online', 'authorizing', 'networkOnline', ['requestToken']],
  ['waiting', 'foreground', 'authorizing', 'foreground', ['requestToken']],
  ['idle', 'signIn', 'authorizing', 'signInCalled', ['requestToken']],
  ['live', 'signOut', 'signingOut', 'signOutCalled', ['signOut']],
  ['probing', 'signOut', 'signingOut', 'signOutCalled', ['signOut']],
  ...(['authorizing', 'opening', 'greeting', 'admitting', 'waiting'] as const).map((from): Row => [
    from,
    'signOut',
    'signedOut',
    'signedOut',
    ['closeSocket'],
  ]),
  ['signingOut', 'signIn', 'signingOut', 'signInCalled', []],
  ['signingOut', 'signedOut', 'vacant', 'signedOut', []],
  ['signingOut', 'advised', 'signingOut', 'serverAdvised', []],
  ['signingOut', 'signOutFailed', 'signedOut', 'signedOut', ['closeSocket']],
  ['signingOut', 'dropped', 'signedOut', 'signedOut', ['closeSocket']],
  ['signingOut', 'violated', 'signedOut', 'signedOut', ['closeSocket']],
  ['vacant', 'signIn', 'admitting', 'signInCalled', ['requestToken']],
  ['vacant', 'dropped', 'signedOut', 'signedOut', ['closeSocket']],
  ['vacant', 'violated', 'signedOut', 'signedOut', ['closeSocket']],
  ['signedOut', 'signIn', 'authorizing', 'signInCalled', ['requestToken']],
  ['admitting', 'tokenReady', 'greeting', 'tokenReady', ['greet']],
  ['admitting', 'tokenFailed', 'waiting', 'tokenFailed', ['closeSocket']],
  ['admitting', 'dropped', 'authorizing', 'signInCalled', ['closeSocket', 'requestToken']],
  ['admitting', 'violated', 'authorizing', 'signInCalled', ['closeSocket', 'requestToken']],
  ...Object.values(STATES)
    .filter(({ name }) => name !== 'closed')
    .map(({ name }): Row => [name, 'close', 'closed', 'closeCalled', ['closeSocket']]),
];

const anyState = fc.constantFrom(...Object.values(STATES));
const anyEvent = fc.oneof(
  fc.constantFrom<ConnectionEvent>(...Object.values(EVENTS)),
  fc.record({
    type: fc.constant('dropped' as const),
    code: fc.integer({ min: 1000, max: 5000 }),
    reason: fc.string(),
  }),
);

describe('transitions', () => {
  it.each(TABLE)('%s + %s → %s (%s)', (from, event, to, code, effects) => {
    const next = step(STATES[from], EVENTS[event]);
    expect(next).toMatchObject({ state: { name: to }, effects, reason: { code } });
  });

  it('ignores every other pair', () => {
    for (const state of Object.values(STATES)) {
      for (const event of Object.values(EVENTS)) {
        if (TABLE.some(([from, type]) => from === state.name && type === event.type)) continue;
        expect(step(state, event)).toEqual({ state, effects: [], reason: null });
      }
    }
  });

  it.each([
    [4499, 'waiting'],
    [4500, 'closed'],
    [4501, 'closed'],
    [4999, 'closed'],
    [1000, 'waiting'],
    [1006, 'waiting'],
    [4000, 'waiting'],
  ])('close code %i leads to %s from every state with a socket', (code, to) => {
    for (const name of ['opening', 'greeting', 'live', 'probing'] as const)
      expect(step(STATES[name], { type: 'dropped', code, reason: 'r' }).state.name).toBe(to);
  });

  it('knows a refused token by the code of the catalogue', () => {
    const { code } = CLOSE_CODES.unauthorized;
    expect(step(STATES.live, { type: 'dropped', code, reason: '' }).reason?.code).toBe('unauthorized');
    expect(step(STATES.live, { type: 'dropped', code: 4500, reason: '' }).reason?.code).toBe('serverRefused');
  });

  it('ends for good when nobody is signed in, while connecting and while live', () => {
    const event = { ...EVENTS.tokenFailed, unauthorized: true };
    for (const name of ['authorizing', 'admitting', 'live', 'probing'] as const)
      expect(step(STATES[name], event)).toMatchObject({
        state: { name: 'closed', reason: { code: 'unauthorized' } },
      });
  });

  it('waits as long as the server asked for, whatever the network does', () => {
    const advised = step(STATES.live, EVENTS.advised).state;
    const waiting = step(advised, EVENTS.dropped).state;
    expect(waiting).toMatchObject({ name: 'waiting', retryAt: NOW + 7_000, notBefore: NOW + 7_000 });
    expect(step(waiting, EVENTS.online).state.name).toBe('waiting');
    expect(step(waiting, EVENTS.foreground, NOW + 7_001).state.name).toBe('authorizing');
  });

  it('counts failures on when a connection lived shortly, and from zero when it was stable', () => {
    const short = step(STATES.live, EVENTS.dropped, NOW + TIMINGS.stableAfterMs - 1).state;
    expect(short).toMatchObject({ attempt: 4 });
    const stable = step(STATES.live, EVENTS.dropped, NOW + TIMINGS.stableAfterMs).state;
    expect(stable).toMatchObject({ attempt: 1, retryAt: NOW + TIMINGS.stableAfterMs + 750 });
  });

  it.each([
    ['authorizing', 30_000, 'tokenTimedOut'],
    ['opening', 10_000, 'openTimedOut'],
    ['greeting', 15_000, 'welcomeTimedOut'],
  ] as const)('%s fails after %i ms', (name, ms, code) => {
    expect(step(STATES[name], EVENTS.deadlinePassed, NOW + ms - 1).state.name).toBe(name);
    const failed = step(STATES[name], EVENTS.deadlinePassed, NOW + ms);
    expect(failed).toMatchObject({ state: { name: 'waiting', absence: { since: NOW } }, reason: { code } });
  });

  it('whoever wants to sign in while another signs out is next, on the same connection if it can be had', () => {
    const next = step(STATES.signingOut, EVENTS.signIn).state;
    expect(step(next, EVENTS.signedOut)).toMatchObject({
      state: { name: 'admitting', deadline: NOW + TIMINGS.vacantMs },
      effects: ['requestToken'],
    });
    for (const event of [EVENTS.signOutFailed, EVENTS.dropped, EVENTS.violated])
      expect(step(next, event)).toMatchObject({
        state: { name: 'authorizing' },
        effects: ['closeSocket', 'requestToken'],
      });
    const advised = step(next, EVENTS.advised).state;
    expect(step(advised, EVENTS.dropped).state).toMatchObject({ name: 'waiting', retryAt: NOW + 7_000 });
    expect(step(step(next, EVENTS.signOut).state, EVENTS.signedOut).state.name).toBe('vacant');
  });

  it.each([
    ['signingOut', 5_000, 'signedOut'],
    ['vacant', 8_000, 'signedOut'],
    ['admitting', 8_000, 'authorizing'],
  ] as const)('%s gives the connection up after %i ms', (name, ms, to) => {
    expect(step(STATES[name], EVENTS.deadlinePassed, NOW + ms - 1).state.name).toBe(name);
    const { state, effects } = step(STATES[name], EVENTS.deadlinePassed, NOW + ms);
    expect([state.name, effects[0]]).toEqual([to, 'closeSocket']);
  });

  it('shows nothing of a connection without anybody signed in', () => {
    for (const name of ['signingOut', 'vacant', 'signedOut'] as const)
      expect(publicState(STATES[name])).toMatchObject({ status: 'idle', reason: { code: 'signedOut' } });
    expect(publicState(STATES.admitting)).toMatchObject({ status: 'connecting', attempt: 0 });
  });

  it('takes a ping that is more than ten seconds late for the end', () => {
    const { silenceMs } = STATES.live;
    expect(silenceMs).toBe(25_000 + TIMINGS.pingGraceMs);
    expect(step(STATES.live, EVENTS.deadlinePassed, NOW + silenceMs - 1).reason).toBeNull();
    expect(step(STATES.live, EVENTS.deadlinePassed, NOW + silenceMs).reason?.code).toBe('pingLate');
  });

  it('takes an unanswered probe for the end, and tries at once', () => {
    const { state, effects, reason } = step(STATES.probing, EVENTS.deadlinePassed, NOW + 5_000);
    expect([state.name, effects, reason?.code]).toEqual([
      'authorizing',
      ['closeSocket', 'requestToken'],
      'probeTimedOut',
    ]);
    const advised = { ...STATES.probing, notBefore: NOW + 60_000 };
    expect(step(advised, EVENTS.deadlinePassed, NOW + 5_000).state).toMatchObject({
      name: 'waiting',
      retryAt: NOW + 60_000,
    });
  });

  it('tells people after four seconds, and that continuity is lost after two minutes', () => {
    const shown = publicState(STATES.waiting);
    expect(shown).toMatchObject({ status: 'reconnecting', isLostForLong: false, retryAt: NOW + 2_000 });
    const late = { ...STATES.authorizing, deadline: NOW + 600_000 };
    const lost = step(late, EVENTS.deadlinePassed, NOW + TIMINGS.lostNoticeAfterMs);
    expect(lost.reason?.code).toBe('lostForLong');
    expect(publicState(lost.state)).toMatchObject({ status: 'reconnecting', isLostForLong: true });
    const suspended = step(lost.state, EVENTS.deadlinePassed, NOW + TIMINGS.suspendAfterMs);
    expect(suspended.reason?.code).toBe('continuityLost');
    expect(publicState(suspended.state).status).toBe('suspended');
  });
});

describe('properties of the transitions', () => {
  it('nothing leaves closed', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(), (event, later) => {
        expect(step(STATES.closed, event, NOW + later)).toEqual({
          state: STATES.closed,
          effects: [],
          reason: null,
        });
      }),
    );
  });

  it('every change has a reason of the catalogue, and what has no reason changes nothing', () => {
    fc.assert(
      fc.property(anyState, anyEvent, fc.nat(), (state, event, later) => {
        const next = step(state, event, NOW + later);
        if (next.reason === null) expect(next).toEqual({ state, effects: [], reason: null });
        else expect(Object.keys(CONNECTION_REASONS)).toContain(next.reason.code);
      }),
    );
  });

  it('only a call, a terminal code or a missing sign-in closes', () => {
    fc.assert(
      fc.property(anyState, anyEvent, fc.nat(), (state, event, later) => {
        const next = step(state, event, NOW + later);
        if (next.state.name !== 'closed' || state.name === 'closed') return;
        const isTerminal = event.type === 'dropped' && event.code >= 4500 && event.code <= 4999;
        expect(event.type === 'close' || isTerminal).toBe(true);
      }),
    );
  });

  it('never gives up: left alone, it asks for a token again and again', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (events, randoms) => {
          let now = NOW;
          let state = step(STATES.idle, EVENTS.connect).state;
          const go = (event: ConnectionEvent): readonly Effect[] => {
            const next = transition(state, event, { now, random: randoms.next().value ?? 0 });
            ({ state } = next);
            return next.effects;
          };
          for (const event of events) go(event);
          if (state.name === 'closed') return;
          if (state.name === 'live' || state.name === 'probing') go(EVENTS.dropped);
          go(EVENTS.signIn);
          for (let round = 0; round < 20; round += 1) {
            let asked = false;
            for (let turn = 0; turn < 10 && !asked; turn += 1) {
              now = nextDeadline(state, now) ?? Infinity;
              asked = go({ type: 'deadlinePassed', heardAt: now }).includes('requestToken');
            }
            expect(asked).toBe(true);
          }
        },
      ),
    );
  });
});
