import { describe, expect, it } from 'vitest';

import type { FactoryCommand, FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { createDrive, type Drive } from '../testing/drive.ts';
import { escalationPlant, NIGHTS, POLICY, type EscalationChanges } from '../testing/escalation-plant.ts';
import { at, FILLER, HOUR, LINE, MINUTE } from '../testing/sample-plant.ts';
import { nextEscalationDue } from './escalate.ts';
import { openEscalations } from './open-escalations.ts';
import { policyReport } from './policy-report.ts';
import { settingOf } from './setting.ts';

type RaiseCall = Extract<FactoryCommand, { name: 'raiseCall' }>;
type Of<Type extends FactoryEvent['type']> = Extract<FactoryEvent, { type: Type }>;

const LEADS = [{ afterMs: 0, recipients: [{ role: 'lead' }], means: ['screen', 'email'] }];

function started(changes: EscalationChanges = {}): Drive {
  return createDrive(escalationPlant(changes));
}

function raise(drive: Drive, time: string, changes: Partial<RaiseCall> = {}): StepResult {
  const call = { name: 'raiseCall', line: LINE, callType: 'material', priority: 'high' } as const;
  return drive.command({ ...call, ...changes }, at(time), 'oli');
}

function live(drive: Drive, to: string): void {
  for (let due = nextEscalationDue(drive.state, drive.config); due !== null && due <= at(to);) {
    drive.tick(due);
    due = nextEscalationDue(drive.state, drive.config);
  }
  drive.tick(at(to));
}

function eventsOf<Type extends FactoryEvent['type']>(drive: Drive, type: Type): readonly Of<Type>[] {
  return drive.log.filter((event): event is Of<Type> => event.type === type);
}

const clocksOf = (drive: Drive): unknown => drive.state.escalations['call-1']?.clocks;
const NONE = { level: 0, people: [], reminders: 0, remindAt: null, waitsFrom: null, up: null };

describe('what a call remembers of its escalation', () => {
  it('ES6: who was told, how often, and when they are reminded', () => {
    const drive = started({ policy: { reminderMs: 3 * MINUTE } });
    raise(drive, '07:00');
    const first = { ...NONE, level: 1, people: ['oli'] };
    expect(clocksOf(drive)).toEqual({
      acknowledgement: { ...first, remindAt: at('07:03') },
      resolution: NONE,
    });
    live(drive, '07:03');
    expect(clocksOf(drive)).toMatchObject({
      acknowledgement: { ...first, reminders: 1, remindAt: at('07:06') },
    });
    live(drive, '07:05');
    expect(clocksOf(drive)).toMatchObject({
      acknowledgement: { ...NONE, level: 2, people: ['ben'], remindAt: at('07:08') },
    });
  });

  it('ES6: each call is reminded as its own policy says', () => {
    const policies = [
      { ...POLICY, id: 'slow', types: ['quality' as const], reminderMs: 10 * MINUTE },
      { ...POLICY, id: 'fast', reminderMs: 3 * MINUTE },
    ];
    const drive = started({ policies });
    raise(drive, '07:00');
    raise(drive, '07:00', { callType: 'quality' });
    const remindAt = ['call-1', 'call-2'].map(
      (id) => drive.state.escalations[id]?.clocks.acknowledgement.remindAt,
    );
    expect(remindAt).toEqual([at('07:03'), at('07:10')]);
  });

  it('ES6: without an interval nobody is reminded', () => {
    const drive = started();
    raise(drive, '07:00');
    expect(clocksOf(drive)).toMatchObject({ acknowledgement: { remindAt: null } });
    live(drive, '09:00');
    expect(eventsOf(drive, 'escalationReminder')).toEqual([]);
  });

  it('ES7: whoever acknowledges is left alone for one interval, where the clock to resolution reminds', () => {
    const toResolve = [{ afterMs: 0, recipients: [{ role: 'lead' }], means: ['screen'] }];
    const drive = started({ policy: { toResolve, reminderMs: 10 * MINUTE } });
    raise(drive, '07:00');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:04'), 'ben');
    expect(clocksOf(drive)).toMatchObject({
      resolution: { level: 1, people: ['lea'], remindAt: at('07:14') },
    });
    const quiet = started({ policy: { toResolve } });
    raise(quiet, '07:00');
    quiet.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:04'), 'ben');
    expect(clocksOf(quiet)).toMatchObject({ resolution: { level: 1, remindAt: null } });
    const later = started({
      policy: { toResolve: [{ ...toResolve[0], afterMs: HOUR }] as typeof toResolve, reminderMs: MINUTE },
    });
    raise(later, '07:00');
    later.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:00'), 'ben');
    expect(clocksOf(later)).toMatchObject({ resolution: NONE });
  });

  it('ES5: where nobody is on call, why the next level begins, or since when it waits', () => {
    const up = started({ rota: { hours: [NIGHTS] } });
    raise(up, '07:00');
    up.tick(at('07:05'));
    expect(
      eventsOf(up, 'escalationTriggered').map(({ level, dueAt, people, policy }) => [
        level,
        dueAt,
        people,
        policy,
      ]),
    ).toEqual([
      [1, at('07:00'), ['oli'], 'line'],
      [2, at('07:05'), [], 'line'],
      [3, at('07:05'), ['mia'], 'line'],
    ]);
    expect(clocksOf(up)).toMatchObject({ acknowledgement: { level: 3, up: null, waitsFrom: null } });
    const top = started({
      policy: {
        toAcknowledge: [{ afterMs: 0, recipients: [{ rota: 'duty' }], means: ['email'] }],
        reminderMs: MINUTE,
      },
      rota: { hours: [NIGHTS] },
    });
    raise(top, '07:00');
    expect(clocksOf(top)).toEqual({
      acknowledgement: { ...NONE, level: 1, waitsFrom: at('07:00') },
      resolution: NONE,
    });
  });

  it('ES5: at the top with somebody below, those below are reminded', () => {
    const toAcknowledge = [
      { afterMs: 0, recipients: [{ role: 'lead' }], means: ['screen'] },
      { afterMs: MINUTE, recipients: [{ rota: 'duty' }], means: ['email'] },
    ];
    const drive = started({ policy: { toAcknowledge, reminderMs: 5 * MINUTE }, rota: { hours: [NIGHTS] } });
    raise(drive, '07:00');
    live(drive, '07:06');
    expect(eventsOf(drive, 'nobodyOnCall')).toMatchObject([{ level: 2, goesUp: false, retryAt: null }]);
    expect(eventsOf(drive, 'escalationReminder')).toMatchObject([
      { at: at('07:06'), level: 2, number: 1, people: ['lea'] },
    ]);
    expect(eventsOf(drive, 'notificationRequested').at(-1)).toMatchObject({
      key: 'call-1.acknowledgement-2.reminder-1.lea.screen',
      means: 'screen',
      items: [{ subject: 'reminder', level: 2 }],
    });
    expect(eventsOf(drive, 'notificationRequested').at(-1)?.items[0]).not.toHaveProperty('cause');
  });

  it('ES12: that no screen showed it', () => {
    const drive = started({ policy: { displayWithinMs: MINUTE } });
    raise(drive, '07:00', { priority: 'critical' });
    drive.tick(at('07:01'));
    expect(drive.state.escalations['call-1']).toMatchObject({
      displayMissed: true,
      clocks: { acknowledgement: { level: 2, up: null } },
    });
    expect(eventsOf(drive, 'escalationTriggered').at(-1)).toMatchObject({
      cause: 'notDisplayed',
      dueAt: at('07:01'),
    });
  });

  it('ES10: what was deferred, the last for each person and means; what an acknowledgement settles is dropped', () => {
    const toResolve = [{ afterMs: 0, recipients: [{ role: 'manager' }], means: ['email'] }];
    const policy = { toAcknowledge: LEADS, toResolve, quietHours: [NIGHTS], reminderMs: 10 * MINUTE };
    const drive = started({ policy });
    raise(drive, '05:00');
    live(drive, '05:25');
    const until = at('06:00');
    const mia = {
      person: 'mia',
      means: 'email',
      clock: 'resolution',
      level: 1,
      subject: 'level',
      number: 0,
      cause: 'due',
      until,
    };
    const lea = {
      person: 'lea',
      means: 'email',
      clock: 'acknowledgement',
      level: 1,
      subject: 'reminder',
      number: 2,
      until,
    };
    expect(drive.state.escalations['call-1']?.deferred).toEqual([mia, lea]);
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('05:26'), 'ben');
    expect(drive.state.escalations['call-1']?.deferred).toEqual([mia]);
    live(drive, '06:00');
    expect(drive.state.escalations['call-1']?.deferred).toEqual([]);
    expect(eventsOf(drive, 'notificationRequested').at(-1)).toMatchObject({ person: 'mia', at: until });
  });
});

