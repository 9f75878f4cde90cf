import { describe, expect, it } from 'vitest';
import { nextTimerAt, startSession, stepSession, type SessionEvent, type SessionState } from './session.ts';

function run(events: readonly (readonly [at: number, event: SessionEvent])[], from?: SessionState) {
  let state = from ?? startSession(0).state;
  const effects: string[] = [];
  for (const [at, event] of events) {
    const next = stepSession(state, event, at, 0.5);
    state = next.state;
    effects.push(...next.effects.map(({ kind }) => `${at} ${kind}`));
  }
  return { state, effects };
}

const timer = { kind: 'timer' } as const;
const pong = { kind: 'ponged', intervalMs: 1000 } as const;
const opened = { kind: 'opened' } as const;

describe('the heartbeat', () => {
  it('is asked for when connected, and at the interval the adapter names', () => {
    const { state, effects } = run([
      [10, opened],
      [20, pong],
      [1009, timer],
      [1010, timer],
      [1020, pong],
    ]);
    expect(effects).toEqual(['10 connected', '10 ping', '1010 ping']);
    expect(nextTimerAt(state)).toBe(2010);
  });

  it('declares the adapter dead after twice the interval, whatever was received keeps it alive', () => {
    const { effects } = run([
      [0, opened],
      [10, pong],
      [1000, timer],
      [1500, { kind: 'received' }],
      [2100, timer],
      [3499, timer],
      [3500, timer],
    ]);
    expect(effects).toEqual([
      '0 connected',
      '0 ping',
      '1000 ping',
      '2100 ping',
      '3499 ping',
      '3500 drop',
      '3500 lost',
    ]);
  });

  it('is not required: without a PONG silence is no fault', () => {
    const { state } = run([
      [0, opened],
      [5, { kind: 'received' }],
      [9e9, timer],
    ]);
    expect(state.name).toBe('connected');
    expect(nextTimerAt(state)).toBe(null);
  });
});

describe('reconnecting', () => {
  it('waits longer and longer, up to a bound, and never gives up', () => {
    let state = startSession(0).state;
    const waits: number[] = [];
    let now = 0;
    for (let turn = 0; turn < 50; turn += 1) {
      state = stepSession(state, { kind: 'failed', reason: 'refused' }, now, 0.5).state;
      const dueAt = nextTimerAt(state) ?? 0;
      waits.push(dueAt - now);
      now = dueAt;
      state = stepSession(state, timer, now, 0.5).state;
      expect(state.name).toBe('connecting');
    }
    expect(waits.slice(0, 4)).toEqual([1000, 1500, 2500, 4500]);
    expect(Math.max(...waits)).toBe(10_500);
  });

  it('starts over after a connection that worked', () => {
    const { state } = run(
      [
        [0, opened],
        [60_000, { kind: 'failed', reason: 'reset' }],
      ],
      { name: 'connecting', since: 0, attempt: 7, dueAt: 10 },
    );
    expect(state).toMatchObject({ name: 'waiting', attempt: 0 });
  });

  it('backs off from a peer that accepts and closes at once', () => {
    const { state } = run(
      [
        [0, opened],
        [10, { kind: 'failed', reason: 'closed' }],
      ],
      { name: 'connecting', since: 0, attempt: 7, dueAt: 10 },
    );
    expect(state).toMatchObject({ name: 'waiting', attempt: 8 });
  });

  it('does not wait for ever for a connection', () => {
    expect(run([[10_000, timer]]).effects).toEqual(['10000 drop', '10000 lost']);
  });

  it('ends for good when stopped', () => {
    const { state, effects } = run([
      [0, opened],
      [1, { kind: 'stop' }],
      [2, opened],
      [3, timer],
    ]);
    expect(state.name).toBe('stopped');
    expect(effects).toEqual(['0 connected', '0 ping', '1 drop']);
  });
});
