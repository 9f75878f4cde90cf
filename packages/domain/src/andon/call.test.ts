import { describe, expect, it } from 'vitest';

import type { FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { lineStatus } from '../query/line-status.ts';
import type { Drive } from '../testing/drive.ts';
import { createDrive } from '../testing/drive.ts';
import { CNC_LINE, FILLER, HOUR, LATHE, LINE, MINUTE, at, samplePlant } from '../testing/sample-plant.ts';
import { openAndRecentCalls } from './recent-calls.ts';

type RaiseCall = Extract<FactoryCommand, { name: 'raiseCall' }>;

function raise(drive: Drive, time: string, changes: Partial<RaiseCall> = {}): StepResult {
  const call = { name: 'raiseCall', line: LINE, callType: 'material', priority: 'high' } as const;
  return drive.command({ ...call, ...changes }, at(time));
}

describe('andon calls', () => {
  it('AN1: a call is raised on a line or equipment, with both instants', () => {
    const drive = createDrive(samplePlant());
    const raisedAt = at('06:58');
    const { data } = raise(drive, '07:00', { equipment: FILLER, note: 'caps', raisedAt });
    expect(data).toEqual({ callId: 'call-1' });
    expect(openAndRecentCalls(drive.state, LINE)).toEqual([
      {
        id: 'call-1',
        line: LINE,
        equipment: FILLER,
        type: 'material',
        priority: 'high',
        status: 'raised',
        note: 'caps',
        raisedBy: 'ann',
        raisedAt,
        receivedAt: at('07:00'),
      },
    ]);
    expect(openAndRecentCalls(drive.state, CNC_LINE)).toEqual([]);
  });

  it('AN1: equipment of another line and unknown lines are refused by name', () => {
    const drive = createDrive(samplePlant());
    expect(raise(drive, '07:00', { equipment: LATHE }).refusal).toMatchObject({ code: 'unknownEquipment' });
    expect(raise(drive, '07:00', { line: 'pack/onne' }).refusal?.message).toContain(
      'did you mean "pack/one"',
    );
    expect(raise(drive, '07:00', { raisedAt: at('07:02') }).refusal).toMatchObject({ code: 'inFuture' });
  });

  it('AN2: one open call of a type per equipment, or per line where none is named', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    expect(raise(drive, '07:01').refusal).toEqual({
      status: 'conflict',
      code: 'callOpen',
      message: `call call-1 of type material is already open on ${LINE}`,
    });
    expect(raise(drive, '07:02', { equipment: FILLER }).refusal).toBeUndefined();
    expect(raise(drive, '07:03', { callType: 'quality' }).refusal).toBeUndefined();
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:04'));
    expect(raise(drive, '07:05').data).toEqual({ callId: 'call-4' });
  });

  it('AN3: raised, acknowledged, resolved or cancelled; an act binds to one call', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:01'), 'bob');
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([
      { status: 'acknowledged', acknowledged: { at: at('07:01'), by: 'bob' } },
    ]);
    drive.command({ name: 'resolveCall', callId: 'call-1', note: 'done' }, at('07:09'), 'cy');
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([
      {
        status: 'resolved',
        acknowledged: { by: 'bob' },
        resolved: { at: at('07:09'), by: 'cy', note: 'done' },
      },
    ]);
    raise(drive, '08:00');
    drive.command({ name: 'cancelCall', callId: 'call-2', note: 'mistake' }, at('08:01'));
    expect(openAndRecentCalls(drive.state, LINE)[1]).toMatchObject({
      status: 'cancelled',
      cancelled: { note: 'mistake' },
    });
  });

  it('AN4: an act on a call that is past it is refused with what happened', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    const act = (name: 'acknowledgeCall' | 'resolveCall' | 'cancelCall', callId = 'call-1'): unknown =>
      drive.command({ name, callId }, at('07:05'), 'bob').refusal;
    expect(act('acknowledgeCall')).toBeUndefined();
    expect(act('acknowledgeCall')).toMatchObject({ status: 'conflict', code: 'callAcknowledged' });
    expect(act('resolveCall')).toBeUndefined();
    for (const name of ['acknowledgeCall', 'resolveCall', 'cancelCall'] as const)
      expect(act(name)).toEqual({
        status: 'conflict',
        code: 'callResolved',
        message: 'call call-1 was resolved by bob',
      });
    expect(act('cancelCall', 'call-9')).toMatchObject({ status: 'rejected', code: 'unknownCall' });
    raise(drive, '07:06');
    expect(act('acknowledgeCall')).toMatchObject({
      status: 'conflict',
      code: 'callResolved',
      message: 'call call-1 was resolved by bob; it was raised again as call-2',
    });
    expect(openAndRecentCalls(drive.state, LINE)[1]).toMatchObject({ status: 'raised' });
    expect(act('cancelCall', 'call-2')).toBeUndefined();
    expect(act('acknowledgeCall', 'call-2')).toMatchObject({ code: 'callCancelled' });
  });

  it('AN8: the first display of an open call is recorded, with whose screen it was', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    expect(drive.display('call-1', 'wall', at('07:01')).events).toEqual([
      { type: 'callDisplayed', callId: 'call-1', at: at('07:01'), author: 'wall' },
    ]);
    expect(drive.display('call-1', 'bob', at('07:02')).events).toEqual([]);
    expect(drive.display('call-9', 'bob', at('07:02')).events).toEqual([]);
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:03'), 'bob');
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([
      { status: 'acknowledged', displayed: { at: at('07:01'), by: 'wall' } },
    ]);
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:04'));
    raise(drive, '07:05');
    drive.command({ name: 'cancelCall', callId: 'call-2' }, at('07:06'));
    expect(drive.display('call-2', 'wall', at('07:07')).events).toEqual([]);
    raise(drive, '07:08');
    expect(drive.display('call-3', 'wall', at('07:07')).events).toMatchObject([{ at: at('07:08') }]);
  });

  it('AN5: the line shows how many are open, the highest priority and the oldest', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00', { priority: 'low' });
    raise(drive, '07:10', { callType: 'safety', priority: 'critical' });
    raise(drive, '07:20', { callType: 'quality', priority: 'medium' });
    drive.command({ name: 'acknowledgeCall', callId: 'call-2' }, at('07:21'));
    drive.command({ name: 'resolveCall', callId: 'call-3' }, at('07:22'));
    expect(lineStatus(drive.state, drive.config, LINE, at('07:30'))).toMatchObject({
      calls: { open: 2, unacknowledged: 1, priority: 'critical', oldestAt: at('07:00') },
    });
  });

  it('AN6: a closed call is shown for twelve hours, an open one for ever', () => {
    const drive = createDrive(samplePlant());
    drive.tick(at('06:59'));
    raise(drive, '07:00');
    raise(drive, '07:00', { callType: 'safety' });
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:10'));
    drive.tick(at('07:10') + 12 * HOUR);
    expect(openAndRecentCalls(drive.state, LINE)).toHaveLength(2);
    drive.tick(at('07:12') + 12 * HOUR + MINUTE);
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([{ id: 'call-2' }]);
  });

  it('AN2: a second one on request', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    expect(raise(drive, '07:01', { allowSecond: true }).data).toEqual({ callId: 'call-2' });
  });

  it('AN9: work on a call begins, which acknowledges it where nobody has', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    const start = (callId: string): StepResult =>
      drive.command({ name: 'startCall', callId, note: 'on it' }, at('07:02'), 'bob');
    expect(start('call-1').events.map(({ type }) => type)).toEqual(['callAcknowledged', 'callStarted']);
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([
      {
        status: 'inProgress',
        acknowledged: { by: 'bob' },
        started: { at: at('07:02'), by: 'bob', note: 'on it' },
      },
    ]);
    expect(start('call-1').refusal).toMatchObject({ status: 'conflict', code: 'callStarted' });
    raise(drive, '07:03', { callType: 'quality' });
    drive.command({ name: 'acknowledgeCall', callId: 'call-2' }, at('07:03'), 'cy');
    expect(start('call-2').events.map(({ type }) => type)).toEqual(['callStarted']);
    expect(lineStatus(drive.state, drive.config, LINE, at('07:04'))).toMatchObject({
      calls: { open: 2, unacknowledged: 0 },
    });
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:09'), 'bob');
    expect(openAndRecentCalls(drive.state, LINE)[0]).toMatchObject({
      status: 'resolved',
      started: { by: 'bob' },
    });
  });

  it('AN10: notes and responders are added, the root cause after the fact, each with who and when', () => {
    const drive = createDrive(samplePlant());
    const act = (command: FactoryCommand, by = 'bob'): StepResult => drive.command(command, at('07:05'), by);
    const callId = 'call-1';
    raise(drive, '07:00');
    expect(act({ name: 'setRootCause', callId, rootCause: 'x' }).refusal).toMatchObject({
      code: 'callRaised',
    });
    act({ name: 'acknowledgeCall', callId });
    act({ name: 'joinCall', callId }, 'cy');
    expect(act({ name: 'joinCall', callId }, 'cy').refusal).toMatchObject({ code: 'alreadyThere' });
    act({ name: 'noteCall', callId, note: 'hopper empty' });
    act({ name: 'resolveCall', callId });
    expect(act({ name: 'joinCall', callId }, 'di').refusal).toMatchObject({ code: 'callResolved' });
    act({ name: 'noteCall', callId, note: 'refilled' }, 'cy');
    act({ name: 'setRootCause', callId, rootCause: 'sensor' });
    expect(act({ name: 'setRootCause', callId, rootCause: 'wiring' }, 'cy').events).toEqual([
      {
        type: 'rootCauseSet',
        callId,
        at: at('07:05'),
        author: 'cy',
        rootCause: 'wiring',
        before: 'sensor',
      },
    ]);
    const done = { at: at('07:05') };
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([
      {
        notes: [
          { ...done, by: 'bob', note: 'hopper empty' },
          { ...done, by: 'cy', note: 'refilled' },
        ],
        responders: [{ ...done, by: 'cy' }],
        rootCause: { ...done, by: 'cy', note: 'wiring' },
      },
    ]);
    raise(drive, '07:06');
    act({ name: 'cancelCall', callId: 'call-2' });
    const cause = { name: 'setRootCause', callId: 'call-2', rootCause: 'x' } as const;
    expect(act(cause).refusal).toMatchObject({ code: 'callCancelled' });
    const unknown = [
      { ...cause, callId: 'call-9' },
      { name: 'joinCall', callId: 'call-9' },
      { name: 'noteCall', callId: 'call-9', note: 'x' },
      { name: 'confirmCall', callId: 'call-9' },
    ] as const;
    for (const command of unknown) expect(act(command).refusal).toMatchObject({ code: 'unknownCall' });
  });

  it('AN11: the times to acknowledge and to resolve count from the instant of the person', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00', { raisedAt: at('06:58') });
    expect(openAndRecentCalls(drive.state, LINE)[0]).not.toHaveProperty('toAcknowledgeMs');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('07:01'), 'bob');
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([{ toAcknowledgeMs: 3 * MINUTE }]);
    drive.command({ name: 'resolveCall', callId: 'call-1' }, at('07:08'), 'bob');
    raise(drive, '07:10');
    drive.command({ name: 'resolveCall', callId: 'call-2' }, at('07:14'), 'bob');
    raise(drive, '07:20');
    drive.command({ name: 'cancelCall', callId: 'call-3' }, at('07:21'), 'bob');
    const [first, second, third] = openAndRecentCalls(drive.state, LINE);
    expect(first).toMatchObject({ toAcknowledgeMs: 3 * MINUTE, toResolveMs: 10 * MINUTE });
    expect(second).toMatchObject({ toAcknowledgeMs: 4 * MINUTE, toResolveMs: 4 * MINUTE });
    expect(third).not.toHaveProperty('toResolveMs');
  });

  it('AN12: one that arrives over five minutes late asks whether it is still needed, safety excepted', () => {
    const drive = createDrive(samplePlant());
    expect(raise(drive, '07:00', { raisedAt: at('06:55') }).data).toEqual({ callId: 'call-1' });
    const late = raise(drive, '07:00', { raisedAt: at('06:54'), callType: 'quality' });
    expect(late.data).toEqual({ callId: 'call-2', stillNeeded: 'asked' });
    expect(late.events.map(({ type }) => type)).toEqual(['callRaised', 'callConfirmationAsked']);
    expect(raise(drive, '07:00', { raisedAt: at('06:00'), callType: 'safety' }).data).toEqual({
      callId: 'call-3',
    });
    const confirm = (callId: string): StepResult =>
      drive.command({ name: 'confirmCall', callId }, at('07:02'), 'ann');
    expect(confirm('call-1').refusal).toMatchObject({ code: 'notAsked' });
    expect(openAndRecentCalls(drive.state, LINE)[1]).toMatchObject({ stillNeeded: { askedAt: at('07:00') } });
    expect(confirm('call-2').events).toEqual([
      { type: 'callConfirmed', callId: 'call-2', at: at('07:02'), author: 'ann' },
    ]);
    expect(confirm('call-2').refusal).toMatchObject({ code: 'callConfirmed' });
    drive.command({ name: 'cancelCall', callId: 'call-2' }, at('07:03'), 'ann');
    expect(confirm('call-2').refusal).toMatchObject({ code: 'callCancelled' });
  });

  it('AN7: an act whose clock runs behind is not before the call', () => {
    const drive = createDrive(samplePlant());
    raise(drive, '07:00');
    drive.command({ name: 'acknowledgeCall', callId: 'call-1' }, at('06:59'));
    expect(openAndRecentCalls(drive.state, LINE)).toMatchObject([{ acknowledged: { at: at('07:00') } }]);
  });
});
