import { describe, expect, it } from 'vitest';

import type { FactoryCommand, FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { decodeEngineState, encodeEngineState } from '../engine/codec.ts';
import { step } from '../engine/step.ts';
import { createDrive, type Drive } from '../testing/drive.ts';
import { escalationPlant, NIGHTS, POLICY } from '../testing/escalation-plant.ts';
import { at, CNC_LINE, HOUR, LINE, MINUTE } from '../testing/sample-plant.ts';
import { nextEscalationDue } from './escalate.ts';
import { openEscalations } from './open-escalations.ts';
import { policyFor } from './policy.ts';

type RaiseCall = Extract<FactoryCommand, { name: 'raiseCall' }>;

function raise(drive: Drive, time: string, changes: Partial<RaiseCall> = {}): StepResult {
  const call = { name: 'raiseCall', line: LINE, callType: 'material', priority: 'high' } as const;
  return drive.command({ ...call, ...changes }, at(time), 'oli');
}

/** Lives through a stretch as the engine does: at each due instant. */
function live(drive: Drive, to: string): void {
  for (;;) {
    const due = nextEscalationDue(drive.state, drive.config);
    if (due === null || due > at(to)) break;
    drive.tick(due);
  }
  drive.tick(at(to));
}

type Of<Type extends FactoryEvent['type']> = Extract<FactoryEvent, { type: Type }>;

function eventsOf<Type extends FactoryEvent['type']>(drive: Drive, type: Type): readonly Of<Type>[] {
  return drive.log.filter((event): event is Of<Type> => event.type === type);
}

function levels(drive: Drive): readonly string[] {
  return eventsOf(drive, 'escalationTriggered').map(
    ({ clock, level, at: began, cause }) =>
      `${clock} ${level} ${new Date(began).toISOString().slice(11, 19)} ${cause}`,
  );
}

function sent(drive: Drive): readonly string[] {
  return eventsOf(drive, 'notificationRequested').map(({ person, means }) => `${person} ${means}`);
}

describe('policies', () => {
  it('ES1: the policy that says most about a call holds: place, then type, then priority, then the file', () => {
    const policy = (id: string, changes: object): typeof POLICY => ({
      ...POLICY,
      place: null,
      ...changes,
      id,
    });
    const config = {
      people: [],
      rotas: [],
      policies: [
        policy('site', {}),
        policy('site-again', {}),
        policy('urgent', { priorities: ['critical'] }),
        policy('safety', { types: ['safety'] }),
        policy('area', { place: 'pack' }),
        policy('line', { place: LINE }),
      ],
    };
    const chosen = (line: string, type: 'safety' | 'quality', priority: 'low' | 'critical'): string =>
      policyFor(config, { line, type, priority }).id;
    expect(chosen('packing/x', 'quality', 'low')).toBe('site');
    expect(chosen('packing/x', 'quality', 'critical')).toBe('urgent');
    expect(chosen('packing/x', 'safety', 'critical')).toBe('safety');
    expect(chosen('pack/two', 'safety', 'critical')).toBe('area');
    expect(chosen(LINE, 'safety', 'critical')).toBe('line');
    expect(policyFor({ ...config, policies: [] }, { line: LINE, type: 'other', priority: 'low' }).id).toBe(
      'default',
    );
  });

  it('ES2: without a delay the second level comes by priority: 15, 10, 5 and 2 minutes', () => {
    for (const [priority, minutes] of Object.entries({ low: 15, medium: 10, high: 5, critical: 2 })) {
      const drive = createDrive(escalationPlant({ policies: [] }));
      raise(drive, '07:00', { priority: priority as RaiseCall['priority'] });
      drive.display('call-1', 'wall', at('07:00'));
      live(drive, '08:00');
      expect(eventsOf(drive, 'escalationTriggered').map((each) => [each.at, each.people])).toEqual([
        [at('07:00'), ['lea']],
        [at('07:00') + minutes * MINUTE, ['mia']],
      ]);
    }
  });
});

describe('levels', () => {
  it('ES3: each begins once, when due from the instant the call was received, and tells its people', () => {
    const drive = createDrive(escalationPlant());
    raise(drive, '07:00', { raisedAt: at('06:58'), note: 'caps', equipment: 'pack/one/filler' });
    live(drive, '12:00');
    expect(levels(drive)).toEqual([
      'acknowledgement 1 06:00:00 due',
      'acknowledgement 2 06:05:00 due',
      'acknowledgement 3 06:10:00 due',
    ]);
    expect(sent(drive)).toEqual(['oli screen', 'ben email', 'mia email', 'mia screen']);
    expect(eventsOf(drive, 'notificationRequested')[0]).toEqual({
      type: 'notificationRequested',
      at: at('07:00'),
      line: LINE,
      key: 'call-1.acknowledgement-1.oli.screen',
      person: 'oli',
      means: 'screen',
      items: [
        {
          callId: 'call-1',
          subject: 'level',
          clock: 'acknowledgement',
          level: 1,
          cause: 'due',
          line: LINE,
          lineName: 'One',
          equipment: 'pack/one/filler',
          equipmentName: 'pack/one/filler',
          callType: 'material',
          priority: 'high',
          note: 'caps',
          raisedBy: 'oli',
          raisedAt: at('06:58'),
        },
      ],
    });
  });

  it('ES4: none begins after the acknowledgement, and the end is recorded', () => {
    const drive = createDrive(escalationPlant({ policy: { reminderMs: MINUTE } }));
    raise(drive, '07:00');
    live(drive, '07:04');
    const before = eventsOf(drive, 'notificationRequested').length;
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:04'), 'ben');
    live(drive, '09:00');
    expect(levels(drive)).toHaveLength(1);
    expect(eventsOf(drive, 'notificationRequested')).toHaveLength(before);
    expect(eventsOf(drive, 'escalationAcknowledged')).toEqual([
      { type: 'escalationAcknowledged', callId: 'call-1', line: LINE, at: at('07:04'), author: 'ben' },
    ]);
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('09:00'), 'ben');
    expect(drive.log.at(-1)).toEqual({
      type: 'escalationClosed',
      callId: 'call-1',
      line: LINE,
      at: at('09:00'),
      by: 'resolved',
    });
    expect(drive.state.escalations).toEqual({});
    raise(drive, '09:01');
    drive.command({ name: 'cancelCall', callId: 'call-2' }, at('09:02'), 'oli');
    expect(drive.log.at(-1)).toMatchObject({ type: 'escalationClosed', by: 'cancelled' });
    expect(nextEscalationDue(drive.state, drive.config)).toBeNull();
  });

  it('ES5: where nobody is on call the next level begins at once, and says so', () => {
    const drive = createDrive(escalationPlant({ rota: { hours: [NIGHTS] } }));
    raise(drive, '07:00');
    live(drive, '07:30');
    expect(levels(drive)).toEqual([
      'acknowledgement 1 06:00:00 due',
      'acknowledgement 2 06:05:00 due',
      'acknowledgement 3 06:05:00 nobodyOnCall',
    ]);
    expect(eventsOf(drive, 'nobodyOnCall')).toEqual([
      {
        type: 'nobodyOnCall',
        callId: 'call-1',
        line: LINE,
        at: at('07:05'),
        clock: 'acknowledgement',
        level: 2,
        goesUp: true,
        retryAt: null,
      },
    ]);
    expect(sent(drive)).toEqual(['oli screen', 'mia email', 'mia screen']);
    expect(eventsOf(drive, 'notificationRequested').at(-1)?.items[0]?.cause).toBe('nobodyOnCall');
  });

  it('ES5: at the top, with nobody below either, that is recorded once, and it waits until somebody is there', () => {
    const toAcknowledge = [{ afterMs: 0, recipients: [{ rota: 'duty' }], means: ['email'] }];
    const hours = [{ ...NIGHTS, from: '07:40', to: '09:00' }];
    const drive = createDrive(escalationPlant({ policy: { toAcknowledge }, rota: { hours } }));
    raise(drive, '07:00');
    expect(drive.log.at(-1)).toMatchObject({
      type: 'nobodyOnCall',
      goesUp: false,
      retryAt: at('07:00'),
    });
    expect(openEscalations(drive.state, drive.config)).toMatchObject([{ dueAt: at('07:40') }]);
    live(drive, '08:30');
    expect(eventsOf(drive, 'nobodyOnCall')).toHaveLength(1);
    expect(eventsOf(drive, 'escalationReminder').map(({ at: began, people }) => [began, people])).toEqual([
      [at('07:40'), ['ben']],
    ]);
    expect(sent(drive)).toEqual(['ben email']);
  });

  it('ES5: somebody who was there while the server was not is not told; it waits for the next', () => {
    const toAcknowledge = [{ afterMs: 0, recipients: [{ rota: 'duty' }], means: ['email'] }];
    const hours = [
      { ...NIGHTS, from: '07:40', to: '08:00' },
      { ...NIGHTS, from: '10:00', to: '11:00' },
    ];
    const drive = createDrive(escalationPlant({ policy: { toAcknowledge }, rota: { hours } }));
    raise(drive, '07:00');
    drive.tick(at('09:00'));
    expect(eventsOf(drive, 'nobodyOnCall').map((each) => each.at)).toEqual([at('07:00'), at('09:00')]);
    live(drive, '12:00');
    expect(eventsOf(drive, 'nobodyOnCall')).toHaveLength(2);
    expect(eventsOf(drive, 'escalationReminder').map((each) => each.at)).toEqual([at('10:00')]);
  });

  it('ES5: a plant without users records it once, and goes on when it gets some', () => {
    const plant = escalationPlant({ policy: { reminderMs: 3 * MINUTE } });
    const { escalation } = plant;
    if (escalation === undefined) throw new Error('the plant has policies');
    const empty = { ...plant, escalation: { ...escalation, people: [], rotas: [] } };
    const drive = createDrive(empty);
    raise(drive, '07:00');
    live(drive, '15:00');
    expect(eventsOf(drive, 'nobodyOnCall').filter(({ goesUp }) => !goesUp)).toHaveLength(1);
    expect(eventsOf(drive, 'escalationReminder')).toEqual([]);
    expect(nextEscalationDue(drive.state, drive.config)).toBeNull();
    expect(nextEscalationDue(drive.state, plant)).not.toBeNull();
    const later = step(drive.state, plant, { kind: 'tick' }, at('15:01'));
    expect(later.events).toContainEqual(
      expect.objectContaining({ type: 'escalationReminder', level: 3, people: ['mia'] }),
    );
  });

  it('ES6: reminders go to whoever is there at the level reached, until it is acknowledged', () => {
    const drive = createDrive(escalationPlant({ policy: { reminderMs: 3 * MINUTE } }));
    raise(drive, '07:00');
    live(drive, '07:09');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:09'), 'ben');
    live(drive, '08:00');
    const keys = eventsOf(drive, 'notificationRequested').map(({ key }) => key);
    expect(keys).toEqual([
      'call-1.acknowledgement-1.oli.screen',
      'call-1.acknowledgement-1.reminder-1.oli.screen',
      'call-1.acknowledgement-2.ben.email',
      'call-1.acknowledgement-2.reminder-1.ben.email',
    ]);
    expect(eventsOf(drive, 'escalationReminder').map((each) => each.at)).toEqual([at('07:03'), at('07:08')]);
  });

  it('ES7: the clock to resolution runs on after the acknowledgement, and reminds from then on', () => {
    const toResolve = [
      { afterMs: 20 * MINUTE, recipients: [{ role: 'lead' }], means: ['email'] },
      { afterMs: 60 * MINUTE, recipients: [{ role: 'manager' }], means: ['email'] },
    ];
    const drive = createDrive(escalationPlant({ policy: { toResolve, reminderMs: 30 * MINUTE } }));
    raise(drive, '07:00');
    live(drive, '07:04');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:04'), 'ben');
    live(drive, '08:10');
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('08:10'), 'ben');
    live(drive, '10:00');
    expect(levels(drive)).toEqual([
      'acknowledgement 1 06:00:00 due',
      'resolution 1 06:20:00 due',
      'resolution 2 07:00:00 due',
    ]);
    expect(eventsOf(drive, 'escalationReminder')).toMatchObject([
      { at: at('07:50'), clock: 'resolution', level: 1, people: ['lea'] },
    ]);
  });

  it('ES7: a reminder does not fall on whoever has just acknowledged', () => {
    const toResolve = [{ afterMs: 2 * MINUTE, recipients: [{ role: 'lead' }], means: ['email'] }];
    const drive = createDrive(escalationPlant({ policy: { toResolve, reminderMs: 4 * MINUTE } }));
    raise(drive, '07:00');
    live(drive, '07:06');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:06'), 'lea');
    live(drive, '07:11');
    const reminders = eventsOf(drive, 'escalationReminder').filter(({ clock }) => clock === 'resolution');
    expect(reminders.map((each) => each.at)).toEqual([at('07:10')]);
  });
});