describe('messages', () => {
  it('ES14: name the line and equipment as the plant does, and leave out what was not said', () => {
    const drive = started();
    raise(drive, '07:00');
    const [first] = eventsOf(drive, 'notificationRequested');
    expect(first?.items).toEqual([
      {
        callId: 'call-1',
        subject: 'level',
        clock: 'acknowledgement',
        level: 1,
        cause: 'due',
        line: LINE,
        lineName: 'One',
        callType: 'material',
        priority: 'high',
        raisedBy: 'oli',
        raisedAt: at('07:00'),
      },
    ]);
    raise(drive, '07:01', { callType: 'quality', equipment: FILLER });
    const named = eventsOf(drive, 'notificationRequested').at(-1)?.items[0];
    expect(named).toMatchObject({ equipment: FILLER, equipmentName: FILLER });
  });

  it('ES10: to screens are not counted, others for as long as the limit looks back', () => {
    const rateLimit = { messages: 1, perMs: HOUR };
    const drive = started({ policy: { toAcknowledge: LEADS, rateLimit } });
    raise(drive, '07:00');
    expect(drive.state.notified).toEqual({ lea: [at('07:00')] });
    raise(drive, '07:59:59', { callType: 'quality' });
    expect(eventsOf(drive, 'escalationSuppressed')).toMatchObject([
      { callId: 'call-2', by: 'rateLimit', means: 'email' },
    ]);
    expect(eventsOf(drive, 'escalationSuppressed')[0]).not.toHaveProperty('deferred');
    raise(drive, '08:00', { callType: 'process' });
    expect(eventsOf(drive, 'escalationSuppressed')).toHaveLength(1);
    expect(drive.state.notified).toEqual({ lea: [at('07:00'), at('08:00')] });
  });

  it('ES10: sent more than a day ago are forgotten', () => {
    const drive = started({ policy: { toAcknowledge: LEADS } });
    raise(drive, '07:00');
    const call = { name: 'raiseCall', line: LINE, callType: 'quality', priority: 'high' } as const;
    drive.command(call, at('07:00') + 24 * HOUR - 1, 'oli');
    expect(drive.state.notified['lea']).toHaveLength(2);
    drive.command({ ...call, callType: 'other' }, at('07:00') + 24 * HOUR, 'oli');
    expect(drive.state.notified['lea']).toEqual([at('07:00') + 24 * HOUR - 1, at('07:00') + 24 * HOUR]);
  });

  it('ES13: the question whether a late call is still needed is not deferred', () => {
    const drive = started({ policy: { quietHours: [NIGHTS] } });
    raise(drive, '05:00', { raisedAt: at('04:50') });
    expect(eventsOf(drive, 'notificationRequested')).toMatchObject([
      { person: 'oli', means: 'screen', key: 'call-1.stillNeeded.oli.screen' },
    ]);
    expect(eventsOf(drive, 'notificationRequested')[0]?.items[0]).toMatchObject({
      clock: 'acknowledgement',
      level: 0,
      subject: 'stillNeeded',
    });
    expect(eventsOf(drive, 'escalationSuppressed')).toEqual([]);
  });
});

