import { expect, test } from 'vitest';
import { formatProblems } from '../../config/problems.ts';
import { DEFAULT_HEALTH } from './health-settings.ts';
import { parseHealthSettings } from './load-health-settings.ts';

const problems = (text: string): string => {
  const result = parseHealthSettings('health.yaml', text);
  return result.ok ? '' : formatProblems(result.problems);
};

test('what a file does not say is as without it', () => {
  expect(parseHealthSettings('health.yaml', '')).toEqual({ ok: true, settings: DEFAULT_HEALTH });
});

test('sets thresholds and times, and turns alerts off', () => {
  const text = `
alerts:
  eventLoopDelay: { raise: 300, clear: 150, raiseAfter: 2s, clearAfter: 1m }
  memory: { enabled: false }
degradation: { eventLoopDelayMs: [50, 60, 70], clearAfter: 20s }
readiness: { freeBytes: 1000 }
memoryLimitBytes: 500000000
`;
  const result = parseHealthSettings('health.yaml', text);
  expect(result).toMatchObject({
    ok: true,
    settings: {
      alerts: {
        eventLoopDelay: { raise: 300, clear: 150, raiseAfterMs: 2_000, clearAfterMs: 60_000 },
        memory: null,
        diskSpace: DEFAULT_HEALTH.alerts.diskSpace,
      },
      degradation: {
        bounds: { ...DEFAULT_HEALTH.degradation.bounds, eventLoopDelayMs: [50, 60, 70] },
        clearAfterMs: 20_000,
      },
      readyFreeBytes: 1_000,
      memoryLimitBytes: 500_000_000,
    },
  });
});

test('names what is wrong by file, line and path', () => {
  expect(problems('alerts:\n  memory: { raise: high }')).toBe(
    'health.yaml:2:20 alerts.memory.raise: expected a number, found "high"',
  );
  expect(problems('alerts:\n  memoy: { raise: 1 }')).toContain(
    'health.yaml:2:3 alerts.memoy: expected one of',
  );
  expect(problems('alerts:\n  memory: { rise: 1 }')).toBe(
    'health.yaml:2:13 alerts.memory.rise: expected a known setting, found "rise"',
  );
  expect(problems('alerts:\n  memory: { clearAfter: soon }')).toContain('expected a duration such as');
  expect(problems('degradation: { flushShare: [3, 2, 1] }')).toContain('three rising numbers');
  expect(problems(': {')).toContain('valid YAML');
});

test('an alert that would clear where it is raised is refused', () => {
  expect(problems('alerts:\n  memory: { clear: 0.95 }')).toBe(
    'health.yaml:2:20 alerts.memory.clear: expected at most 0.88, where the alert is raised, found 0.95',
  );
  expect(problems('alerts:\n  diskSpace: { raise: 5, clear: 4 }')).toContain('at least 5');
});