describe('snoozing and taking over', () => {
  it('ES8: nothing happens while snoozed; then it goes on where it stood, and tells who was told last', () => {
    const drive = createDrive(escalationPlant());
    raise(drive, '07:00');
    live(drive, '07:03');
    drive.command({ name: 'snoozeEscalation', callId: 'call-1', forMs: 30 * MINUTE }, at('07:03'), 'oli');
    live(drive, '07:20');
    expect(openEscalations(drive.state, drive.config)).toMatchObject([
      { status: 'snoozed', dueAt: at('07:33') },
    ]);
    drive.command({ name: 'snoozeEscalation', callId: 'call-1', forMs: 20 * MINUTE }, at('07:20'), 'oli');
    live(drive, '09:00');
    expect(levels(drive)).toEqual([
      'acknowledgement 1 06:00:00 due',
      'acknowledgement 2 06:42:00 due',
      'acknowledgement 3 06:47:00 due',
    ]);
    expect(eventsOf(drive, 'escalationResumed')).toMatchObject([{ at: at('07:40'), dueAt: at('07:40') }]);
    expect(eventsOf(drive, 'escalationReminder')).toMatchObject([{ at: at('07:40'), people: ['oli'] }]);
  });

  it('ES8: a snooze is of 1 minute to 4 hours, of an escalation that runs', () => {
    const drive = createDrive(escalationPlant());
    const snooze = (forMs: number, callId = 'call-1'): unknown =>
      drive.command({ name: 'snoozeEscalation', callId, forMs }, at('07:01'), 'oli').refusal;
    raise(drive, '07:00');
    expect(snooze(1000)).toMatchObject({ code: 'invalidSnooze', path: 'forMs' });
    expect(snooze(4 * HOUR + 1)).toMatchObject({ code: 'invalidSnooze' });
    expect(snooze(MINUTE, 'call-9')).toMatchObject({ code: 'unknownCall' });
    expect(snooze(MINUTE)).toBeUndefined();
    expect(snooze(4 * HOUR)).toBeUndefined();
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:02'), 'oli');
    expect(snooze(MINUTE)).toMatchObject({ code: 'callResolved' });
    raise(drive, '07:03', { raisedAt: at('06:50') });
    expect(snooze(MINUTE, 'call-2')).toMatchObject({ code: 'notEscalating' });
  });

  it('ES9: whoever takes over acknowledges, or answers for it from then on', () => {
    const drive = createDrive(escalationPlant());
    const takeOver = (author: string, time: string): StepResult =>
      drive.command({ name: 'takeOver', callId: 'call-1' }, at(time), author);
    raise(drive, '07:00');
    expect(takeOver('ada', '07:01').events).toMatchObject([
      { type: 'callAcknowledged', author: 'ada' },
      { type: 'escalationAcknowledged', author: 'ada' },
    ]);
    expect(takeOver('ada', '07:02').refusal).toMatchObject({ code: 'alreadyYours' });
    expect(takeOver('ben', '07:03').events).toMatchObject([
      { type: 'callJoined', author: 'ben' },
      { type: 'escalationAcknowledged', author: 'ben' },
    ]);
    expect(openEscalations(drive.state, drive.config)).toMatchObject([{ acknowledgedBy: 'ben' }]);
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:09'), 'ben');
    expect(takeOver('ada', '07:10').refusal).toMatchObject({ code: 'callResolved' });
    expect(drive.command({ name: 'takeOver', callId: 'call-9' }, at('07:10'), 'ada').refusal?.code).toBe(
      'unknownCall',
    );
  });
});