describe('acts', () => {
  it('ES8: a snooze says how long it may be, and of whose call', () => {
    const drive = started();
    raise(drive, '07:00');
    const snooze = (forMs: number, callId = 'call-1'): StepResult =>
      drive.command({ name: 'snoozeEscalation', callId, forMs }, at('07:01'), 'oli');
    expect(snooze(NaN).refusal).toMatchObject({
      code: 'invalidSnooze',
      message: 'forMs is NaN; expected 1 minute to 4 hours',
      path: 'forMs',
    });
    expect(snooze(MINUTE - 1).refusal?.code).toBe('invalidSnooze');
    expect(snooze(MINUTE).events).toContainEqual({
      type: 'escalationSnoozed',
      callId: 'call-1',
      line: LINE,
      at: at('07:01'),
      author: 'oli',
      until: at('07:02'),
    });
    raise(drive, '08:00', { callType: 'quality', raisedAt: at('07:50') });
    expect(snooze(MINUTE, 'call-2').refusal).toMatchObject({
      status: 'conflict',
      code: 'notEscalating',
      message: 'nothing of call call-2 is running that could be put off',
    });
  });

  it('ES9: whoever joined already is not joined again, and is told who answers', () => {
    const drive = started();
    raise(drive, '07:00');
    const takeOver = (author: string, time: string): StepResult =>
      drive.command({ name: 'takeOver', callId: 'call-1' }, at(time), author);
    takeOver('ada', '07:01');
    takeOver('ben', '07:02');
    takeOver('ada', '07:02');
    const again = takeOver('ben', '07:03');
    expect(again.events.map(({ type }) => type)).not.toContain('callJoined');
    expect(again.events).toContainEqual({
      type: 'escalationAcknowledged',
      callId: 'call-1',
      line: LINE,
      at: at('07:03'),
      author: 'ben',
    });
    expect(takeOver('ben', '07:04').refusal).toMatchObject({
      status: 'conflict',
      code: 'alreadyYours',
      message: 'ben answers for call call-1 already',
    });
    expect(takeOver('ada', '07:05').refusal).toBeUndefined();
  });

  it('ES15: a plant without people to tell forgets a call when it is closed, not before', () => {
    const { escalation: _none, ...without } = escalationPlant();
    const drive = createDrive(without);
    raise(drive, '07:00');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:01'), 'ada');
    expect(Object.keys(drive.state.escalations)).toEqual(['call-1']);
    drive.command({ name: 'cancelCall', callId: 'call-1' }, at('07:02'), 'ada');
    expect(drive.state.escalations).toEqual({});
  });

  it('ES15: a plant without people to tell knows who acknowledged', () => {
    const { escalation: _none, ...without } = escalationPlant();
    const drive = createDrive(without);
    raise(drive, '07:00');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:01'), 'ada');
    const refused = drive.command({ name: 'takeOver', callId: 'call-1' }, at('07:02'), 'ada');
    expect(refused.refusal?.code).toBe('alreadyYours');
  });
});

