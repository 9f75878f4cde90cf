import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatProblems, loadPlant, parsePlant } from './index.ts';

const example = fileURLToPath(new URL('./example.yaml', import.meta.url));

const MINIMAL = `
site: { id: s, name: S, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
      - id: l
        name: L
        equipment:
          - { id: e, name: E, states: simple }
`;

function problemsIn(text: string): string {
  const result = parsePlant('plant.yaml', text);
  return result.ok ? '' : formatProblems(result.problems);
}

const REASONS = `
reasonGroups:
  - { id: technical, name: Technical }
  - { id: drives, name: Drives, group: technical }
reasons:
  - { code: jam, name: Jam, loss: breakdown, group: drives }
  - { code: old, name: Old, loss: breakdown, retired: true }
downtime:
  mergeRun: 2m
  rules:
    - { id: short, reason: jam, lines: [a/l], rawStates: [FAULT], longerThan: 30s, shorterThan: 5m }
    - { id: night, reason: dontKnow, between: { from: '22:00', to: '06:00', days: [fri] } }
`;

describe('the reason tree and the rules of stops', () => {
  it('are read with their defaults', () => {
    const result = parsePlant('plant.yaml', MINIMAL + REASONS);
    if (!result.ok) throw new Error(formatProblems(result.problems));
    expect(result.plant.config.reasons).toEqual([
      { code: 'jam', name: 'Jam', loss: 'breakdown', failure: false, group: 'drives' },
      { code: 'old', name: 'Old', loss: 'breakdown', failure: false, retired: true },
      { code: 'dontKnow', name: "Don't know", loss: 'unexplained', failure: false },
    ]);
    expect(result.plant.config.downtime).toEqual({
      mergeRunMs: 120_000,
      groups: [
        { id: 'technical', name: 'Technical' },
        { id: 'drives', name: 'Drives', group: 'technical' },
      ],
      rules: [
        { id: 'short', reason: 'jam', lines: ['a/l'], rawStates: ['FAULT'], minMs: 30_000, maxMs: 300_000 },
        { id: 'night', reason: 'dontKnow', between: { from: '22:00', to: '06:00', days: ['fri'] } },
      ],
    });
  });

  it('name what is there, and no branch is on itself', () => {
    const wrong = REASONS.replace('group: drives', 'group: drive')
      .replace('name: Technical', 'name: Technical, group: drives')
      .replace('reason: jam', 'reason: old')
      .replace('[a/l]', '[a/k]')
      .replace('longerThan: 30s', 'longerThan: 5m');
    const found = problemsIn(MINIMAL + wrong);
    for (const path of [
      'reasons[0].group: expected the id of a reason group (technical, drives), found "drive"',
      'reasonGroups[0].group: expected a group that is not on this one itself',
      'reasonGroups[1].group: expected a group that is not on this one itself',
      'downtime.rules[0].reason: expected the code of a reason that is given',
      'downtime.rules[0].lines[0]: expected a line (a/l), found "a/k"',
      'downtime.rules[0].shorterThan: expected a duration above that of longerThan',
    ])
      expect(found).toContain(path);
  });
});

