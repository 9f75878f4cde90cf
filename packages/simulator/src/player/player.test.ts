import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/system-clock.ts';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createPlayer, type Player, type PlayerEvent, type PlayerOptions } from './player.ts';
import { parseRecording } from './recording.ts';
import { parseTimestamp } from './timestamp.ts';

const okuma = readFileSync(
  new URL('../../../../recordings/okuma_shdr_2022-08-08.txt', import.meta.url),
  'utf8',
);
const NOW = Date.UTC(2026, 0, 5, 12);
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function play(text: string, options: Partial<PlayerOptions> = {}): Promise<Player> {
  const player = await createPlayer({ recording: parseRecording(text), clock: systemClock, ...options });
  open.push(player);
  return player;
}

/** Everything a socket reads, and a way to wait for some of it. */
async function join(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  socket.setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  await once(socket, 'connect');
  return {
    socket,
    closed,
    text: () => text,
    lines: () => text.split('\n').slice(0, -1),
    until: async (done: (text: string) => boolean) => {
      while (!done(text)) {
        if (socket.destroyed)
          throw new Error(`the connection ended after ${JSON.stringify(text.slice(-200))}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
    },
  };
}

function eventOf<T extends PlayerEvent['type']>(player: Player, type: T): Promise<PlayerEvent & { type: T }> {
  return new Promise((resolve) => {
    const off = player.onEvent((event) => {
      if (event.type !== type) return;
      off();
      resolve(event as PlayerEvent & { type: T });
    });
  });
}

describe('the player over TCP', { timeout: 30_000 }, () => {
  it('sends every line of the recording as it is, to each of its clients, and tells when it has finished', async () => {
    const player = await play(okuma, { speed: 'max', waitForClients: 2 });
    const clients = [await join(player.port), await join(player.port)];
    await player.finished;
    for (const client of clients) {
      await client.until((text) => text.length >= okuma.length);
      expect(client.text() === okuma).toBe(true);
    }
  });

  it('answers PING', async () => {
    const player = await play('2022-08-08T13:00:00Z|a|1\n', { waitForClients: 9 });
    const client = await join(player.port);
    client.socket.write('* PI');
    client.socket.write('NG\r\n* PING\n');
    await client.until((text) => text === '* PONG 10000\n* PONG 10000\n');
  });

  it('cuts off a client that sends garbage, and no other', async () => {
    const player = await play('2022-08-08T13:00:00Z|a|1\n', { waitForClients: 9 });
    const good = await join(player.port);
    const bad = await join(player.port);
    const left = eventOf(player, 'clientLeft');
    bad.socket.write('x'.repeat(100_000));
    await bad.closed;
    expect(await left).toMatchObject({ reason: 'malformed', clients: 1 });
    good.socket.write('* PING\n');
    await good.until((text) => text.includes('PONG'));
  });

  it('tells a late joiner the current state first, each key with its own stamp', async () => {
    const player = await play(
      [
        '2022-08-08T13:00:00Z|execution|READY|count|0',
        '2022-08-08T13:00:01Z|execution|ACTIVE',
        '|program|',
        '',
      ].join('\n'),
      { speed: 'max' },
    );
    await join(player.port);
    await player.finished;
    const late = await join(player.port);
    await late.until((text) => text.split('\n').length > 3);
    expect(late.lines()).toEqual([
      '2022-08-08T13:00:00Z|count|0',
      '2022-08-08T13:00:01.000Z|program|',
      '2022-08-08T13:00:01Z|execution|ACTIVE',
    ]);
  });

  it('closes at once in the middle of play, and twice', async () => {
    const player = await play('2022-08-08T13:00:00Z|a|1\n2022-08-08T13:00:30Z|a|2\n');
    const client = await join(player.port);
    await client.until((text) => text.includes('|a|1'));
    await Promise.all([player.close(), player.close(), client.closed]);
    await player.finished;
    expect(client.text()).not.toContain('|a|2');
  });
});

describe('shifted timestamps', { timeout: 30_000 }, () => {
  const text = [
    '2022-08-08T13:00:00.0000000Z|a|1',
    '2022-08-08T13:00:10.1234567Z|a|2',
    '2022-08-08T13:00:09.9234567Z|a|3',
    '2022-08-08T11:00:10.1234567Z|@REMOVE_ASSET@|t1',
    '2022-08-08T12:00:00.0000000Z|a|4',
    '',
  ].join('\n');

  it('look live, keep durations exactly at speed 1, and leave late ones as late as they were', async () => {
    const clock = createVirtualClock(NOW);
    const player = await play(text, { clock, timestamps: 'shifted', gaps: 'quiet', maxGapMs: 30_000 });
    const client = await join(player.port);
    await player.finished;
    await client.until((received) => received.includes('|a|4'));
    expect(client.lines()).toEqual([
      '2026-01-05T12:00:00.0000000Z|a|1',
      '2026-01-05T12:00:10.1234567Z|a|2',
      '2026-01-05T12:00:09.9234567Z|a|3',
      '2026-01-05T10:00:10.1234567Z|@REMOVE_ASSET@|t1',
      '2026-01-05T12:00:40.1230000Z|a|4',
    ]);
  });

  it('of the whole recording are never ahead of the clock, and cycle times come out as recorded', async () => {
    const clock = createVirtualClock(NOW);
    const recording = parseRecording(okuma);
    const player = await play(okuma, { clock, timestamps: 'shifted', gaps: 'quiet', segments: [0] });
    const client = await join(player.port);
    await player.finished;
    const count = recording.segments[0]?.entries.length ?? 0;
    expect(count).toBeGreaterThan(1_300);
    await client.until(
      (received) => received.includes('PRODUCTION') && received.endsWith('PROCESS_DEVELOPMENT\n'),
    );
    const execution = client.lines().flatMap((line) => {
      const [stamp = '', key, value] = line.split('|');
      return key === 'pexecution' ? [[parseTimestamp(stamp)?.ms ?? Number.NaN, value] as const] : [];
    });
    const [active, completed] = execution;
    expect([active?.[1], completed?.[1]]).toEqual(['ACTIVE', 'PROGRAM_COMPLETED']);
    expect((completed?.[0] ?? 0) - (active?.[0] ?? 0)).toBe(186_729);
    for (const line of client.lines()) {
      const stamp = parseTimestamp(line.split('|')[0] ?? '');
      if (stamp !== null) expect(stamp.ms).toBeLessThanOrEqual(clock.now());
    }
  });

  it('cut clients off where the recording was interrupted; who waits then hears the next part from its start', async () => {
    const player = await play(text, { speed: 100, timestamps: 'shifted', maxGapMs: 10_200 });
    const first = await join(player.port);
    const gap = eventOf(player, 'gap');
    await first.closed;
    expect(await gap).toMatchObject({ recordedMs: null, playedMs: 10_200, shortened: true });
    expect(first.text()).not.toContain('|a|4');
    const second = await join(player.port);
    await second.until((received) => received !== '');
    expect(second.lines()).toHaveLength(1);
    expect(second.text()).toContain('|a|4');
  });
});

describe('a loop', () => {
  it('begins again after a silence', async () => {
    const clock = createVirtualClock(NOW);
    const player = await play('2022-08-08T13:00:00Z|a|1\n', {
      clock,
      loop: true,
      timestamps: 'shifted',
      gaps: 'quiet',
      maxGapMs: 5_000,
    });
    const client = await join(player.port);
    await client.until((text) => text.split('\n').length > 3);
    expect(client.lines().slice(0, 3)).toEqual([
      '2026-01-05T12:00:00.000Z|a|1',
      '2026-01-05T12:00:05.000Z|a|1',
      '2026-01-05T12:00:10.000Z|a|1',
    ]);
  });
});
