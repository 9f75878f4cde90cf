import { expect, test } from 'vitest';
import { reproduction, runFaults } from './run-faults.ts';

test('D8, R4, K5: whatever happens to real processes and sockets, nothing is missing, repeated, out of order or done twice', async () => {
  const reports = await runFaults({ from: 1, count: 50, lanes: 4 });
  const failed = reports.filter(({ faults }) => faults.length > 0);
  expect(
    failed.map(({ seed, faults }) => `${faults.slice(0, 3).join('; ')}\n  ${reproduction(seed)}`),
  ).toEqual([]);
  const injected = new Set(reports.flatMap(({ counts }) => Object.keys(counts)));
  for (const fault of [
    'delay',
    'throttle',
    'drop',
    'halfOpen',
    'duplicateClient',
    'freezeClient',
    'kill',
    'drain',
    'revokeUser',
    'narrowPermissions',
  ])
    expect(injected).toContain(fault);
}, 600_000);
