import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeEngineState, encodeEngineState } from '../engine/codec.ts';
import type { FactoryCommand } from '../engine/engine-types.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { FILLER, HOUR, LABELLER, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import type { AlarmObservation } from './alarm.ts';
import { alarmIdOf, alarmKeyOf, partsOfAlarmId } from './alarm.ts';
import type { AlarmState, AlarmStep } from './alarm-state.ts';
import { ALARM_TRANSITIONS, isActive, isUnacknowledged } from './alarm-state.ts';
import { alarmStatistics } from './alarm-statistics.ts';
import { alarmViews } from './alarm-view.ts';

type OverName = Extract<FactoryCommand, { alarm: string }>['name'];

function tell(drive: Drive, time: string, alarm: AlarmObservation, now = at(time)) {
  return drive.observe({ equipment: FILLER, at: at(time), alarm }, now);
}

const FAULT: AlarmObservation = { code: '214', active: true, text: 'Glue too cold' };
const RETURN: AlarmObservation = { code: '214', active: false };
const idAt = (time: string): string => alarmIdOf(FILLER, '214', at(time));

function acknowledge(drive: Drive, alarmId: string, time: string, note?: string) {
  const command = { name: 'acknowledgeAlarm', line: LINE, alarmId } as const;
  return drive.command(note === undefined ? command : { ...command, note }, at(time), 'bob');
}

function over(drive: Drive, name: OverName, time: string, forMs?: number) {
  const command = { name, line: LINE, equipment: FILLER, alarm: '214' };
  return drive.command(
    forMs === undefined ? command : { ...command, name: 'shelveAlarm', forMs },
    at(time),
    'lea',
  );
}

const shown = ({ state }: Drive, time: string) => alarmViews(state, FILLER, at(time));
const typesOf = ({ log }: Drive): readonly string[] =>
  log.map(({ type }) => type).filter((type) => /^(alarm|equipmentFault)/.test(type));