describe('what is suppressed', () => {
  const toAcknowledge = [{ afterMs: 0, recipients: [{ role: 'lead' }], means: ['screen', 'email'] }];

  it('ES10: in quiet hours screens only are told; the rest is an event', () => {
    const drive = createDrive(escalationPlant({ policy: { toAcknowledge, quietHours: [NIGHTS] } }));
    raise(drive, '05:59');
    expect(sent(drive)).toEqual(['lea screen']);
    expect(eventsOf(drive, 'escalationSuppressed')).toEqual([
      {
        type: 'escalationSuppressed',
        callId: 'call-1',
        line: LINE,
        at: at('05:59'),
        clock: 'acknowledgement',
        level: 1,
        person: 'lea',
        means: 'email',
        by: 'quietHours',
        deferred: { until: at('06:00'), subject: 'level', number: 0, cause: 'due' },
      },
    ]);
    raise(drive, '06:00', { callType: 'quality' });
    expect(sent(drive)).toEqual(['lea screen', 'lea email', 'lea screen']);
  });

  it('ES10: when quiet hours are over a person gets one message by each means for all that is still open', () => {
    const policy = { toAcknowledge, quietHours: [NIGHTS], reminderMs: 10 * MINUTE };
    const drive = createDrive(escalationPlant({ policy }));
    raise(drive, '05:00');
    raise(drive, '05:05', { callType: 'quality' });
    raise(drive, '05:06', { callType: 'process' });
    raise(drive, '05:07', { callType: 'other' });
    live(drive, '05:40');
    drive.command({ name: 'resolveCall', callId: 'call-3' }, at('05:40'), 'oli');
    drive.command({ name: 'acknowledgeCall', callId: 'call-4' }, at('05:40'), 'oli');
    live(drive, '06:00');
    const emails = eventsOf(drive, 'notificationRequested').filter(({ means }) => means === 'email');
    expect(emails).toMatchObject([{ at: at('06:00'), person: 'lea' }]);
    expect(new Set(emails[0]?.items.map(({ callId }) => callId))).toEqual(new Set(['call-1', 'call-2']));
    expect(eventsOf(drive, 'escalationQuietEnded').map(({ callId }) => callId)).toEqual(['call-1', 'call-2']);
    expect(drive.state.escalations['call-1']?.deferred).toEqual([]);
  });

  it('ES10: a policy may drop what falls into quiet hours, and hours without end have none to wait for', () => {
    const always = [{ ...NIGHTS, from: '00:00', to: '00:00' }];
    for (const policy of [
      { toAcknowledge, quietHours: [NIGHTS], inQuietHours: 'suppress' as const },
      { toAcknowledge, quietHours: always },
    ]) {
      const drive = createDrive(escalationPlant({ policy }));
      raise(drive, '05:00');
      live(drive, '09:00');
      expect(sent(drive)).toEqual(['lea screen']);
      expect(eventsOf(drive, 'escalationSuppressed').map((each) => each.deferred)).toEqual([undefined]);
    }
  });

  it('ES10: beyond the rate limit of a person, too', () => {
    const rateLimit = { messages: 2, perMs: HOUR };
    const drive = createDrive(escalationPlant({ policy: { toAcknowledge, rateLimit } }));
    raise(drive, '07:00');
    raise(drive, '07:20', { callType: 'quality' });
    raise(drive, '07:40', { callType: 'process' });
    expect(sent(drive).filter((each) => each === 'lea email')).toHaveLength(2);
    expect(eventsOf(drive, 'escalationSuppressed')).toMatchObject([{ callId: 'call-3', by: 'rateLimit' }]);
    raise(drive, '08:00', { callType: 'other' });
    expect(sent(drive).filter((each) => each === 'lea email')).toHaveLength(3);
  });

  it('ES10: critical and safety calls heed neither', () => {
    const policy = { toAcknowledge, quietHours: [NIGHTS], rateLimit: { messages: 1, perMs: HOUR } };
    const drive = createDrive(escalationPlant({ policy }));
    raise(drive, '05:00', { priority: 'critical' });
    raise(drive, '05:01', { callType: 'safety', priority: 'low' });
    raise(drive, '05:02', { callType: 'quality', priority: 'critical' });
    expect(sent(drive).filter((each) => each === 'lea email')).toHaveLength(3);
    expect(eventsOf(drive, 'escalationSuppressed')).toEqual([]);
  });
});

