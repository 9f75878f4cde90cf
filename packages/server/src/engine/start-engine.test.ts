import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { EntryChanges, SignalChange } from '@ms5/hub';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlantConfigError } from '../config/index.ts';
import type { CommandRequest, EngineOptions, EnginePort } from '../engine-port.ts';
import { LogError, startEngine } from './index.ts';

const PLANT = `
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines: [{ id: l, name: L, equipment: [{ id: e, name: E, states: mtconnect }] }]
connectors:
  - { id: mill, kind: shdr, endpoint: "127.0.0.1:1", equipment: a/l/e, keys: { execution: exec, partCount: count }, telemetry: [speed] }
`;

const engines: EnginePort[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

function files(plant = PLANT): Pick<EngineOptions, 'dataDir' | 'plantFile'> {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-engine-'));
  const plantFile = join(directory, 'plant.yaml');
  writeFileSync(plantFile, plant);
  return { dataDir: join(directory, 'data'), plantFile };
}

async function start(options: EngineOptions): Promise<EnginePort> {
  const engine = await startEngine(options);
  engines.push(engine);
  return engine;
}

function post(engine: EnginePort, items: unknown) {
  return engine.observe(Buffer.from(JSON.stringify(items)), 'press-7', ['#']);
}

function raise(counter: number): CommandRequest {
  return {
    command: 'raiseCall',
    data: { line: 'a/l', callType: 'material', priority: 'high', note: `note ${counter}` },
    key: { clientId: 'tablet', counter },
    author: { userId: 'olivia', name: 'Olivia' },
    permitted: ['works/#'],
    readable: ['works/#'],
  };
}

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

describe('the engine on its thread', () => {
  it('takes observations and commands, publishes them, and answers questions', async () => {
    const engine = await start(files());
    const committed: EntryChanges[] = [];
    engine.onCommitted((log, entries) => {
      expect(log).toBe('works');
      committed.push(...entries);
    });
    expect(
      await post(engine, [
        { equipment: 'a/l/e', state: 'ACTIVE' },
        { equipment: 'a/l/x', state: 'X' },
      ]),
    ).toEqual({
      status: 'done',
      results: [
        { index: 0, status: 'accepted' },
        expect.objectContaining({ index: 1, status: 'rejected', path: 'equipment' }),
      ],
    });
    expect(await post(engine, {})).toMatchObject({ status: 'malformed' });
    const outcome = await engine.command(raise(1));
    expect(outcome).toMatchObject({ status: 'applied', data: { callId: 'call-1' } });
    // What was answered was published before.
    expect(committed.at(-1)?.offset).toBe(outcome.offset);
    expect(engine.head()).toBe(outcome.offset);
    expect(await engine.query({ kind: 'plant' })).toMatchObject({
      status: 'done',
      value: { site: { id: 'works' }, areas: [{ id: 'a', lines: [{ id: 'l', constraint: 'e' }] }] },
    });
    const question = { kind: 'equipmentTimeline', from: 0, to: Date.now() + 1000 } as const;
    expect(await engine.query({ ...question, equipment: 'a/l/e' })).toMatchObject({
      status: 'done',
      value: { equipment: 'a/l/e' },
    });
    expect(await engine.query({ ...question, equipment: 'a/l/x' })).toMatchObject({ status: 'notFound' });
  });

  it('keeps what was committed before anybody listened', async () => {
    const engine = await start(files());
    const { offset: raisedAt } = await engine.command(raise(1));
    const offsets: number[] = [];
    engine.onCommitted((_, entries) => offsets.push(...entries.map(({ offset }) => offset)));
    expect(offsets[0]).toBe(engine.image.offset + 1);
    expect(offsets).toContain(raisedAt);
  });

  it('leaves no body behind that was handed over', async () => {
    const engine = await start(files());
    const own = new TextEncoder().encode('[{"equipment":"a/l/e","state":"ACTIVE"}]');
    const view = Buffer.concat([Buffer.from('xx'), own]).subarray(2);
    expect(await engine.observe(own, 'u', ['#'])).toMatchObject({ status: 'done' });
    expect(own.byteLength).toBe(0);
    expect(await engine.observe(view, 'u', ['#'])).toMatchObject({ status: 'done' });
  });

  it('goes on where it was after a restart: same log, same offsets, same keys', async () => {
    const options = files();
    const first = await start(options);
    await post(first, [{ equipment: 'a/l/e', state: 'ACTIVE', key: 'k' }]);
    await first.command(raise(1));
    await first.close();
    await first.close();
    const second = await start(options);
    expect(second.image.epoch).toBe(first.image.epoch);
    expect(second.image.offset).toBe(first.head());
    const andon = second.image.topics.find(({ topic }) => topic === 'works/a/l/andon');
    expect(andon?.keys.map(({ key }) => key)).toEqual(['call-1']);
    expect(await post(second, [{ equipment: 'a/l/e', state: 'READY', key: 'k' }])).toMatchObject({
      results: [{ status: 'duplicate' }],
    });
    expect(await second.command(raise(1))).toMatchObject({ status: 'duplicate', data: { callId: 'call-1' } });
  });

  it('keeps the keys of clients for ever, and those made for one command for a week', async () => {
    const options = files();
    const engine = await start(options);
    for (const clientId of ['tablet', 'key:olivia:once', 'session:s1', 'http:7f'])
      await engine.command({ ...raise(1), key: { clientId, counter: 1 } });
    const file = new Sqlite(join(options.dataDir, 'events.sqlite'), { readonly: true });
    const rows = file
      .prepare('SELECT client_id, expires_hour FROM expiring_clients ORDER BY client_id')
      .raw();
    const expired = Math.ceil((Date.now() + 7 * 86_400_000) / 3_600_000);
    expect(rows.all()).toEqual([
      ['olivia/http:7f', expired],
      ['olivia/key:olivia:once', expired],
      ['olivia/session:s1', expired],
    ]);
    file.close();
  });

  it('knows after a restart when topics changed last, and which the plant no longer has', async () => {
    const options = files();
    const first = await start(options);
    const committed: EntryChanges[] = [];
    first.onCommitted((_, entries) => committed.push(...entries));
    await first.command(raise(1));
    const changedAt = committed.findLast(({ changes }) =>
      changes.some(({ topic }) => topic === 'works/a/l/andon'),
    )?.at;
    await first.close();
    const second = await start(options);
    expect(second.image.topics.find(({ topic }) => topic === 'works/a/l/andon')?.at).toBe(changedAt);
    await second.close();
    const renamed = PLANT.replace('{ id: l,', '{ id: m,').replace('a/l/e', 'a/m/e');
    writeFileSync(options.plantFile, renamed);
    for (let restart = 0; restart < 2; restart += 1) {
      const third = await start(options);
      const andon = third.image.removed?.find(({ topic }) => topic === 'works/a/l/andon');
      expect(andon).toMatchObject({ lane: 'critical' });
      expect(andon?.offset).toBeGreaterThan(second.head());
      await third.close();
    }
  });

  it('commits what it accepted before it closes', async () => {
    const options = files();
    const first = await start(options);
    const replies = Array.from({ length: 20 }, (_, index) => first.command(raise(index + 1)));
    const closed = first.close();
    expect((await Promise.all(replies)).map(({ status }) => status)).toContain('applied');
    await closed;
    await expect(first.command(raise(99))).rejects.toThrow('closed');
    const second = await start(options);
    expect(second.head()).toBeGreaterThanOrEqual(20);
  });
});

describe('an engine that cannot start', () => {
  it('says what is wrong with the plant', async () => {
    const error: unknown = await startEngine(files('site: 1')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlantConfigError);
    expect(String(error)).toContain('plant.yaml:1:7 site');
  });

  it('says what is wrong with the log', async () => {
    const options = files();
    await start(options);
    const locked: unknown = await startEngine(options).catch((reason: unknown) => reason);
    expect(locked).toBeInstanceOf(LogError);
    expect(locked).toMatchObject({ code: 'logLocked' });
    const garbage = files();
    writeFileSync(garbage.dataDir, '');
    await expect(startEngine(garbage)).rejects.toMatchObject({ code: 'logNotWritable' });
  });
});

it('a machine is read over TCP and is live: state, telemetry, connection', async () => {
  const adapter = createServer();
  adapter.listen(0, '127.0.0.1');
  await once(adapter, 'listening');
  const connected = once(adapter, 'connection');
  const endpoint = `127.0.0.1:${(adapter.address() as AddressInfo).port}`;
  const engine = await start({ ...files(), connectorEndpoints: { mill: endpoint } });
  const changes: EntryChanges[] = [];
  const signals: SignalChange[] = [];
  const states: string[] = [];
  engine.onCommitted((_, entries) => changes.push(...entries));
  engine.onSignals((list) => signals.push(...list));
  engine.onConnectors(([mill]) => states.push(mill?.status ?? ''));
  const [socket] = (await connected) as [Socket];
  socket.on('error', () => undefined);
  socket.write(`${new Date().toISOString()}|exec|ACTIVE|count|3|speed|1200\n`);
  await until(() => expect(signals.map(({ topic }) => topic)).toEqual(['works/a/l/e/telemetry/speed']));
  await until(() =>
    expect(changes.flatMap((entry) => entry.changes.map(({ topic }) => topic))).toContain(
      'works/a/l/e/status',
    ),
  );
  expect(states).toContain('connected');
  await engine.close();
  socket.destroy();
  adapter.close();
});

it('a log that cannot be written is told once, and what waits is refused', async () => {
  const options = files();
  const engine = await start(options);
  const failed = new Promise<Error>((resolve) => {
    engine.onFailure(resolve);
  });
  const file = new Sqlite(join(options.dataDir, 'events.sqlite'));
  file.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END",
  );
  file.close();
  await expect(engine.command(raise(1))).rejects.toThrow();
  expect((await failed).message).toContain('the disk is broken');
  await expect(engine.command(raise(2))).rejects.toThrow();
});