describe('the process of an alarm', () => {
  it('AL1: every state answers every step, and what is not possible changes nothing', () => {
    const states = Object.keys(ALARM_TRANSITIONS) as AlarmState[];
    const steps: readonly AlarmStep[] = ['activate', 'return', 'returnLatched', 'acknowledge', 'reset'];
    expect(states).toHaveLength(6);
    for (const state of states) {
      expect(Object.keys(ALARM_TRANSITIONS[state]).sort()).toEqual([...steps].sort());
      const next = steps.map((step) => ALARM_TRANSITIONS[state][step]);
      for (const each of next) expect(each === null || states.includes(each)).toBe(true);
      // Whatever stands, an alarm that is raised is unacknowledged, and only what is so can be acknowledged.
      expect(ALARM_TRANSITIONS[state].activate).toBe('unacknowledged');
      expect(ALARM_TRANSITIONS[state].acknowledge !== null).toBe(isUnacknowledged(state));
      expect(ALARM_TRANSITIONS[state].return !== null).toBe(isActive(state));
      expect(ALARM_TRANSITIONS[state].reset !== null).toBe(state.startsWith('latched'));
    }
  });

  it('AL1: raised, acknowledged, returned', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    expect(shown(drive, '07:00')).toEqual([
      {
        alarm: '214',
        equipment: FILLER,
        code: '214',
        state: 'unacknowledged',
        alarmId: idAt('07:00'),
        raisedAt: at('07:00'),
        severity: 'fault',
        text: 'Glue too cold',
      },
    ]);
    expect(acknowledge(drive, idAt('07:00'), '07:02', 'on my way').data).toEqual({ alarmId: idAt('07:00') });
    expect(shown(drive, '07:02')).toMatchObject([
      { state: 'acknowledged', acknowledged: { at: at('07:02'), by: 'bob', note: 'on my way' } },
    ]);
    tell(drive, '07:05', RETURN);
    expect(shown(drive, '07:05')).toMatchObject([
      { state: 'normal', raisedAt: at('07:00'), clearedAt: at('07:05'), endedBy: 'returned' },
    ]);
    expect(typesOf(drive)).toEqual(['equipmentFaultRaised', 'alarmAcknowledged', 'equipmentFaultCleared']);
    expect(drive.log.findLast(({ type }) => type === 'equipmentFaultCleared')).toMatchObject({
      activeMs: 5 * MINUTE,
      from: at('07:00'),
    });
  });

  it('AL1: what returned before anybody acknowledged it waits for that', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    tell(drive, '07:01', RETURN);
    expect(shown(drive, '07:01')).toMatchObject([{ state: 'returnedUnacknowledged' }]);
    acknowledge(drive, idAt('07:00'), '07:03');
    expect(shown(drive, '07:03')).toMatchObject([{ state: 'normal', acknowledged: { by: 'bob' } }]);
  });

  it('AL1: what latches stays until it is reset, before or after it was acknowledged', () => {
    const drive = createDrive(samplePlant());
    const reset = (alarmId: string, time: string) =>
      drive.command({ name: 'resetLatchedAlarm', line: LINE, alarmId }, at(time), 'lea');
    tell(drive, '07:00', { ...FAULT, latched: true });
    expect(reset(idAt('07:00'), '07:01').refusal).toMatchObject({ code: 'alarmActive' });
    tell(drive, '07:02', RETURN);
    expect(shown(drive, '07:02')).toMatchObject([{ state: 'latchedUnacknowledged', latched: true }]);
    reset(idAt('07:00'), '07:03');
    expect(shown(drive, '07:03')).toMatchObject([{ state: 'returnedUnacknowledged', reset: { by: 'lea' } }]);
    expect(reset(idAt('07:00'), '07:04').refusal).toMatchObject({ status: 'conflict', code: 'alarmReset' });
    acknowledge(drive, idAt('07:00'), '07:05');
    expect(shown(drive, '07:05')).toMatchObject([{ state: 'normal' }]);
    tell(drive, '07:10', { ...FAULT, latched: true });
    acknowledge(drive, idAt('07:10'), '07:11');
    tell(drive, '07:12', RETURN);
    expect(shown(drive, '07:12')).toMatchObject([{ state: 'latchedAcknowledged' }]);
    reset(idAt('07:10'), '07:13');
    expect(shown(drive, '07:13')).toMatchObject([{ state: 'normal' }]);
    tell(drive, '07:20', FAULT);
    tell(drive, '07:21', RETURN);
    expect(reset(idAt('07:20'), '07:22').refusal).toMatchObject({ code: 'notLatched' });
  });

  it('AL2: an acknowledgement of an old screen does not touch what was raised again', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    tell(drive, '07:01', RETURN);
    tell(drive, '07:02', FAULT);
    expect(acknowledge(drive, idAt('07:00'), '07:03').refusal).toEqual({
      status: 'conflict',
      code: 'alarmRaisedAgain',
      message: `alarm ${idAt('07:00')} is over; it was raised again as ${idAt('07:02')}`,
    });
    expect(acknowledge(drive, idAt('07:02'), '07:03').refusal).toBeUndefined();
    expect(acknowledge(drive, idAt('07:02'), '07:04').refusal).toMatchObject({
      code: 'alarmAcknowledged',
      message: expect.stringContaining('by bob') as string,
    });
    for (const id of ['nonsense', alarmIdOf(FILLER, '9', 1), alarmIdOf(LATHE, '214', at('07:02'))])
      expect(acknowledge(drive, id, '07:05').refusal).toMatchObject({ code: 'unknownAlarm' });
  });

  it('AL2: a late start moves an occurrence and keeps its acknowledgement; a late return takes it away', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:10', FAULT);
    acknowledge(drive, idAt('07:10'), '07:12');
    tell(drive, '07:05', FAULT, at('07:13'));
    expect(shown(drive, '07:13')).toMatchObject([{ state: 'acknowledged', raisedAt: at('07:05') }]);
    // It returned at 07:11 and was raised again at 07:20: the person had acknowledged the one before.
    tell(drive, '07:20', FAULT, at('07:20'));
    tell(drive, '07:11', RETURN, at('07:21'));
    expect(shown(drive, '07:21')).toMatchObject([{ state: 'unacknowledged', raisedAt: at('07:20') }]);
    expect(typesOf(drive)).toContain('equipmentFaultWithdrawn');
  });

  it('AL2: who acknowledged a warning has not seen the fault it became', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', { ...FAULT, severity: 'warning' });
    acknowledge(drive, idAt('07:00'), '07:01');
    tell(drive, '07:02', FAULT);
    expect(shown(drive, '07:02')).toMatchObject([
      { state: 'unacknowledged', severity: 'fault', alarmId: idAt('07:02') },
    ]);
    tell(drive, '07:03', { ...FAULT, severity: 'warning' });
    expect(shown(drive, '07:03')).toMatchObject([{ severity: 'warning', alarmId: idAt('07:02') }]);
    expect(drive.log.filter(({ type }) => type === 'equipmentFaultCleared')).toMatchObject([
      { endedBy: 'worse', at: at('07:02') },
    ]);
  });
});

