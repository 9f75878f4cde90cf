import { describe, expect, it } from 'vitest';
import { known } from './figure.ts';

describe('known', () => {
  it('tells a value from a reason and from nothing received, and keeps zero a value', () => {
    expect(known(0)).toEqual({ known: true, value: 0 });
    expect(known<number>({ unknown: 'noIdealCycle' })).toEqual({ known: false, why: 'noIdealCycle' });
    expect(known<number>(undefined)).toEqual({ known: false, why: 'notReceived' });
  });
});