describe('machines', () => {
  const withEquipment = (fields: string): string => MINIMAL.replace('states: simple', fields);

  it('that give pulses are never silent unless asked, and tell no states', () => {
    const result = parsePlant('plant.yaml', withEquipment('pulse: { stoppedAfterCycles: 3 }'));
    if (!result.ok) throw new Error(formatProblems(result.problems));
    expect(result.plant.config.equipment[0]).toMatchObject({
      pulse: { stoppedAfterCycles: 3, runsFrom: 'pulse' },
      silentAfterMs: null,
      stateMapping: {},
    });
    expect(problemsIn(withEquipment('states: simple, pulse: { stoppedAfterCycles: 3 }'))).toContain(
      'equipment[0].states: expected either states or pulse: pulses tell the state, found "simple"',
    );
    expect(problemsIn(withEquipment('pulse: { stoppedAfterCycles: 0.5 }'))).toContain(
      'pulse.stoppedAfterCycles: expected a number of cycles, at least 1, found 0.5',
    );
    expect(problemsIn(withEquipment('pulse: { stoppedAfterCycles: 3 }, packml: true'))).toContain(
      'equipment[0].packml: expected no PackML where pulses tell the state',
    );
    expect(problemsIn(MINIMAL.replace(', states: simple', ''))).toContain(
      'equipment[0].states: expected the name of a state mapping, or else a pulse',
    );
    const connected = `connectors:
  - { id: c, kind: shdr, endpoint: "h:1", equipment: a/l/e, keys: { execution: x } }
`;
    expect(problemsIn(withEquipment('pulse: { stoppedAfterCycles: 3 }') + connected)).toContain(
      'connectors[0].keys: expected neither execution nor availability: its pulses tell the state',
    );
  });

  it('have modes by their own table, else by that of their states', () => {
    const modesOf = (fields: string, more = ''): unknown => {
      const result = parsePlant('plant.yaml', withEquipment(fields) + more);
      if (!result.ok) throw new Error(formatProblems(result.problems));
      return result.plant.config.equipment[0]?.modes;
    };
    expect(modesOf('states: simple')).toBeUndefined();
    expect(modesOf('states: packml')).toMatchObject({ mapping: { 1: 'production' }, time: {} });
    expect(modesOf('states: packml, modes: opcua-machinery')).toMatchObject({ mapping: { Setup: 'setup' } });
    const times = 'modeTimes: { cleaning: plannedDowntime, manual: state }\n';
    expect(modesOf('states: simple', times)).toEqual({ mapping: {}, time: { cleaning: 'plannedDowntime' } });
    expect(problemsIn(withEquipment('states: simple, modes: odd'))).toContain(
      'equipment[0].modes: expected a mode mapping (mtconnect, packml, opcua-machinery, simple), found "odd"',
    );
    expect(problemsIn(`${MINIMAL}modeMappings: { simple: { A: manual } }\n`)).toContain(
      'modeMappings.simple: expected a name that is not built in, found the built-in "simple"',
    );
  });

  it('may speak PackML by other meanings of its states', () => {
    const text = `${withEquipment('states: mine, packml: true')}stateMappings:\n  mine: { Suspended: blocked }\n`;
    const result = parsePlant('plant.yaml', text);
    expect(result).toMatchObject({ ok: true, plant: { config: { equipment: [{ packml: true }] } } });
  });
});

describe('a valid plant', () => {
  it('needs little: a site, an area, a line, one piece of equipment', () => {
    const result = parsePlant('plant.yaml', MINIMAL);
    expect(result).toMatchObject({
      ok: true,
      plant: {
        config: {
          lines: [{ path: 'a/l', equipment: ['a/l/e'], constraint: 'a/l/e', shifts: [] }],
          equipment: [
            {
              path: 'a/l/e',
              minorStopMs: 300_000,
              silentAfterMs: 60_000,
              latenessWindowMs: 600_000,
              unitsPerCount: 1,
              defaultProduct: null,
              assumeQuality: false,
            },
          ],
          products: [],
          shifts: [],
          reasons: [{ code: 'dontKnow' }],
        },
        connectors: [],
        users: [],
        source: 'plant.yaml',
      },
    });
  });

  it('is the documented example', async () => {
    const result = await loadPlant(example);
    expect(result.ok ? '' : formatProblems(result.problems)).toBe('');
    if (!result.ok) return;
    const { config, connectors, users } = result.plant;
    expect(config.products).toEqual([
      { id: 'cola-05', name: 'Cola 0.5 l', idealCycleMs: 1200 },
      {
        id: 'cola-10',
        name: 'Cola 1 l',
        idealCycleMs: 1500,
        laterCycles: [{ from: Date.parse('2026-02-28T23:00:00Z'), idealCycleMs: 1440 }],
      },
      { id: 'hob', name: 'Hob', idealCycleMs: null },
    ]);
    expect(config.equipment.map(({ stateMapping }) => stateMapping)).toMatchObject([
      { Aborted: { state: 'stopped', reason: 'breakdown' }, Execute: { state: 'running' } },
      { JAM: { state: 'stopped', reason: 'jam' } },
      {},
      { ACTIVE: { state: 'running' }, PROGRAM_COMPLETED: { state: 'stopped' } },
    ]);
    expect(config.equipment).toMatchObject([
      { packml: true, modes: { mapping: { 2: 'maintenance' }, time: { maintenance: 'plannedDowntime' } } },
      { modes: { mapping: { HAND: 'manual' }, time: { setup: 'setup' } } },
      {
        pulse: { stoppedAfterCycles: 4, stoppedAfterMs: 90_000, runsFrom: 'pulse' },
        silentAfterMs: null,
      },
      { modes: { mapping: { AUTOMATIC: 'production' } } },
    ]);
    expect(config.reasons.map(({ code }) => code)).toEqual([
      'jam',
      'no-material',
      'cleaning',
      'breakdown',
      'dontKnow',
    ]);
    expect(connectors).toMatchObject([
      { id: 'okuma', host: '127.0.0.1', port: 7878, keys: { execution: 'pexecution' } },
    ]);
    expect(users[1]).toEqual({ id: 'wall', name: 'Wall screen', roles: ['viewer'], language: 'en' });
  });

  it('is read from a file, and a missing file is said to be missing', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'ms5-')), 'plant.yaml');
    expect(await loadPlant(file)).toMatchObject({ ok: false, problems: [{ found: 'no such file' }] });
    await writeFile(file, MINIMAL);
    expect(await loadPlant(file)).toMatchObject({ ok: true });
    await writeFile(file, Uint8Array.of(0xff, 0xfe, 0x00));
    expect(await loadPlant(file)).toMatchObject({ ok: false, problems: [{ expected: 'text in UTF-8' }] });
  });
});

