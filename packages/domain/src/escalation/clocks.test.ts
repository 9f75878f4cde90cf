import { describe, expect, it } from 'vitest';

import type { Call } from '../andon/call.ts';
import type { EscalationPolicy } from '../plant/escalation-config.ts';
import { POLICY } from '../testing/escalation-plant.ts';
import { LINE, MINUTE } from '../testing/sample-plant.ts';
import type { ClockState, Due, Escalation } from './escalation.ts';
import { asking, dueBy, newEscalation, nextDue, resumed, running, snoozed, withClock } from './escalation.ts';

const raised: Call = {
  id: 'call-1',
  line: LINE,
  type: 'material',
  priority: 'high',
  raisedBy: 'oli',
  raisedAt: 0,
  receivedAt: 0,
  status: 'raised',
};
const acknowledged = { ...raised, status: 'acknowledged', acknowledged: { by: 'ben', at: 1 } } as Call;

const policy: EscalationPolicy = {
  ...POLICY,
  toAcknowledge: [0, 5, 10].map((afterMs) => ({ afterMs, recipients: [], means: [] })),
  toResolve: [20, 40].map((afterMs) => ({ afterMs, recipients: [], means: [] })),
};

function setting(changes: Partial<EscalationPolicy> = {}, presentAt: number | null = null) {
  return { policy: { ...policy, ...changes }, presentFrom: () => presentAt };
}

function clock(changes: Partial<ClockState>): ClockState {
  return { level: 0, people: [], reminders: 0, remindAt: null, waitsFrom: null, up: null, ...changes };
}

const fresh = newEscalation('call-1', 100);

describe('what an escalation waits for', () => {
  const next = (escalation: Escalation, call: Call = raised, of = setting()): Due | null =>
    nextDue(escalation, call, of);

  it('ES3: the first level of each clock from when the call was received, then the next ones', () => {
    expect(next(fresh)).toEqual({ at: 100, what: 'level', clock: 'acknowledgement', level: 1, cause: 'due' });
    const second = withClock(fresh, 'acknowledgement', clock({ level: 1 }));
    expect(next(second)).toEqual({
      at: 105,
      what: 'level',
      clock: 'acknowledgement',
      level: 2,
      cause: 'due',
    });
    const top = withClock(fresh, 'acknowledgement', clock({ level: 3 }));
    expect(next(top)).toEqual({ at: 120, what: 'level', clock: 'resolution', level: 1, cause: 'due' });
    expect(next(withClock(top, 'resolution', clock({ level: 2 })))).toBeNull();
  });

  it('ES4: nothing of the clock to acknowledgement after it, nothing at all of a closed call', () => {
    expect(next(fresh, acknowledged)).toMatchObject({ at: 120, clock: 'resolution' });
    expect(next(fresh, { ...raised, status: 'resolved' } as Call)).toBeNull();
    expect(next(fresh, { ...raised, status: 'cancelled' } as Call)).toBeNull();
    expect(next(asking(fresh, 100), { ...raised, status: 'resolved' } as Call)).toBeNull();
  });

  it('ES5: a level that goes up comes when that was found, unless its own time came before', () => {
    const up = (at: number): Escalation =>
      withClock(fresh, 'acknowledgement', clock({ level: 1, up: { at, cause: 'notDisplayed' } }));
    expect(next(up(103))).toMatchObject({ at: 103, level: 2, cause: 'notDisplayed' });
    expect(next(up(105))).toMatchObject({ at: 105, level: 2, cause: 'notDisplayed' });
    expect(next(up(106))).toMatchObject({ at: 105, level: 2, cause: 'due' });
  });

  it('ES7: the clock to acknowledgement reminds until it stops, then the one to resolution', () => {
    const both = withClock(
      withClock(fresh, 'acknowledgement', clock({ level: 3, remindAt: 112 })),
      'resolution',
      clock({ level: 2, remindAt: 111 }),
    );
    expect(next(both)).toEqual({ at: 112, what: 'remind', clock: 'acknowledgement' });
    expect(next(both, acknowledged)).toEqual({ at: 111, what: 'remind', clock: 'resolution' });
  });

  it('ES5: where nobody is, it waits until somebody is, instead of reminding', () => {
    const waiting = withClock(fresh, 'acknowledgement', clock({ level: 3, remindAt: 101, waitsFrom: 102 }));
    expect(next(waiting, raised, setting({}, 107))).toEqual({
      at: 107,
      what: 'remind',
      clock: 'acknowledgement',
    });
    expect(next(waiting, raised, setting({}, null))).toMatchObject({ at: 120, clock: 'resolution' });
  });

  it('ES12: a critical call that no screen has shown, once', () => {
    const critical = { ...raised, priority: 'critical' } as Call;
    const within = setting({ displayWithinMs: 3 });
    const started = withClock(fresh, 'acknowledgement', clock({ level: 1 }));
    expect(next(started, critical, within)).toEqual({ at: 103, what: 'notDisplayed' });
    expect(next(started, raised, within)).toMatchObject({ what: 'level', at: 105 });
    expect(next(started, critical)).toMatchObject({ what: 'level', at: 105 });
    expect(next({ ...started, displayMissed: true }, critical, within)).toMatchObject({ what: 'level' });
    const shown = { ...critical, displayed: { reader: 'wall', at: 1 } } as unknown as Call;
    expect(next(started, shown, within)).toMatchObject({ what: 'level' });
    expect(next(started, { ...acknowledged, priority: 'critical' }, within)).toMatchObject({
      what: 'level',
      clock: 'resolution',
    });
  });

  it('ES10: the end of quiet hours for those who were not told', () => {
    const deferred = [
      {
        person: 'lea',
        means: 'email',
        clock: 'acknowledgement',
        level: 1,
        subject: 'level',
        number: 0,
        until: 104,
      },
    ] as const;
    const started = withClock({ ...fresh, deferred }, 'acknowledgement', clock({ level: 1 }));
    expect(next(started)).toEqual({ at: 104, what: 'tellDeferred' });
  });

  it('ES6: of what is overdue levels come before reminders; at one instant a level, then a display', () => {
    const both = withClock(fresh, 'acknowledgement', clock({ level: 1, remindAt: 101 }));
    expect(next(both)).toMatchObject({ what: 'remind', at: 101 });
    expect(dueBy(both, raised, setting(), 100)).toBeNull();
    expect(dueBy(both, raised, setting(), 104)).toMatchObject({ what: 'remind' });
    expect(dueBy(both, raised, setting(), 105)).toMatchObject({ what: 'level', level: 2 });
    const same = withClock(fresh, 'acknowledgement', clock({ level: 1, remindAt: 105 }));
    const critical = { ...raised, priority: 'critical' } as Call;
    expect(next(same, critical, setting({ displayWithinMs: 5 }))).toMatchObject({ what: 'level', at: 105 });
    const top = withClock(fresh, 'acknowledgement', clock({ level: 3, remindAt: 105 }));
    expect(next(top, critical, setting({ displayWithinMs: 5 }))).toMatchObject({ what: 'notDisplayed' });
    const told = { ...top, deferred: [{ until: 105 }] } as unknown as Escalation;
    expect(next(told)).toMatchObject({ what: 'remind', at: 105 });
  });
});

