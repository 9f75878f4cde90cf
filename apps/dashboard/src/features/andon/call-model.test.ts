import type { CallDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { sortCalls } from './call-model.ts';

function call(id: string, change: Partial<CallDocument>): CallDocument {
  return {
    id,
    line: 'a/l',
    type: 'material',
    priority: 'medium',
    status: 'raised',
    raisedBy: 'anna',
    raisedAt: 0,
    receivedAt: 0,
    ...change,
  };
}

describe('sortCalls', () => {
  it('puts what nobody has acknowledged first, then by priority, then by age', () => {
    const { open } = sortCalls([
      call('acknowledged', { status: 'acknowledged', priority: 'critical' }),
      call('younger', { raisedAt: 9 }),
      call('older', { raisedAt: 1 }),
      call('high', { priority: 'high', raisedAt: 50 }),
    ]);
    expect(open.map(({ id }) => id)).toEqual(['high', 'older', 'younger', 'acknowledged']);
  });

  it('lists closed calls apart, the latest first', () => {
    const { open, recent } = sortCalls([
      call('early', { status: 'resolved', resolved: { at: 5, by: 'ben' } }),
      call('late', { status: 'cancelled', cancelled: { at: 8, by: 'ben' } }),
    ]);
    expect(open).toEqual([]);
    expect(recent.map(({ id }) => id)).toEqual(['late', 'early']);
  });
});