describe('outages', () => {
  it('ES11: every overdue level is recorded once, and a person gets one message for all of it', () => {
    const recipients = [{ person: 'mia' }];
    const toAcknowledge = [0, 5, 10, 15].map((minutes) => ({
      afterMs: minutes * MINUTE,
      recipients,
      means: ['email'],
    }));
    const drive = createDrive(escalationPlant({ policy: { toAcknowledge, reminderMs: 2 * MINUTE } }));
    raise(drive, '07:00');
    raise(drive, '07:01', { callType: 'quality' });
    drive.tick(at('09:00'));
    expect(levels(drive)).toHaveLength(8);
    const after = eventsOf(drive, 'notificationRequested').filter((each) => each.at === at('09:00'));
    expect(after).toMatchObject([
      {
        person: 'mia',
        key: 'call-1.acknowledgement-2.mia.email',
        items: [
          { callId: 'call-1', level: 2 },
          { callId: 'call-1', level: 3 },
          { callId: 'call-1', level: 4 },
          { callId: 'call-2', level: 2 },
          { callId: 'call-2', level: 3 },
          { callId: 'call-2', level: 4 },
        ],
      },
    ]);
    expect(eventsOf(drive, 'escalationTriggered').at(-1)).toMatchObject({
      at: at('09:00'),
      dueAt: at('07:16'),
    });
  });

  it('ES11: an escalation continues from a saved state', () => {
    const drive = createDrive(escalationPlant());
    raise(drive, '07:00');
    const decoded = decodeEngineState(encodeEngineState(drive.state));
    if (decoded.status !== 'decoded') throw new Error(decoded.message);
    expect(nextEscalationDue(decoded.state, drive.config)).toBe(at('07:05'));
    expect(decoded.state).toEqual(drive.state);
  });
});

