import { describe, expect, it } from 'vitest';
import { paceOf } from './pace-model.ts';

describe('paceOf', () => {
  it('takes one per cent as on pace', () => {
    expect(paceOf(995, 1000, 1000)).toEqual({ kind: 'onPace' });
    expect(paceOf(0, 0, 1000)).toEqual({ kind: 'onPace' });
  });

  it('counts whole parts ahead and behind, and marks far behind', () => {
    expect(paceOf(1040.4, 1000, 1000)).toEqual({ kind: 'ahead', count: 40 });
    expect(paceOf(950, 1000, 1000)).toEqual({ kind: 'behind', count: 50, far: false });
    expect(paceOf(800, 1000, 1000)).toEqual({ kind: 'behind', count: 200, far: true });
  });

  it('is not far behind while next to nothing is due', () => {
    expect(paceOf(0, 8, 4241)).toEqual({ kind: 'behind', count: 8, far: false });
  });
});