describe('what machines say of alarms', () => {
  it('AL3: normal without a code clears all of its item, with a code that alone', () => {
    const drive = createDrive(samplePlant());
    const item = 'coolant';
    tell(drive, '07:00', { item, code: '1', active: true });
    tell(drive, '07:00', { item, code: '2', active: true });
    tell(drive, '07:00', { item: 'system', code: '1', active: true });
    tell(drive, '07:00', { item, active: true });
    tell(drive, '07:01', { item, code: '1', active: false });
    const active = (time: string) =>
      shown(drive, time)
        .filter(({ state }) => isActive(state))
        .map(({ alarm }) => alarm);
    expect(active('07:01')).toEqual(['coolant/', 'coolant/2', 'system/1']);
    tell(drive, '07:02', { item, active: false });
    expect(active('07:02')).toEqual(['system/1']);
    // It came late, about a time before the item was normal.
    tell(drive, '07:01', { item, code: '3', active: true }, at('07:03'));
    expect(active('07:03')).toEqual(['system/1']);
    expect(shown(drive, '07:03').find(({ code }) => code === '3')).toMatchObject({ clearedAt: at('07:02') });
  });

  it('AL3: what the machine cannot tell any more ended, and not as normal', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', { ...FAULT, item: 'system' });
    tell(drive, '07:01', { item: 'system', active: false, unavailable: true });
    expect(shown(drive, '07:01')).toMatchObject([
      { state: 'returnedUnacknowledged', endedBy: 'unavailable' },
    ]);
  });

  it('AL3: at one instant what says that it is active wins', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    tell(drive, '07:00', { active: false });
    tell(drive, '07:00', RETURN);
    expect(shown(drive, '07:00')).toMatchObject([{ state: 'unacknowledged' }]);
  });

  it('AL3: an alarm has a name of its own, whatever its item and code', () => {
    expect(alarmKeyOf('a/b', 'c')).not.toBe(alarmKeyOf('a', 'b/c'));
    expect(alarmKeyOf('', 'a/b')).not.toBe(alarmKeyOf('a', 'b'));
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (item, code, from) => {
        const key = alarmKeyOf(item, code);
        expect(partsOfAlarmId(alarmIdOf(FILLER, key, from))).toEqual({ equipment: FILLER, key, from });
      }),
    );
    const drive = createDrive(samplePlant());
    expect(tell(drive, '07:00', { active: true }).refusal).toMatchObject({ code: 'invalidAlarm' });
    tell(drive, '07:00', { code: '__proto__', active: true });
    expect(shown(drive, '07:00')).toMatchObject([{ code: '__proto__', state: 'unacknowledged' }]);
  });
});