describe('an error says where, what was expected and what was found', () => {
  it('for broken YAML', () => {
    expect(problemsIn('site: { id: s\nareas: [')).toMatch(/^plant\.yaml:2:\d+: expected valid YAML, found /);
    expect(problemsIn('a: &a [*a, *a]\nb: [*a')).toMatch(/^plant\.yaml:2:/);
    expect(problemsIn('site: 1\nsite: 2')).toContain('Map keys must be unique');
    expect(problemsIn('')).toBe('plant.yaml:1:1: expected a plant: site, areas, …, found nothing');
  });

  it('for unknown, missing and wrong fields, all at once and in the order of the file', () => {
    const text = MINIMAL.replace('timeZone: UTC', 'timezone: UTC')
      .replace('states: simple', 'states: simple, minorStop: 5 minutes, unitsPerCount: 0')
      .replace('        name: L\n', '');
    expect(problemsIn(text).split('\n')).toEqual([
      'plant.yaml:2:7 site.timeZone: expected an IANA time zone such as "Europe/Berlin", found nothing',
      'plant.yaml:2:25 site.timezone: expected a known field, found the unknown field "timezone"',
      'plant.yaml:7:9 areas[0].lines[0].name: expected a name, found nothing',
      'plant.yaml:9:58 areas[0].lines[0].equipment[0].minorStop: expected a duration such as "250ms", "30s", "5m" or "1h30m", found "5 minutes"',
      'plant.yaml:9:84 areas[0].lines[0].equipment[0].unitsPerCount: expected a whole number above 0, found 0',
    ]);
  });

  it('for references that lead nowhere', () => {
    const text = `${MINIMAL.replace('states: simple', 'states: modbus, product: cola')
      .replace('name: L\n', 'name: L\n        constraint: filler\n        shifts: [early]\n')
      .replace('timeZone: UTC', 'timeZone: Mars/Olympus')
      .replace('id: s,', 'id: system,')}
stateMappings:
  packml: { GO: running }
  mine: { JAM: { state: stopped, reason: jam } }
connectors:
  - { id: c, kind: shdr, endpoint: "h:1", equipment: a/l/x, keys: {}, programs: { P: cola } }
`;
    expect(problemsIn(text).split('\n')).toEqual([
      'plant.yaml:2:13 site.id: expected an id other than system, user, app (reserved topics), found "system"',
      'plant.yaml:2:40 site.timeZone: expected an IANA time zone such as "Europe/Berlin", found "Mars/Olympus"',
      'plant.yaml:9:21 areas[0].lines[0].constraint: expected equipment of this line (e), found "filler"',
      'plant.yaml:10:18 areas[0].lines[0].shifts[0]: expected a shift (there is none), found "early"',
      'plant.yaml:12:39 areas[0].lines[0].equipment[0].states: expected a state mapping (mtconnect, packml, opcua-machinery, simple, bit, mine), found "modbus"',
      'plant.yaml:12:56 areas[0].lines[0].equipment[0].product: expected a product (there is none), found "cola"',
      'plant.yaml:15:3 stateMappings.packml: expected a name that is not built in, found the built-in "packml"',
      'plant.yaml:16:42 stateMappings.mine.JAM.reason: expected the code of a reason (there is none), found "jam"',
      'plant.yaml:18:54 connectors[0].equipment: expected an equipment path (a/l/e), found "a/l/x"',
      'plant.yaml:18:86 connectors[0].programs.P: expected a product (there is none), found "cola"',
    ]);
  });

  it('for ids used twice, and for a line of several machines without a constraint', () => {
    const text = `${MINIMAL.replace('          - {', '          - { id: e, name: E2, states: simple }\n          - {')}
users:
  - { id: u, name: U, roles: [viewer] }
  - { id: u, name: V, roles: [viewer], password: secret }
`;
    expect(problemsIn(text)).toContain('users[1].password: expected a password hash');
    expect(problemsIn(text.replace(', password: secret', '')).split('\n')).toEqual([
      'plant.yaml:7:9 areas[0].lines[0].constraint: expected one of e, e, found nothing',
      'plant.yaml:11:19 areas[0].lines[0].equipment[1].id: expected an id not used before, found "e" again, as in equipment[0]',
      'plant.yaml:15:11 users[1].id: expected an id not used before, found "u" again, as in users[0]',
    ]);
  });

  it('for a role that is not one', () => {
    expect(problemsIn(`${MINIMAL}users: [{ id: u, name: U, roles: [boss] }]`)).toBe(
      'plant.yaml:11:35 users[0].roles[0]: expected a role (viewer, operator, lead, manager, engineer, admin, device), found "boss"',
    );
  });

  it('for a state that is not one, and an unknown field beside it', () => {
    const text = `${MINIMAL}
stateMappings:
  mine: { A: runing, B: { state: stopped, reson: x }, C: { state: runing } }
`;
    expect(problemsIn(text)).toContain('stateMappings.mine.A: expected a state (running, ');
    expect(problemsIn(text)).toContain('stateMappings.mine.B.reson: expected a known field');
    expect(problemsIn(text)).toContain('stateMappings.mine.C.state: expected a state (running, ');
  });
});

