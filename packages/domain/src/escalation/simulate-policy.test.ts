import { expect, it } from 'vitest';

import type { FactoryCommand, FactoryEvent } from '../engine/engine-types.ts';
import { createDrive } from '../testing/drive.ts';
import { escalationPlant, NIGHTS, POLICY, type EscalationChanges } from '../testing/escalation-plant.ts';
import { at, HOUR, LINE, MINUTE, samplePlant } from '../testing/sample-plant.ts';
import { nextEscalationDue } from './escalate.ts';
import { simulatePolicy, type PastEntry } from './simulate-policy.ts';

type Act = readonly [time: string, command: FactoryCommand];

const raise = (callType: 'material' | 'quality', raisedAt?: string): FactoryCommand => ({
  name: 'raiseCall',
  line: LINE,
  callType,
  priority: 'high',
  ...(raisedAt === undefined ? null : { raisedAt: at(raisedAt) }),
});

const ACTS: readonly Act[] = [
  ['07:00', raise('material')],
  ['07:12', { name: 'acknowledgeCall', callId: 'call-1' }],
  ['07:30', { name: 'resolveCall', callId: 'call-1' }],
  ['08:00', raise('quality', '07:50')],
  ['08:01', { name: 'confirmCall', callId: 'call-2' }],
  ['08:07', { name: 'resolveCall', callId: 'call-2' }],
  ['09:00', raise('material')],
];

/** What happened under a plant: entries as in the log, and all events. */
function lived(plant: EscalationChanges | null): { past: PastEntry[]; log: readonly FactoryEvent[] } {
  const drive = createDrive(plant === null ? samplePlant() : escalationPlant(plant));
  const past: PastEntry[] = [];
  const tickTo = (to: number): void => {
    for (let due = nextEscalationDue(drive.state, drive.config); due !== null && due < to;) {
      past.push({ at: due, events: drive.tick(due).events });
      due = nextEscalationDue(drive.state, drive.config);
    }
  };
  for (const [time, command] of ACTS) {
    tickTo(at(time));
    past.push({ at: at(time), events: drive.command(command, at(time), 'oli').events });
  }
  tickTo(at('12:00'));
  return { past, log: drive.log };
}

it('ES17: under the policy that was in force a simulation tells what happened', () => {
  const { past, log } = lived({});
  const report = simulatePolicy(escalationPlant(), past, at('00:00'), at('12:00'));
  const requested = log.filter(({ type }) => type === 'notificationRequested');
  expect(report.people.reduce((sum, { messages }) => sum + messages, 0)).toBe(requested.length);
  expect(report).toMatchObject({
    calls: 3,
    unknownLines: 0,
    levels: { 'acknowledgement 1': 3, 'acknowledgement 2': 3, 'acknowledgement 3': 2 },
    suppressed: { quietHours: 0, rateLimit: 0, deferred: 0 },
    firstTold: { calls: 3, medianMs: 0, p95Ms: MINUTE, maxMs: MINUTE },
    untold: [],
    nobodyOnCall: [],
    holes: [],
  });
  expect(report.people.find(({ person }) => person === 'mia')).toMatchObject({
    messages: 4,
    byMeans: { email: 2, screen: 2 },
    busiestHour: { from: at('07:10'), messages: 2 },
  });
  expect(report.people.find(({ person }) => person === 'mia')?.byHour.slice(6, 11)).toEqual([0, 2, 0, 2, 0]);
});

it('ES17: under another it tells what would have happened, and where nobody is on call', () => {
  const { past } = lived(null);
  const onlyDuty = [{ afterMs: 0, recipients: [{ rota: 'duty' }], means: ['email'] }];
  const day = { ...NIGHTS, from: '06:00', to: '08:30' };
  const plant = escalationPlant({ policy: { toAcknowledge: onlyDuty }, rota: { hours: [day] } });
  const report = simulatePolicy(plant, past, at('00:00'), at('12:00'));
  expect(report).toMatchObject({
    calls: 3,
    firstTold: { calls: 2, medianMs: 0 },
    untold: [{ callId: 'call-3', line: LINE, receivedAt: at('09:00') }],
    nobodyOnCall: [{ callId: 'call-3', at: at('09:00'), level: 1, goesUp: false }],
    holes: [
      { rota: 'duty', from: at('00:00'), to: at('06:00') },
      { rota: 'duty', from: at('08:30'), to: at('12:00') },
    ],
  });
  const unused = escalationPlant({ policies: [{ ...POLICY, toAcknowledge: [] }], rota: { hours: [day] } });
  expect(simulatePolicy(unused, past, at('00:00'), at('12:00')).holes).toEqual([]);
});

it('ES17: only calls received in the window count, on lines the plant has', () => {
  const { past } = lived({});
  expect(simulatePolicy(escalationPlant(), past, at('07:30'), at('09:00'))).toMatchObject({ calls: 1 });
  const elsewhere = { ...escalationPlant(), lines: [] };
  expect(simulatePolicy(elsewhere, past, at('00:00'), at('12:00'))).toMatchObject({
    calls: 0,
    unknownLines: 3,
    firstTold: { calls: 0, medianMs: null, maxMs: null },
  });
  expect(simulatePolicy(escalationPlant(), [], at('00:00'), at('00:00') + HOUR)).toMatchObject({ calls: 0 });
});
