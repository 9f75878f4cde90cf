import { describe, expect, it } from 'vitest';
import { parseShdrLine } from './shdr-line.ts';
import { createShdrMapper } from './shdr-mapper.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const OLD = Date.UTC(2022, 7, 8, 13);
const iso = (at: number): string => new Date(at).toISOString();

function mapper() {
  const own = createShdrMapper({
    connector: {
      id: 'okuma',
      kind: 'shdr',
      host: 'localhost',
      port: 7878,
      equipment: 'a/l/e',
      keys: { execution: 'exec', partCount: 'count', availability: 'avail', program: 'prog', mode: 'mode' },
      programs: { 'HOB.MIN': 'hob' },
      telemetry: ['speed'],
    },
    silentAfterMs: 60_000,
  });
  return {
    ...own,
    line: (line: string, receivedAt = NOW) => own.take(parseShdrLine(line), receivedAt),
  };
}

describe('facts', () => {
  it('hold the mode where one is told', () => {
    const own = mapper();
    expect(own.line(`${iso(NOW - 5)}|mode|MANUAL`)).toEqual({
      equipment: 'a/l/e',
      at: NOW - 5,
      receivedAt: NOW,
      mode: 'MANUAL',
    });
    expect(own.line(`${iso(NOW - 4)}|mode|`)).toBeNull();
  });

  it('of one line are one observation at the time of the line', () => {
    expect(mapper().line(`${iso(NOW - 5)}|exec|ACTIVE|count|7|prog|HOB.MIN|speed|1200`)).toEqual({
      equipment: 'a/l/e',
      at: NOW - 5,
      receivedAt: NOW,
      state: 'ACTIVE',
      counter: 7,
      product: 'hob',
    });
  });

  it('without a timestamp hold from their arrival', () => {
    expect(mapper().line('|count|7')).toMatchObject({ at: NOW, counter: 7 });
  });

  it('are found under a device prefix', () => {
    expect(mapper().line('|okuma:exec|READY')).toMatchObject({ state: 'READY' });
  });

  it('leave out counts that are not available, and report those that are no counts', () => {
    const own = mapper();
    expect(own.line('|count|UNAVAILABLE')).toBe(null);
    expect(own.takeBadValues()).toEqual([]);
    expect(own.line('|count|many')).toBe(null);
    expect(own.line('|count|-1')).toBe(null);
    expect(own.takeBadValues()).toEqual([
      { message: 'count: expected a count, found "many"' },
      { message: 'count: expected a count, found "-1"' },
    ]);
  });

  it('of a machine that is not available: unknown, until it returns in its last execution', () => {
    const own = mapper();
    expect(own.line('|avail|AVAILABLE|exec|ACTIVE')).toMatchObject({ state: 'ACTIVE' });
    expect(own.line('|avail|UNAVAILABLE|exec|ACTIVE')).toMatchObject({ state: 'UNAVAILABLE' });
    expect(own.line('|avail|AVAILABLE')).toMatchObject({ state: 'ACTIVE' });
    expect(own.line('|avail|AVAILABLE')).toBe(null);
  });
});

describe('telemetry', () => {
  it('is the latest value of each published key, numbers as numbers', () => {
    const own = mapper();
    own.line('|speed|1200|load|50');
    own.line('|speed|1250.5|mode|AUTOMATIC');
    expect(own.takeTelemetry()).toEqual([
      { name: 'speed', at: NOW, value: 1250.5 },
      { name: 'mode', at: NOW, value: 'AUTOMATIC' },
    ]);
    expect(own.takeTelemetry()).toEqual([]);
  });
});

describe('contact', () => {
  it('is when lines say, merged into spans', () => {
    const own = mapper();
    for (const at of [0, 1000, 2000, 60_000, 500, 61_000]) own.line(`${iso(OLD + at)}|speed|1`);
    expect(own.takeHeard(NOW)).toEqual({
      equipment: 'a/l/e',
      at: OLD + 61_000,
      receivedAt: NOW,
      heard: [
        [OLD, OLD + 2000],
        [OLD + 60_000, OLD + 61_000],
      ],
    });
    expect(own.takeHeard(NOW)).toBe(null);
  });

  it('is given by a PONG only while the connection speaks of the present', () => {
    const live = mapper();
    live.line('* PONG 1000');
    expect(live.takeHeard(NOW)).toBe(null);
    live.line(`${iso(NOW)}|speed|1`);
    live.line('* PONG 1000', NOW + 4000);
    expect(live.takeHeard(NOW + 4000)).toMatchObject({ heard: [[NOW, NOW + 4000]] });

    live.line(`${iso(NOW - 3_600_000)}|system|FAULT|7|||since an hour`, NOW + 4000);
    live.takeHeard(NOW + 4000);
    live.line('* PONG 1000', NOW + 8000);
    expect(live.takeHeard(NOW + 8000)).toMatchObject({ heard: [[NOW + 8000, NOW + 8000]] });

    const recorded = mapper();
    recorded.line(`${iso(OLD)}|speed|1`);
    recorded.line('* PONG 1000');
    expect(recorded.takeHeard(NOW)).toMatchObject({ heard: [[OLD, OLD]] });
  });

  it('is not given by assets', () => {
    const own = mapper();
    own.line(`${iso(NOW)}|@REMOVE_ASSET@|1`);
    expect(own.takeHeard(NOW)).toBe(null);
    expect(own.disconnected(NOW)).toBe(null);
  });

  it('ends with the connection: now if it was live, else where its own time stands', () => {
    const live = mapper();
    live.line(`${iso(NOW - 2000)}|speed|1`);
    expect(live.disconnected(NOW + 10)).toEqual({
      equipment: 'a/l/e',
      at: NOW + 10,
      receivedAt: NOW + 10,
      lost: true,
    });
    expect(live.disconnected(NOW + 20)).toBe(null);

    const recorded = mapper();
    recorded.line(`${iso(OLD + 5000)}|speed|1`);
    recorded.line(`${iso(OLD)}|speed|1`);
    expect(recorded.disconnected(NOW)).toMatchObject({ at: OLD + 5000, lost: true });
  });
});

describe('conditions', () => {
  const alarm = (line: string) => mapper().line(`${iso(NOW)}|${line}`)?.alarm;

  it('that warn or fail are active alarms of their item', () => {
    expect(mapper().line(`${iso(NOW - 5)}|okuma:coolant|FAULT|123|2|HIGH|Too hot`)).toEqual({
      equipment: 'a/l/e',
      at: NOW - 5,
      receivedAt: NOW,
      alarm: {
        item: 'coolant',
        code: '123',
        active: true,
        severity: 'fault',
        text: 'Too hot',
        nativeSeverity: '2',
        qualifier: 'HIGH',
      },
    });
    expect(alarm('system|WARNING||||')).toEqual({ item: 'system', active: true, severity: 'warning' });
  });

  it('that are normal clear their code, or the whole item', () => {
    expect(alarm('system|NORMAL|7|||')).toEqual({ item: 'system', code: '7', active: false });
    expect(alarm('system|NORMAL||||')).toEqual({ item: 'system', active: false });
  });

  it('that are not available say nothing of the process', () => {
    expect(alarm('system|UNAVAILABLE||||')).toEqual({ item: 'system', active: false, unavailable: true });
  });

  it('are cut where a machine has very much to say', () => {
    const { code, text } = alarm(`system|FAULT|${'c'.repeat(300)}|||${'t'.repeat(2000)}`) ?? {};
    expect([code?.length, text?.length]).toEqual([256, 1000]);
  });
});
