import { describe, expect, it } from 'vitest';
import { formatCount, formatPercent, formatPercentNumber } from './number.ts';

describe('numbers', () => {
  it('groups counts by the language', () => {
    expect(formatCount(19_271, 'en-GB')).toBe('19,271');
    expect(formatCount(19_271, 'de-DE')).toBe('19.271');
  });

  it('prints ratios as percentages and never caps them', () => {
    expect(formatPercent(0.747937, 'en-GB')).toBe('74.8%');
    expect(formatPercent(1.034, 'de-DE').replace(/\s/u, ' ')).toBe('103,4 %');
    expect(formatPercentNumber(0.5, 'en-GB')).toBe('50.0');
  });
});
