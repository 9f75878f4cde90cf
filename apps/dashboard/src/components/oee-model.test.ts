import { describe, expect, it } from 'vitest';
import { oeeFigures } from './oee-model.ts';

describe('oeeFigures', () => {
  it('shows bounds only when they differ visibly', () => {
    expect(oeeFigures({ oee: { value: 0.7, worst: 0.7, best: 0.7002 } }).between).toBeNull();
    expect(oeeFigures({ oee: { value: 0.7, worst: 0.6, best: 0.8 } }).between).toEqual({
      worst: 0.6,
      best: 0.8,
    });
  });

  it('keeps the reason of what is not known, and never makes it zero', () => {
    const figures = oeeFigures({ performance: { value: { unknown: 'insufficientData' } } });
    expect(figures.factors.performance).toEqual({ known: false, why: 'insufficientData' });
    expect(figures.oee).toEqual({ known: false, why: 'notReceived' });
  });
});
