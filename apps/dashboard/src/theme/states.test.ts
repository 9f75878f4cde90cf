import { describe, expect, it } from 'vitest';
import { lookOf } from './states.ts';

const heard = { status: 'heard', lastAt: 1 } as const;
const planned = { status: 'planned' } as const;

describe('lookOf', () => {
  it('shows the state while the machine is heard in planned time', () => {
    expect(lookOf({ state: { name: 'blocked', since: 0 }, contact: heard, schedule: planned })).toBe(
      'blocked',
    );
  });

  it('shows a silent machine as silent, never as its last state', () => {
    const contact = { status: 'silent', lastAt: 1 } as const;
    expect(lookOf({ state: { name: 'running', since: 0 }, contact, schedule: planned })).toBe('silent');
  });

  it('keeps not scheduled apart from silent', () => {
    const contact = { status: 'silent', lastAt: 1 } as const;
    const schedule = { status: 'notScheduled' } as const;
    expect(lookOf({ state: { name: 'unknown', since: 0 }, contact, schedule })).toBe('notScheduled');
    expect(lookOf({ state: { name: 'stopped', since: 0 }, contact: heard, schedule })).toBe('notScheduled');
  });

  it('shows what runs outside the schedule as running', () => {
    const schedule = { status: 'notScheduled' } as const;
    expect(lookOf({ state: { name: 'running', since: 0 }, contact: heard, schedule })).toBe('running');
  });

  it('calls a stop in a break a break', () => {
    const schedule = { status: 'break' } as const;
    expect(lookOf({ state: { name: 'stopped', since: 0 }, contact: heard, schedule })).toBe('break');
    expect(lookOf({ state: { name: 'running', since: 0 }, contact: heard, schedule })).toBe('running');
  });

  it('shows nothing before anything was received', () => {
    expect(lookOf({})).toBeNull();
  });
});
