import { createEngineState } from '@ms5/domain';
import { describe, expect, it } from 'vitest';
import { commandRefusal, lineOfCommand, parseCommand } from './commands.ts';

describe('a command', () => {
  it('is read by its name', () => {
    const data = { line: 'a/l', callType: 'material', priority: 'high', note: 'empty' } as const;
    expect(parseCommand('raiseCall', data)).toEqual({ ok: true, command: { name: 'raiseCall', ...data } });
    expect(parseCommand('completeJob', { line: 'a/l' })).toEqual({
      ok: true,
      command: { name: 'completeJob', line: 'a/l' },
    });
  });

  it.each([
    ['fly', {}, 'unknownCommand', 'no command "fly"; there are raiseCall,'],
    ['toString', {}, 'unknownCommand', 'no command "toString"'],
    ['raiseCall', null, 'malformed', 'data: '],
    ['raiseCall', { line: 'a/l', callType: 'x', priority: 'high' }, 'malformed', 'data.callType: '],
    ['completeJob', { line: 'a/l', extra: 1 }, 'malformed', '"extra"'],
    [
      'startJob',
      { line: 'a/l', workOrder: 'w', product: 'p', targetCount: 0 },
      'malformed',
      'data.targetCount',
    ],
    ['enterCount', { line: 'a/l', good: -1 }, 'malformed', 'data.good'],
    ['classifyDowntimes', { line: 'a/l', downtimeIds: [], reason: 'r' }, 'malformed', 'data.downtimeIds'],
    ['mergeDowntimes', { line: 'a/l', downtimeIds: ['d'] }, 'malformed', 'data.downtimeIds'],
    ['splitDowntime', { downtimeId: 'd', splitAt: 1.5 }, 'malformed', 'data.splitAt'],
    ['noteDowntime', { downtimeId: 'd', note: '' }, 'malformed', 'data.note'],
  ])('%s with %j is refused: %s', (name, data, reason, message) => {
    const parsed = parseCommand(name, data);
    expect(parsed).toMatchObject({ ok: false, refusal: { reason } });
    expect(parsed.ok ? '' : parsed.refusal.message).toContain(message);
  });
});

describe('the permission to command', () => {
  it('is by line', () => {
    expect(commandRefusal(['works/#'], 'works', 'a/l')).toBe(null);
    expect(commandRefusal(['works/a/+'], 'works', 'a/l')).toBe(null);
    expect(commandRefusal(['works/b/#', 'other/#'], 'works', 'a/l')).toMatchObject({ reason: 'forbidden' });
    expect(commandRefusal([], 'works', 'a/l')).toMatchObject({ reason: 'forbidden' });
  });

  it('on the plan of a line, and to adjust what is closed, is one of its own', () => {
    const plan = parseCommand('changePlan', { line: 'a/l', change: 'noCrew', from: 1, to: 2 });
    const count = parseCommand('enterCount', { line: 'a/l', good: 1 });
    const adjusting = parseCommand('enterCount', { line: 'a/l', good: 1, adjustment: 'counted again' });
    if (!plan.ok || !count.ok || !adjusting.ok) throw new Error('expected commands');
    expect(adjusting.command).toMatchObject({ good: 1, adjustment: 'counted again' });
    for (const [filter, ...allowed] of [
      ['works/+/+', false, true, false],
      ['works/a/l', false, true, false],
      ['works/a/l/#', true, true, true],
      ['works/#', true, true, true],
    ] as const) {
      const answers = [plan, count, adjusting].map(
        ({ command }) => commandRefusal([filter], 'works', 'a/l', command) === null,
      );
      expect(answers).toEqual(allowed);
    }
    const wrong = parseCommand('enterCount', { line: 'a/l', good: 1, adjustment: 7 });
    expect(wrong.ok ? '' : wrong.refusal.message).toContain('why a closed period is changed');
  });

  it('about a call that is not known is left to be refused for that, but for those who may command nothing', () => {
    const state = createEngineState({
      site: { id: 'works', name: 'Works', timeZone: 'UTC' },
      lines: [],
      equipment: [],
      products: [],
      shifts: [],
      reasons: [],
    });
    const line = lineOfCommand(state, { name: 'acknowledgeCall', callId: 'call-9' });
    expect(line).toBe(undefined);
    expect(commandRefusal(['works/a/l'], 'works', line)).toBe(null);
    expect(commandRefusal([], 'works', line)).toMatchObject({ reason: 'forbidden' });
  });
});