describe('shifts', () => {
  const shift = (id: string, days: string, from: string, to: string, breaks = '') =>
    `  - { id: ${id}, name: X, days: [${days}], from: "${from}", to: "${to}"${breaks} }\n`;

  it('may touch, and may pass midnight', () => {
    const days = 'mon, tue, wed, thu, fri, sat, sun';
    const text = `${MINIMAL}shifts:\n${shift('x', days, '06:00', '14:00')}${shift('y', days, '14:00', '22:00')}${shift('z', days, '22:00', '06:00', ', breaks: [{ from: "23:50", to: "00:10" }]')}`;
    expect(problemsIn(text)).toBe('');
  });

  it('must not overlap on a line, not even around the week', () => {
    const text = `${MINIMAL}shifts:\n${shift('x', 'mon', '05:00', '14:00')}${shift('y', 'sun', '22:00', '06:00')}`;
    expect(problemsIn(text)).toBe(
      'plant.yaml:12:5 shifts[0]: expected shifts that do not overlap on a line, found "y" and "x" overlapping on line a/l',
    );
  });

  it('hold their breaks', () => {
    const breaks =
      ', breaks: [{ from: "05:50", to: "06:10" }, { from: "08:00", to: "09:00" }, { from: "08:30", to: "08:40" }]';
    expect(
      problemsIn(`${MINIMAL}shifts:\n${shift('x', 'mon', '06:00', '14:00', breaks)}`).split('\n'),
    ).toEqual([
      'plant.yaml:12:73 shifts[0].breaks[0]: expected a break inside 06:00–14:00, found 05:50–06:10',
      'plant.yaml:12:137 shifts[0].breaks[2]: expected breaks that do not overlap, found 08:30–08:40',
    ]);
  });

  it('take times only as HH:MM', () => {
    expect(problemsIn(`${MINIMAL}shifts:\n${shift('x', 'mon', '6:00', '24:00')}`)).toContain(
      'shifts[0].from: expected a time of day as "HH:MM", quoted, found "6:00"',
    );
  });

  const rotation = (week: number): string =>
    `, rotation: { weeks: 2, worked: [${week}], since: "2026-01-05" }`;

  it('may share their times where they take turns, and not where both work', () => {
    const text = (second: number): string =>
      `${MINIMAL}shifts:\n${shift('x', 'mon', '06:00', '14:00', rotation(1))}${shift('y', 'mon', '06:00', '14:00', rotation(second))}`;
    expect(problemsIn(text(2))).toBe('');
    expect(problemsIn(text(1))).toContain('found "x" and "y" overlapping on line a/l');
    expect(problemsIn(text(3))).toContain('rotation.worked[0]: expected a week from 1 to 2, found 3');
  });

  it('must not overlap in an exception, which names what there is', () => {
    const text = (exception: string): string =>
      `${MINIMAL}shifts:\n${shift('x', 'mon', '06:00', '14:00')}exceptions:\n  - { date: "2026-01-06", ${exception} }\n`;
    expect(problemsIn(text('shift: x'))).toBe('');
    expect(problemsIn(text('shift: x, from: "04:00", to: "03:00"'))).toBe('');
    expect(
      problemsIn(text('shift: x }\n  - { date: "2026-01-05", shift: x, from: "22:00", to: "07:00"')),
    ).toContain(
      'exceptions[0]: expected shifts that do not overlap on a line, found "x" and "x" overlapping on line a/l then',
    );
    expect(problemsIn(text('shift: z'))).toContain(
      'exceptions[0].shift: expected a shift (x), or from and to of one that is worked on this date only, found "z"',
    );
    expect(problemsIn(text('shift: x, cancelled: true, from: "08:00"'))).toContain(
      'exceptions[0].cancelled: expected nothing beside it: a cancelled shift has no times, found true',
    );
    expect(problemsIn(text('shift: x, lines: [a/m]'))).toContain(
      'exceptions[0].lines[0]: expected a line (a/l), found "a/m"',
    );
    expect(problemsIn(text('shift: x').replace('2026-01-06', '2026-02-30'))).toContain('exceptions[0].date');
  });
});