describe('displays and late calls', () => {
  it('ES12: a critical call that no screen has shown in time goes a level up, once', () => {
    const drive = createDrive(escalationPlant({ policy: { displayWithinMs: MINUTE } }));
    raise(drive, '07:00', { priority: 'critical' });
    raise(drive, '07:00', { callType: 'quality', priority: 'critical' });
    raise(drive, '07:00', { callType: 'process', priority: 'high' });
    drive.display('call-2', 'wall', at('07:00'));
    live(drive, '07:04');
    expect(eventsOf(drive, 'callNotDisplayed')).toEqual([
      { type: 'callNotDisplayed', callId: 'call-1', line: LINE, at: at('07:01') },
    ]);
    expect(levels(drive).slice(3)).toEqual(['acknowledgement 2 06:01:00 notDisplayed']);
    live(drive, '07:30');
    expect(eventsOf(drive, 'escalationTriggered').filter(({ callId }) => callId === 'call-1')).toHaveLength(
      3,
    );
  });

  it('ES13: a call that came late waits for the answer whether it is still needed, for five minutes', () => {
    const drive = createDrive(escalationPlant());
    raise(drive, '07:00', { raisedAt: at('06:54') });
    expect(sent(drive)).toEqual(['oli screen']);
    expect(eventsOf(drive, 'notificationRequested')[0]).toMatchObject({
      key: 'call-1.stillNeeded.oli.screen',
      items: [{ subject: 'stillNeeded', level: 0 }],
    });
    expect(openEscalations(drive.state, drive.config)).toMatchObject([
      { status: 'asking', dueAt: at('07:05') },
    ]);
    live(drive, '07:04');
    expect(levels(drive)).toEqual([]);
    drive.command({ name: 'confirmCall', callId: 'call-1' }, at('07:04'), 'oli');
    live(drive, '07:10');
    expect(levels(drive)).toEqual(['acknowledgement 1 06:04:00 due', 'acknowledgement 2 06:09:00 due']);
    raise(drive, '08:00', { raisedAt: at('07:54'), callType: 'quality' });
    live(drive, '08:06');
    expect(eventsOf(drive, 'confirmationLapsed')).toMatchObject([{ callId: 'call-2', at: at('08:05') }]);
    expect(levels(drive).at(-1)).toBe('acknowledgement 1 07:05:00 due');
  });

  it('ES14: no message has the key of another', () => {
    const drive = createDrive(escalationPlant({ policy: { reminderMs: MINUTE } }));
    for (const callType of ['material', 'quality', 'process'] as const) raise(drive, '07:00', { callType });
    raise(drive, '07:00', { line: CNC_LINE });
    live(drive, '09:00');
    const keys = eventsOf(drive, 'notificationRequested').map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(100);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('ES15: without people to tell in the plant nothing escalates, and open calls do once there are', () => {
    const { escalation, ...without } = escalationPlant();
    const drive = createDrive(without);
    raise(drive, '07:00');
    drive.tick(at('08:00'));
    expect(drive.log.map(({ type }) => type)).not.toContain('escalationTriggered');
    expect(nextEscalationDue(drive.state, drive.config)).toBeNull();
    expect(openEscalations(drive.state, drive.config)).toEqual([]);
    expect(nextEscalationDue(drive.state, { ...without, ...(escalation && { escalation }) })).toBe(
      at('07:00'),
    );
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('08:01'), 'oli');
    expect(drive.state.escalations).toEqual({});
  });
});
