import { describe, expect, it } from 'vitest';
import { followReceipts, truthOf, truthOfFailure } from './receipts.ts';

describe('truthOf', () => {
  it('is on the board only when the server applied it, now or before', () => {
    expect(truthOf({ status: 'applied' }).stage).toBe('onBoard');
    expect(truthOf({ status: 'duplicate' }).stage).toBe('onBoard');
    for (const status of ['expired', 'conflict', 'rejected', 'unknown'] as const) {
      expect(truthOf({ status }).stage).toBe('notSent');
    }
  });

  it('keeps the reason the server gave', () => {
    expect(truthOf({ status: 'conflict', reason: 'alreadyResolved', message: 'by Ben' })).toEqual({
      stage: 'notSent',
      code: 'alreadyResolved',
      message: 'by Ben',
    });
    expect(truthOfFailure(Object.assign(new Error('no link'), { code: 'offline' }))).toEqual({
      stage: 'notSent',
      code: 'offline',
      message: 'no link',
    });
  });
});

describe('followReceipts', () => {
  it('keeps each act until it is dismissed', () => {
    const act = { id: 1, label: 'Safety', at: 5, data: {} };
    const sent = followReceipts([], { type: 'sent', ...act });
    expect(sent).toEqual([{ ...act, truth: { stage: 'pending' } }]);
    const settled = followReceipts(sent, { type: 'settled', id: 1, truth: { stage: 'onBoard' } });
    expect(settled[0]?.truth.stage).toBe('onBoard');
    expect(followReceipts(settled, { type: 'settled', id: 9, truth: { stage: 'onBoard' } })).toEqual(settled);
    expect(followReceipts(settled, { type: 'dismissed', id: 1 })).toEqual([]);
  });
});