describe('what lies over an alarm', () => {
  it('AL4: shelved for a time, by a due time that outlives a restart', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('06:59'));
    tell(drive, '07:00', FAULT);
    expect(over(drive, 'shelveAlarm', '07:01', 10).refusal).toMatchObject({ code: 'invalidDuration' });
    over(drive, 'shelveAlarm', '07:01', 30 * MINUTE);
    expect(shown(drive, '07:02')).toMatchObject([
      { state: 'unacknowledged', shelved: { by: 'lea', until: at('07:31') } },
    ]);
    expect(over(drive, 'shelveAlarm', '07:02', 5 * MINUTE).refusal).toMatchObject({ code: 'alarmShelved' });
    const saved = decodeEngineState(encodeEngineState(drive.state));
    if (saved.status !== 'decoded') throw new Error(saved.message);
    Object.assign(drive.state, saved.state);
    drive.tick(at('07:30'));
    expect(typesOf(drive)).not.toContain('alarmUnshelved');
    drive.tick(at('07:32'));
    drive.tick(at('07:33'));
    expect(drive.log.filter(({ type }) => type === 'alarmUnshelved')).toEqual([
      { type: 'alarmUnshelved', equipment: FILLER, alarm: '214', at: at('07:31'), cause: 'expired' },
    ]);
    expect(shown(drive, '07:33')[0]).not.toHaveProperty('shelved');
  });

  it('AL4: shelved for one occurrence, until it returns', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    over(drive, 'shelveAlarm', '07:01');
    expect(shown(drive, '07:02')).toMatchObject([{ shelved: { until: null } }]);
    tell(drive, '07:05', RETURN);
    expect(shown(drive, '07:05')[0]).not.toHaveProperty('shelved');
    expect(drive.log.filter(({ type }) => type === 'alarmUnshelved')).toMatchObject([
      { cause: 'returned', at: at('07:05') },
    ]);
    over(drive, 'shelveAlarm', '07:06');
    over(drive, 'unshelveAlarm', '07:07');
    expect(over(drive, 'unshelveAlarm', '07:08').refusal).toMatchObject({ code: 'notShelved' });
  });

  it('AL4: what became worse has not returned: its shelving for one occurrence ends with the return', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', { ...FAULT, severity: 'warning' });
    over(drive, 'shelveAlarm', '07:01');
    tell(drive, '07:03', FAULT);
    expect(shown(drive, '07:03')).toMatchObject([{ severity: 'fault', shelved: { until: null } }]);
    expect(typesOf(drive)).not.toContain('alarmUnshelved');
    tell(drive, '07:05', RETURN);
    expect(drive.log.filter(({ type }) => type === 'alarmUnshelved')).toEqual([
      { type: 'alarmUnshelved', equipment: FILLER, alarm: '214', at: at('07:05'), cause: 'returned' },
    ]);
  });

  it('AL4: suppressed by design and out of service lie over each other and over its process', () => {
    const drive = createDrive(samplePlant());
    expect(over(drive, 'suppressAlarm', '06:59').refusal).toMatchObject({ code: 'unknownAlarm' });
    tell(drive, '07:00', FAULT);
    const pairs = [
      ['suppressAlarm', 'alarmSuppressed', 'releaseAlarm', 'notSuppressed'],
      ['takeAlarmOutOfService', 'alarmOutOfService', 'returnAlarmToService', 'alarmInService'],
    ] as const;
    for (const [on, isOn, off, isOff] of pairs) {
      expect(over(drive, off, '07:01').refusal).toMatchObject({ code: isOff });
      expect(over(drive, on, '07:01').refusal).toBeUndefined();
      expect(over(drive, on, '07:02').refusal).toMatchObject({ status: 'conflict', code: isOn });
    }
    tell(drive, '07:03', RETURN);
    tell(drive, '07:04', FAULT);
    expect(shown(drive, '07:04')).toMatchObject([
      { state: 'unacknowledged', suppressedByDesign: { by: 'lea' }, outOfService: { by: 'lea' } },
    ]);
    for (const [, , off] of pairs) expect(over(drive, off, '07:05').refusal).toBeUndefined();
    const [view] = shown(drive, '07:05');
    expect(view).not.toHaveProperty('suppressedByDesign');
    expect(view).not.toHaveProperty('outOfService');
    expect(view).toMatchObject({ state: 'unacknowledged' });
  });

  it('AL4: what an old screen shows is not shelved', () => {
    const drive = createDrive(samplePlant());
    tell(drive, '07:00', FAULT);
    tell(drive, '07:01', RETURN);
    tell(drive, '07:02', FAULT);
    const shelve = (alarmId: string) =>
      drive.command(
        { name: 'shelveAlarm', line: LINE, equipment: FILLER, alarm: '214', alarmId, forMs: HOUR },
        at('07:03'),
      );
    expect(shelve(idAt('07:00')).refusal).toMatchObject({ code: 'alarmRaisedAgain' });
    expect(shelve('x').refusal).toMatchObject({ code: 'unknownAlarm' });
    expect(shelve(idAt('07:02')).refusal).toBeUndefined();
    const misplaced = { name: 'suppressAlarm', line: LINE, equipment: LATHE, alarm: '214' } as const;
    expect(drive.command(misplaced, at('07:03')).refusal).toMatchObject({ code: 'unknownEquipment' });
  });
});