describe('what moves its clocks', () => {
  const taken: Escalation = { ...fresh, acknowledgedBy: 'ben', displayMissed: true };

  it('ES13: while it is asked nothing runs; the answer starts both clocks', () => {
    const asked = asking(taken, 200);
    expect(asked).toEqual({
      callId: 'call-1',
      clocks: fresh.clocks,
      displayMissed: true,
      deferred: [],
      acknowledgedBy: 'ben',
      status: 'asking',
      until: 200 + 5 * MINUTE,
    });
    expect(nextDue(asked, raised, setting())).toEqual({ what: 'lapse', at: 200 + 5 * MINUTE });
    expect(running(asked, 300)).toEqual({ ...taken, since: 300 });
    expect('acknowledgedBy' in running(asking(fresh, 1), 2)).toBe(false);
  });

  it('ES8: a snooze puts everything off by its length, and one that is prolonged keeps its beginning', () => {
    const first = snoozed(taken, 110, 150);
    expect(first).toEqual({ ...taken, status: 'snoozed', since: 100, from: 110, until: 150 });
    const longer = snoozed(first, 140, 190);
    expect(longer).toEqual({ ...taken, status: 'snoozed', since: 100, from: 110, until: 190 });
    expect(nextDue(longer, raised, setting())).toEqual({ what: 'resume', at: 190 });
    expect(resumed(longer)).toEqual({ ...taken, status: 'running', since: 100 + 80 });
    const asked = asking(fresh, 1);
    expect(snoozed(asked, 2, 3)).toBe(asked);
    expect(resumed(fresh)).toBe(fresh);
  });

  it('ES8: those who were told last are told again at once, on each clock that has begun', () => {
    const begun = withClock(fresh, 'resolution', clock({ level: 1, people: ['lea'], remindAt: null }));
    const { clocks } = resumed(snoozed(begun, 110, 150));
    expect(clocks.acknowledgement).toEqual(clock({}));
    expect(clocks.resolution).toEqual(clock({ level: 1, people: ['lea'], remindAt: 150 }));
  });
});