const WORK = `
site: { id: s, name: S, timeZone: UTC }
products: [{ id: p, name: P }]
defects: [{ code: a, name: A, defects: [{ code: b, name: B }] }]
areas:
  - id: a
    name: A
    lines:
      - id: l
        name: L
        characteristics:
          - { id: c, name: C, kind: numeric, unit: mm, lower: 1, upper: 2, target: 1.5, interval: 1h, products: [p] }
        scrapAlert: { above: 0.1, clearAt: 0.05, window: 10m }
        changeover: { targets: [{ to: p, target: 5m }], steps: [{ id: x, name: X, kind: internal }] }
        equipment: [{ id: e, name: E, states: simple }]
`;

describe('defects, checks and changeovers', () => {
  it('are read, the tree of defects as a list', () => {
    const result = parsePlant('plant.yaml', WORK);
    expect(result).toMatchObject({
      ok: true,
      plant: {
        config: {
          defects: [
            { code: 'a', name: 'A' },
            { code: 'b', name: 'B', group: 'a' },
          ],
          lines: [
            {
              characteristics: [
                { id: 'c', intervalMs: 3_600_000, sampleSize: 1, rules: [], products: ['p'] },
              ],
              scrapAlert: { above: 0.1, clearAt: 0.05, windowMs: 600_000, minParts: 20 },
              changeover: { targets: [{ from: null, to: 'p', targetMs: 300_000 }] },
            },
          ],
        },
      },
    });
  });

  it('name what is there, and fit together', () => {
    const found = problemsIn(
      WORK.replace('code: b', 'code: a')
        .replace('upper: 2', 'upper: 0.5')
        .replace('[p] }', '[q] }')
        .replace('clearAt: 0.05', 'clearAt: 0.1')
        .replace('to: p', 'to: r'),
    );
    for (const path of [
      'defects[0].defects[0].code: expected a code not used before',
      'areas[0].lines[0].characteristics[0].upper: expected a number not below "lower"',
      'areas[0].lines[0].characteristics[0].target: expected a number between',
      'areas[0].lines[0].characteristics[0].products[0]: expected a product',
      'areas[0].lines[0].scrapAlert.clearAt: expected a number below "above"',
      'areas[0].lines[0].changeover.targets[0].to: expected a product',
    ])
      expect(found).toContain(path);
  });
});