describe('what is shown', () => {
  it('ES3: each open call with its policy, how far it has come and what is due', () => {
    const toResolve = [{ afterMs: HOUR, recipients: [{ role: 'lead' }], means: ['screen'] }];
    const drive = started({ policy: { toResolve } });
    raise(drive, '07:00');
    raise(drive, '07:01', { callType: 'quality', priority: 'low' });
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:02'), 'ben');
    raise(drive, '07:03', { callType: 'other' });
    drive.command({ name: 'resolveCall', callId: 'call-3' }, at('07:04'), 'ben');
    const reached = (levels: number, level: number): unknown => ({
      level,
      levels,
      people: level === 0 ? [] : ['oli'],
      reminders: 0,
    });
    const common = { line: LINE, policy: 'line', status: 'running' };
    expect(openEscalations(drive.state, drive.config)).toEqual([
      {
        ...common,
        callId: 'call-1',
        type: 'material',
        priority: 'high',
        acknowledgedBy: 'ben',
        clocks: { acknowledgement: reached(3, 1), resolution: reached(1, 0) },
        dueAt: at('08:00'),
      },
      {
        ...common,
        callId: 'call-2',
        type: 'quality',
        priority: 'low',
        clocks: { acknowledgement: reached(3, 1), resolution: reached(1, 0) },
        dueAt: at('07:06'),
      },
    ]);
  });

  it('ES5: who is there first of those told at a level or below it', () => {
    const { escalation, site } = escalationPlant({
      rota: { hours: [NIGHTS] },
      policy: {
        toAcknowledge: [
          { afterMs: 0, recipients: [{ person: 'gone' }, { rota: 'none' }], means: [] },
          { afterMs: 0, recipients: [{ rota: 'duty' }], means: [] },
          { afterMs: 0, recipients: [{ role: 'lead' }], means: [] },
        ],
      },
    });
    if (escalation === undefined) throw new Error('the plant has policies');
    const call = { line: LINE, type: 'material', priority: 'high' } as Parameters<typeof settingOf>[2];
    const setting = settingOf(escalation, site.timeZone, call);
    expect(setting.policy.id).toBe('line');
    const first = [0, 1, 2, 3].map((level) => setting.presentFrom('acknowledgement', level, at('07:00')));
    expect(first).toEqual([null, null, at('22:00'), at('07:00')]);
    expect(setting.presentFrom('resolution', 2, at('07:00'))).toBeNull();
  });
});

