import type { SystemAlertDocument } from '@ms5/client';
import { describe, expect, it } from 'vitest';
import { concernsOf } from './system-model.ts';

const alert = (id: string, given: Partial<SystemAlertDocument> = {}): SystemAlertDocument => ({
  id,
  rule: id.split('/')[0] ?? id,
  severity: 'warning',
  message: id,
  value: 1,
  threshold: 1,
  unit: 'share',
  raisedAt: 10,
  clearedAt: null,
  ...given,
});

describe('concernsOf', () => {
  it('names what is raised now, the gravest first, then the oldest', () => {
    const concerns = concernsOf({ level: 0, since: 1, reason: '' }, [
      alert('memory', { raisedAt: 30 }),
      alert('commitLatency', { raisedAt: 20 }),
      alert('diskSpace', { clearedAt: 40 }),
      alert('connectorDown/okuma', { severity: 'critical', raisedAt: 50 }),
    ]);
    expect(concerns.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['connectorDown', 'okuma'],
      ['commitLatency', null],
      ['memory', null],
    ]);
  });

  it('tells once that the server sheds load', () => {
    const shedding = { level: 2, since: 5, reason: 'the event loop is late' } as const;
    expect(concernsOf(shedding, []).map(({ rule }) => rule)).toEqual(['degradation']);
    expect(concernsOf(shedding, [alert('degradation')])).toHaveLength(1);
    expect(concernsOf(undefined, [])).toEqual([]);
  });
});