interface Told {
  readonly equipment: string;
  readonly at: number;
  readonly alarm: AlarmObservation;
}

const told: fc.Arbitrary<Told> = fc.record({
  equipment: fc.constantFrom(FILLER, LABELLER),
  at: fc.integer({ min: 0, max: 120 }).map((minute) => at('06:00') + minute * MINUTE),
  alarm: fc.oneof(
    fc.record({
      item: fc.constantFrom('', 'system'),
      code: fc.constantFrom('1', '2'),
      active: fc.boolean(),
      severity: fc.constantFrom('warning' as const, 'fault' as const),
      latched: fc.boolean(),
    }),
    fc.constantFrom<AlarmObservation>(
      { item: 'system', active: false },
      { item: 'system', active: false, unavailable: true },
      { active: false },
    ),
  ),
});

/** All that people would see at the end. */
function picture({ state, config }: Drive, now: number): unknown {
  return {
    alarms: [FILLER, LABELLER].map((path) => alarmViews(state, path, now)),
    statistics: alarmStatistics(state, config, LINE, now),
  };
}

describe('any history of alarms', { timeout: 60_000 }, () => {
  const END = at('08:30');
  const history = fc.array(told, { maxLength: 40 });
  const shuffled = history.chain((observations) =>
    fc.record({
      observations: fc.constant(observations),
      arrived: fc.shuffledSubarray(observations, {
        minLength: observations.length,
        maxLength: observations.length,
      }),
    }),
  );
  const plan = samplePlant({ latenessWindowMs: 24 * HOUR });
  const key = alarmKeyOf('', '1');

  /** The alarm that people shelve and acknowledge is there first, as the acts must be possible in both orders. */
  function driven(observations: readonly Told[], shelving: 'none' | 'oneShot' | 'timed'): Drive {
    const drive = createDrive(plan);
    const first = { equipment: FILLER, at: at('05:00'), alarm: { code: '1', active: true } };
    drive.observe(first, at('05:00'));
    const alarmId = alarmIdOf(FILLER, key, at('05:00'));
    drive.command({ name: 'acknowledgeAlarm', line: LINE, alarmId }, at('05:01'));
    const shelve = { name: 'shelveAlarm', line: LINE, equipment: FILLER, alarm: key } as const;
    if (shelving === 'oneShot') drive.command(shelve, at('05:02'));
    if (shelving === 'timed') drive.command({ ...shelve, forMs: 2 * HOUR }, at('05:02'));
    for (const item of observations) drive.observe(item, END);
    drive.tick(END);
    return drive;
  }

  it('AL5: within the lateness window the order of arrival changes nothing that is shown', () => {
    fc.assert(
      fc.property(
        shuffled,
        fc.constantFrom('none' as const, 'oneShot' as const, 'timed' as const),
        ({ observations, arrived }, shelving) => {
          const inOrder = [...observations].sort((a, b) => a.at - b.at);
          expect(picture(driven(arrived, shelving), END)).toEqual(picture(driven(inOrder, shelving), END));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('AL5: what is recorded is what the facts show, whatever the order', () => {
    fc.assert(
      fc.property(shuffled, ({ arrived }) => {
        const drive = driven(arrived, 'none');
        const open = new Map<string, number | null>();
        for (const event of drive.log) {
          if (event.type === 'equipmentFaultRaised') open.set(event.alarmId, null);
          if (event.type === 'equipmentFaultCleared') open.set(event.alarmId, event.at);
          if (event.type === 'equipmentFaultWithdrawn') open.delete(event.alarmId);
        }
        const views = [FILLER, LABELLER].flatMap((path) => alarmViews(drive.state, path, END));
        for (const { alarmId = '', clearedAt } of views) expect(open.get(alarmId)).toBe(clearedAt ?? null);
        const active = views.filter(({ state }) => isActive(state)).length;
        expect([...open.values()].filter((to) => to === null)).toHaveLength(active);
        expect(views.filter(({ clearedAt }) => clearedAt === undefined)).toHaveLength(active);
      }),
      { numRuns: 300 },
    );
  });

  it('AL5: said twice it changes nothing', () => {
    fc.assert(
      fc.property(history, (observations) => {
        const drive = driven(observations, 'none');
        const before = encodeEngineState(drive.state);
        for (const item of observations) expect(drive.observe(item, END).events).toEqual([]);
        expect(encodeEngineState(drive.state)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  it('AL6: what is settled is shown as if it were not', () => {
    fc.assert(
      fc.property(history, (observations) => {
        const inOrder = [...observations].sort((a, b) => a.at - b.at);
        const short = createDrive(samplePlant({ latenessWindowMs: 10 * MINUTE }));
        const long = createDrive(plan);
        for (const item of inOrder) {
          for (const drive of [short, long]) {
            drive.tick(item.at);
            drive.observe(item, item.at);
          }
        }
        for (const drive of [short, long]) drive.tick(END);
        expect(picture(short, END)).toEqual(picture(long, END));
      }),
      { numRuns: 200 },
    );
  });
});

describe('memory of alarms', { timeout: 60_000 }, () => {
  it('AL6: it is bounded however much a machine says', () => {
    const drive = createDrive(samplePlant());
    for (let second = 0; second < 1500; second += 1) {
      const active = second % 2 === 0;
      drive.observe({ equipment: FILLER, at: at('07:00') + second * 1000, alarm: { code: '1', active } });
    }
    const [alarm] = drive.state.equipment[FILLER]?.alarms?.alarms ?? [];
    expect(alarm?.facts.length).toBeLessThanOrEqual(500);
    expect(alarm?.past.length).toBeLessThanOrEqual(500);
    expect(typesOf(drive)).toHaveLength(1500);
    expect(typesOf(drive)).not.toContain('equipmentFaultWithdrawn');
    for (let code = 0; code < 1100; code += 1)
      drive.observe({ equipment: LABELLER, at: at('07:00'), alarm: { code: String(code), active: true } });
    expect(drive.state.equipment[LABELLER]?.alarms?.alarms).toHaveLength(1000);
    expect(drive.observe({ equipment: LABELLER, at: at('07:00'), alarm: FAULT }).refusal).toBeUndefined();
    const other = { code: 'x', active: true };
    expect(drive.observe({ equipment: LABELLER, at: at('07:00'), alarm: other }).refusal).toMatchObject({
      code: 'tooManyAlarms',
    });
    expect(alarmViews(drive.state, LABELLER, at('07:01'))).toHaveLength(200);
  });

  it('AL6: what is over for twelve hours is dropped, what lies over it is not', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('05:00'));
    for (const code of ['1', '214']) {
      drive.observe({ equipment: FILLER, at: at('05:01'), alarm: { code, active: true } });
      const alarmId = alarmIdOf(FILLER, code, at('05:01'));
      drive.command({ name: 'acknowledgeAlarm', line: LINE, alarmId }, at('05:02'));
      drive.observe({ equipment: FILLER, at: at('05:03'), alarm: { code, active: false } });
    }
    over(drive, 'takeAlarmOutOfService', '05:04');
    const later = at('05:00') + 60 * HOUR;
    drive.observe({ equipment: FILLER, at: later, state: 'running' }, later);
    drive.tick(later);
    drive.tick(later + MINUTE);
    expect(alarmViews(drive.state, FILLER, later)).toMatchObject([{ code: '214', outOfService: {} }]);
  });
});

describe('figures of alarms', () => {
  it('AL7: alarms per hour, and a flood of more than ten in ten minutes, from its beginning to its end', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('06:59'));
    for (let index = 0; index < 12; index += 1) {
      const time = at('07:00') + index * 30_000;
      drive.observe({
        equipment: index % 2 === 0 ? FILLER : LABELLER,
        at: time,
        alarm: { code: `${index}`, active: true },
      });
      drive.tick(time + 1);
    }
    const during = alarmStatistics(drive.state, drive.config, LINE, at('07:06'));
    expect(during).toMatchObject({
      active: 12,
      unacknowledged: 12,
      suppressed: 0,
      lastHour: 12,
      meanPerHour: 0.5,
      floods: [{ from: at('07:05'), to: null, count: 12 }],
    });
    expect(during.byEquipment).toMatchObject([
      { equipment: FILLER, lastHour: 6, floods: [] },
      { equipment: LABELLER, lastHour: 6, floods: [] },
    ]);
    drive.tick(at('07:10'));
    drive.tick(at('07:11'));
    drive.tick(at('07:12'));
    expect(drive.log.filter(({ type }) => type.startsWith('alarmFlood'))).toEqual([
      { type: 'alarmFloodStarted', line: LINE, at: at('07:05') },
      // Two came within 07:00:30: ten remain when the second of the twelve is ten minutes old.
      { type: 'alarmFloodEnded', line: LINE, at: at('07:10:30'), from: at('07:05') },
    ]);
    expect(alarmStatistics(drive.state, drive.config, LINE, at('09:00'))).toMatchObject({ lastHour: 0 });
  });

  it('AL7: ten within ten minutes are none', () => {
    const drive = createDrive(samplePlant());
    for (let index = 0; index < 10; index += 1)
      drive.observe({ equipment: FILLER, at: at('07:00'), alarm: { code: `${index}`, active: true } });
    drive.observe({ equipment: FILLER, at: at('07:10'), alarm: { code: 'x', active: true } });
    expect(alarmStatistics(drive.state, drive.config, LINE, at('07:10'))).toMatchObject({ floods: [] });
  });

  it('AL7: three cycles a minute chatter, more than a day active is stale; what is suppressed counts apart', () => {
    const drive = createDrive(samplePlant());
    for (let index = 0; index < 6; index += 1) {
      const alarm = index % 2 === 0 ? FAULT : RETURN;
      drive.observe({ equipment: FILLER, at: at('07:00') + index * 5000, alarm });
    }
    const now = at('07:00:40');
    expect(alarmStatistics(drive.state, drive.config, LINE, now).chattering).toEqual([
      { equipment: FILLER, alarm: '214', code: '214', cyclesPerMinute: 3 },
    ]);
    expect(alarmViews(drive.state, FILLER, now)).toMatchObject([{ chattering: true }]);
    expect(alarmStatistics(drive.state, drive.config, LINE, at('07:02')).chattering).toEqual([]);
    tell(drive, '07:02', { code: 'old', active: true });
    const nextDay = at('07:02') + 24 * HOUR;
    expect(alarmStatistics(drive.state, drive.config, LINE, nextDay).stale).toEqual([]);
    expect(alarmStatistics(drive.state, drive.config, LINE, nextDay + 1).stale).toEqual([
      { equipment: FILLER, alarm: 'old', code: 'old', since: at('07:02') },
    ]);
    over(drive, 'suppressAlarm', '07:03');
    expect(alarmStatistics(drive.state, drive.config, LINE, at('07:03'))).toMatchObject({
      suppressed: 1,
      active: 1,
      lastHour: 1,
    });
  });
});