describe('a report of a policy', () => {
  const about = { callId: 'call-1', line: LINE, clock: 'acknowledgement', level: 1 } as const;
  const item = (callId: string, subject: 'level' | 'stillNeeded' = 'level') =>
    ({ callId, subject }) as Of<'notificationRequested'>['items'][number];
  const told = (
    time: string,
    person: string,
    means: string,
    ...items: readonly ReturnType<typeof item>[]
  ): FactoryEvent => ({
    type: 'notificationRequested',
    at: at(time),
    line: LINE,
    key: time,
    person,
    means,
    items,
  });
  const raised = (callId: string, time: string): FactoryEvent =>
    ({ type: 'callRaised', callId, line: LINE, receivedAt: at(time) }) as FactoryEvent;
  const suppressed = (by: 'quietHours' | 'rateLimit', isDeferred: boolean): FactoryEvent => ({
    ...about,
    type: 'escalationSuppressed',
    at: 0,
    person: 'lea',
    means: 'email',
    by,
    ...(isDeferred ? { deferred: { until: 1, subject: 'level', number: 0 } } : {}),
  });
  const window = { from: at('00:00'), to: at('12:00'), unknownLines: 2 };

  it('ES17: counts messages per person, means and hour, and the busiest 60 min', () => {
    const { people } = policyReport(
      escalationPlant(),
      [
        told('07:00', 'mia', 'email', item('call-1')),
        told('07:59', 'mia', 'screen', item('call-1')),
        told('08:00', 'mia', 'email', item('call-1')),
        told('08:30', 'mia', 'email', item('call-1')),
        told('09:30', 'mia', 'email', item('call-1')),
        told('07:00', 'guest', 'screen', item('call-1')),
      ],
      window,
    );
    expect(people.map(({ person, messages }) => `${person} ${messages}`)).toEqual([
      'oli 0',
      'ada 0',
      'ben 0',
      'lea 0',
      'mia 5',
      'guest 1',
    ]);
    const mia = people.find(({ person }) => person === 'mia');
    expect(mia?.byMeans).toEqual({ email: 4, screen: 1 });
    expect(mia?.byHour).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 2, 1, ...Array.from({ length: 14 }, () => 0)]);
    expect(mia?.busiestHour).toEqual({ from: at('07:59'), messages: 3 });
    expect(people[0]?.busiestHour).toBeNull();
  });

  it('ES17: counts levels, what is suppressed, deferred, or heard by nobody', () => {
    const triggered = (clock: 'acknowledgement' | 'resolution', level: number): FactoryEvent =>
      ({ ...about, type: 'escalationTriggered', clock, level }) as FactoryEvent;
    const nobody = { ...about, type: 'nobodyOnCall', at: 5, goesUp: true, retryAt: null } as const;
    const report = policyReport(
      escalationPlant(),
      [
        triggered('acknowledgement', 1),
        triggered('acknowledgement', 1),
        triggered('resolution', 2),
        suppressed('quietHours', false),
        suppressed('quietHours', true),
        suppressed('quietHours', true),
        suppressed('rateLimit', false),
        nobody,
      ],
      window,
    );
    expect(report.levels).toEqual({ 'acknowledgement 1': 2, 'resolution 2': 1 });
    expect(report.suppressed).toEqual({ quietHours: 1, rateLimit: 1, deferred: 2 });
    expect(report.nobodyOnCall).toEqual([{ ...about, at: 5, goesUp: true }]);
    expect(report).toMatchObject({ from: window.from, to: window.to, unknownLines: 2, calls: 0 });
  });

  it('ES17: tells how long calls waited for the first message to somebody who can help', () => {
    const calls = Array.from({ length: 20 }, (_, index) => `call-${index + 1}`);
    const minute = (index: number): string => `07:${String(index).padStart(2, '0')}`;
    const report = policyReport(
      escalationPlant(),
      [
        ...calls.map((id) => raised(id, '07:00')),
        raised('untold', '07:30'),
        raised('asked', '07:31'),
        told('07:32', 'oli', 'screen', item('asked', 'stillNeeded')),
        ...calls.toReversed().map((id, index) => told(minute(20 - index), 'mia', 'email', item(id))),
        told('08:00', 'mia', 'email', item('call-1')),
        told('08:00', 'mia', 'email', item('before')),
      ],
      window,
    );
    expect(report.calls).toBe(22);
    // 21 calls: one from before the window, told at 0, then 1 to 20 min.
    expect(report.firstTold).toEqual({
      calls: 21,
      medianMs: 10 * MINUTE,
      p95Ms: 19 * MINUTE,
      maxMs: 20 * MINUTE,
    });
    expect(report.untold).toEqual([
      { callId: 'untold', line: LINE, receivedAt: at('07:30') },
      { callId: 'asked', line: LINE, receivedAt: at('07:31') },
    ]);
    const nothing = policyReport(escalationPlant(), [], window).firstTold;
    expect(nothing).toEqual({ calls: 0, medianMs: null, p95Ms: null, maxMs: null });
  });

  it('ES17: finds the holes of rotas that policies use, on both clocks', () => {
    const level = { afterMs: 0, recipients: [{ role: 'lead' }, { rota: 'duty' }], means: [] };
    const holes = (changes: Partial<typeof POLICY>, to = window.to): unknown =>
      policyReport(
        escalationPlant({
          policies: [{ ...POLICY, toAcknowledge: [], ...changes }],
          rota: { hours: [NIGHTS] },
        }),
        [],
        { ...window, to },
      ).holes;
    const day = [{ rota: 'duty', from: at('06:00'), to: at('12:00') }];
    expect(holes({ toAcknowledge: [level] })).toEqual(day);
    expect(holes({ toResolve: [level] })).toEqual(day);
    expect(holes({ toResolve: [{ ...level, recipients: [{ role: 'lead' }] }] })).toEqual([]);
    expect(holes({ toResolve: [level] }, window.from)).toEqual([]);
    const { escalation: _none, ...without } = escalationPlant();
    expect(policyReport(without, [], window)).toMatchObject({ holes: [], people: [] });
  });
});
